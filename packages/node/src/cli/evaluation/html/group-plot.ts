import { scaleLinear } from 'd3-scale';
import { formatRateWithInterval } from '../figures.js';
import type { GroupScore, MeasuredCandidate } from '../report.js';
import { bottomAxis, percentTicks, plot, type Frame } from './axes.js';
import { html, type Markup } from './markup.js';
import { mark, whisker } from './marks.js';

const WIDTH = 620;
const ROW = 20;
const GAP = 14;

/** Word error rates by language or condition: a row per candidate, in a block per group. */
export function groupPlot(
  id: string,
  label: string,
  candidates: readonly MeasuredCandidate[],
  groupsOf: (candidate: MeasuredCandidate) => readonly GroupScore[],
): Markup {
  const groups = groupsOf(candidates[0]!).map(({ group }) => group);
  const block = candidates.length * ROW + GAP;
  const height = groups.length * block + 70;
  const frame: Frame = { left: 90, right: WIDTH - 36, top: 10, bottom: height - 46 };
  const highest = Math.max(
    ...candidates.flatMap((candidate) =>
      groupsOf(candidate).map(({ score }) => score.wordErrorRateInterval.high),
    ),
    0.01,
  );
  const x = scaleLinear([0, highest], [frame.left, frame.right]).nice(6);
  const rows = groups.flatMap((group, g) => [
    html`<text x="${frame.left - 10}" y="${frame.top + g * block + (block - GAP) / 2 + 11}" text-anchor="end"
      >${group}</text
    >`,
    ...candidates.map((candidate, i) => {
      const { score } = groupsOf(candidate)[g]!;
      const { low, high } = score.wordErrorRateInterval;
      const y = frame.top + g * block + GAP / 2 + (i + 0.5) * ROW;
      const text = `${candidate.name}, ${group}: ${formatRateWithInterval(score.wordErrorRate, score.wordErrorRateInterval)}`;
      return html`<g
        ><title>${text}</title
        >${whisker(i, [x(low), y], [x(high), y])}${mark(i, x(score.wordErrorRate), y)}</g
      >`;
    }),
  ]);
  return plot(id, [WIDTH, height], label, [
    bottomAxis(frame, percentTicks(x.ticks(6), x), 'Word error rate (further left is better)'),
    ...rows,
  ]);
}
