import { Markup } from './markup.js';

/** Everything a report's look needs: one sheet, system fonts, light and dark by the reader's setting. */
export const STYLE = new Markup(`
:root {
  color-scheme: light dark;
  --page: #fff; --ink: #1b1f24; --soft: #59636e; --line: #d5dae0; --card: #f5f7f9; --good: #e4f4ea; --good-line: #1a7f4b;
  --del: #b3261e; --del-back: #fde7e5; --ins: #0b6b3a; --ins-back: #dff3e6;
  --c0: #0067a5; --c1: #c14a00; --c2: #007a5a; --c3: #a8417f; --c4: #7a6000; --c5: #4a5fd0; --c6: #8a3ffc; --c7: #5b6470;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #14171b; --ink: #e8eaed; --soft: #a2abb6; --line: #343b44; --card: #1d2127; --good: #14301f; --good-line: #4cc38a;
    --del: #ff9a90; --del-back: #43201d; --ins: #7fd8a4; --ins-back: #17352a;
    --c0: #5cb3ff; --c1: #ff9b54; --c2: #3ecf9f; --c3: #ee90c6; --c4: #e0c34a; --c5: #98a8ff; --c6: #c7a2ff; --c7: #b4bcc6;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; padding: 1.5rem 1rem 4rem; max-width: 60rem; background: var(--page); color: var(--ink);
  font: 1rem/1.5 system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif; overflow-wrap: break-word;
}
h1 { font-size: 1.7rem; line-height: 1.2; margin: 0 0 .3rem; }
h2 { font-size: 1.2rem; margin: 2.4rem 0 .6rem; }
p { margin: .4rem 0; }
.soft, figcaption { color: var(--soft); font-size: .9rem; }
.answer { background: var(--good); border-left: .3rem solid var(--good-line); border-radius: .4rem; padding: .8rem 1rem; margin: 1.2rem 0; }
.answer p:first-child { font-size: 1.1rem; font-weight: 600; }
.answer ul { margin: .4rem 0 0; padding-left: 1.2rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; font-size: .92rem; }
th, td { padding: .4rem .6rem; text-align: right; border-bottom: 1px solid var(--line); white-space: nowrap; vertical-align: top; }
th:first-child, td:first-child { text-align: left; }
td:first-child { white-space: normal; min-width: 9rem; }
thead th { color: var(--soft); font-weight: 600; vertical-align: bottom; }
td small { display: block; color: var(--soft); font-size: .8rem; }
th:first-child, td:first-child { position: sticky; left: 0; background: var(--page); }
tr.choice > *, tr.choice > :first-child { background: var(--good); }
td.failed { text-align: left; white-space: normal; color: var(--del); }
figure { margin: 0; }
svg.plot { display: block; width: 100%; max-width: 46rem; height: auto; }
svg.plot text { font: 13px system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif; fill: var(--ink); }
svg.plot .tick text, svg.plot .title { fill: var(--soft); font-size: 12px; }
svg.plot .grid { stroke: var(--line); }
svg.plot .limit { stroke: var(--soft); stroke-dasharray: 4 4; }
svg.plot .halo { stroke: var(--page); stroke-width: 4; paint-order: stroke; stroke-linejoin: round; }
.legend { display: flex; flex-wrap: wrap; gap: .2rem 1.2rem; list-style: none; margin: .4rem 0; padding: 0; font-size: .9rem; }
.legend svg { width: 1rem; height: 1rem; vertical-align: -.15rem; margin-right: .3rem; }
.mark-0 { fill: var(--c0); stroke: var(--c0); } .mark-1 { fill: var(--c1); stroke: var(--c1); }
.mark-2 { fill: var(--c2); stroke: var(--c2); } .mark-3 { fill: var(--c3); stroke: var(--c3); }
.mark-4 { fill: var(--c4); stroke: var(--c4); } .mark-5 { fill: var(--c5); stroke: var(--c5); }
.mark-6 { fill: var(--c6); stroke: var(--c6); } .mark-7 { fill: var(--c7); stroke: var(--c7); }
.panels { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(27rem, 100%), 1fr)); gap: 1rem; }
summary { cursor: pointer; }
details.figures { margin: .4rem 0; color: var(--soft); font-size: .9rem; }
.files { font-size: .92rem; }
.files summary, .files .head {
  display: grid; grid-template-columns: minmax(0, 1fr) repeat(var(--n), 5.2rem); gap: .4rem; padding: .35rem .4rem;
  border-bottom: 1px solid var(--line); align-items: baseline;
}
.files summary { list-style: none; }
.files summary::-webkit-details-marker { display: none; }
.files summary > :first-child::before { content: '▸ '; color: var(--soft); }
.files details[open] summary > :first-child::before { content: '▾ '; }
.files summary > :not(:first-child), .files .head > :not(:first-child) { text-align: right; font-variant-numeric: tabular-nums; }
.files .head { color: var(--soft); font-weight: 600; overflow-wrap: anywhere; align-items: end; font-size: .82rem; }
.files summary .zero { color: var(--soft); }
.files summary .some { color: var(--del); font-weight: 600; }
.files details[open] { background: var(--card); border-radius: .4rem; }
dl.diff { margin: 0; padding: .4rem 1rem .8rem 1.4rem; }
dl.diff dt { color: var(--soft); font-size: .82rem; margin-top: .4rem; }
dl.diff dd { margin: 0; }
del { color: var(--del); background: var(--del-back); border-radius: .2rem; padding: 0 .15rem; }
ins { color: var(--ins); background: var(--ins-back); border-radius: .2rem; padding: 0 .15rem; text-decoration-style: dotted; }
@media (max-width: 40rem) {
  .files summary, .files .head { grid-template-columns: repeat(var(--n), minmax(0, 1fr)); }
  .files summary > :first-child, .files .head > :first-child { grid-column: 1 / -1; text-align: left; }
}
@media (max-width: 40rem) {
  svg.plot text { font-size: 20px; }
  svg.plot .tick text, svg.plot .title { font-size: 18px; }
  .panels svg.plot text, .panels svg.plot .tick text { font-size: 14px; }
}
@media print { .files details { break-inside: avoid; } }
`);
