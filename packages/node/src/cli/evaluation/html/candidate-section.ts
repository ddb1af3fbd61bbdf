import { formatBytes } from '../../format.js';
import { formatDuration, formatInterval, formatRate, formatSpeed } from '../figures.js';
import type { EvaluationReport, GroupScore, MeasuredCandidate } from '../report.js';
import { html, type Markup } from './markup.js';

/** The recommendation: the answer first, reasons and doubts below. */
export function answer({ recommendation }: EvaluationReport): Markup | undefined {
  if (!recommendation) return undefined;
  // Figures stay on one line with their units.
  const [first, ...rest] = recommendation.sentences.map((sentence) =>
    sentence.replace(/(\d) (?=(?:%|[kMG]?B|m?s|dB)\b|%)/gu, '$1\u{a0}'),
  );
  return html`<section class="answer" aria-label="Recommendation">
    <p>${first}</p>
    <ul>
      ${rest.map((sentence) => html`<li>${sentence}</li>`)}
    </ul>
  </section>`;
}

/** All figures of all candidates. */
export function candidateTable({ candidates, failed, recommendation }: EvaluationReport): Markup {
  const rows = candidates.map(
    (candidate) => html`<tr${candidate.name === recommendation?.choice ? html` class="choice"` : undefined}>
<td>${candidate.name}<small>${candidate.info.family}, ${candidate.info.layout}; ${candidate.info.provider}</small></td>
<td>${formatRate(candidate.score.wordErrorRate)}<small>${formatInterval(candidate.score.wordErrorRateInterval)}</small></td>
<td>${formatRate(candidate.score.characterErrorRate)}</td>
<td>${formatSpeed(candidate.speed)}<small>RTF ${candidate.realTimeFactor.toPrecision(2)}</small></td>
<td>${formatDuration(candidate.firstResultSeconds)}</td>
<td>${formatDuration(candidate.loadSeconds)}</td>
<td>${formatBytes(candidate.peakMemory)}</td>
<td>${candidate.size === undefined ? 'unknown' : formatBytes(candidate.size)}</td></tr>
`,
  );
  const failures = failed.map(
    ({ name, error }) =>
      html`<tr>
        <td>${name}</td>
        <td class="failed" colspan="7">${error}</td>
      </tr>`,
  );
  return html`<div class="scroll">
    <table>
      <thead>
        <tr>
          <th scope="col">Model</th>
          <th scope="col">WER</th>
          <th scope="col">CER</th>
          <th scope="col">Speed</th>
          <th scope="col">First result</th>
          <th scope="col">Load</th>
          <th scope="col">Memory</th>
          <th scope="col">Size</th>
        </tr>
      </thead>
      <tbody>
        ${rows}${failures}
      </tbody>
    </table>
  </div>`;
}

/** A plot's figures for those who can't see it, or want to copy them. */
export function figuresTable(
  title: string,
  candidates: readonly MeasuredCandidate[],
  groupsOf: (candidate: MeasuredCandidate) => readonly GroupScore[],
): Markup {
  const groups = groupsOf(candidates[0]!);
  const rows = groups.map(({ group, score }, g) => {
    const cells = candidates.map((candidate) => {
      const { wordErrorRate, wordErrorRateInterval } = groupsOf(candidate)[g]!.score;
      return html`<td>
        ${formatRate(wordErrorRate)}<small>${formatInterval(wordErrorRateInterval)}</small>
      </td>`;
    });
    return html`<tr>
      <td>${group}<small>${score.utterances} recordings</small></td>
      ${cells}
    </tr>`;
  });
  return html`<details class="figures">
    <summary>Figures</summary>
    <div class="scroll">
      <table>
        <thead>
          <tr>
            <th scope="col">${title}</th>
            ${candidates.map(({ name }) => html`<th scope="col">${name}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${rows}
        </tbody>
      </table>
    </div>
  </details>`;
}
