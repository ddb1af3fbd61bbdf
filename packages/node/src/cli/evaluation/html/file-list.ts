import { formatRate } from '../figures.js';
import type { EvaluationReport, UtteranceReport } from '../report.js';
import { html, type Markup } from './markup.js';

/** Utterances that a page shows; all are in report.json. */
const MOST = 300;

/** Every utterance with each candidate's errors, and their alignments when it is opened. */
export function fileList({ candidates, utterances }: EvaluationReport): Markup {
  const results = candidates.map(
    (candidate) =>
      new Map(candidate.utterances.filter(({ noise }) => noise === undefined).map((each) => [each.id, each])),
  );
  const rows = utterances
    .map((utterance) => ({ ...utterance, found: results.map((byId) => byId.get(utterance.id)!) }))
    .map((row) => ({ ...row, errors: row.found.reduce((sum, { words }) => sum + countErrors(words), 0) }))
    .sort((a, b) => b.errors - a.errors);
  const shown = rows.slice(0, MOST);
  const note =
    rows.length > MOST
      ? html`<p class="soft">The ${MOST} with most words wrong of ${rows.length}; all are in report.json.</p>`
      : html`<p class="soft">Most words wrong first, over all models. Open one to see what was heard.</p>`;
  return html`${note}
    <div class="files" style="--n:${candidates.length}">
      <div class="head">
        <span>Recording</span>${candidates.map(({ name }) => html`<span>${name}</span>`)}
      </div>
      ${shown.map(({ id, language, reference, found }) => {
        const rates = found.map(
          ({ wordErrorRate }) =>
            html`<span class="${wordErrorRate === 0 ? 'zero' : 'some'}">${formatRate(wordErrorRate)}</span>`,
        );
        const diffs = found.map(
          (result, i) =>
            html`<dt>${candidates[i]!.name}</dt>
              <dd>${diff(result)}</dd>`,
        );
        const lang = language === undefined ? undefined : html` lang="${language}"`;
        return html`<details>
          <summary><span>${id}</span>${rates}</summary>
          <dl class="diff" ${lang}>
            <dt>What was said</dt>
            <dd>${reference === '' ? '(nothing)' : reference}</dd>
            ${diffs}
          </dl>
        </details> `;
      })}
    </div>`;
}

function diff({ edits, error }: UtteranceReport): Markup {
  if (error !== undefined) return html`<span class="some">${error}</span>`;
  if (edits.length === 0) return html`(nothing)`;
  const words = edits.map(({ type, reference, hypothesis }) => {
    if (type === 'equal') return html`${reference} `;
    const said = reference === undefined ? undefined : html`<del>${reference}</del> `;
    const heard = hypothesis === undefined ? undefined : html`<ins>${hypothesis}</ins> `;
    return html`${said}${heard}`;
  });
  return html`${words}`;
}

function countErrors({ substitutions, deletions, insertions }: UtteranceReport['words']): number {
  return substitutions + deletions + insertions;
}
