import { basename } from 'node:path';
import { formatBytes, formatSeconds } from '../../format.js';
import type { EvaluationReport, MeasuredCandidate } from '../report.js';
import { answer, candidateTable, figuresTable } from './candidate-section.js';
import { fileList } from './file-list.js';
import { groupPlot } from './group-plot.js';
import { html, type Markup } from './markup.js';
import { legend } from './marks.js';
import { noisePlot } from './noise-plot.js';
import { scatterPlot } from './scatter-plot.js';
import { STYLE } from './style.js';

/** A report as one page that needs nothing else: no scripts, no fonts, no network. */
export function renderReport(report: EvaluationReport): string {
  const { candidates, set, machine } = report;
  const title = report.recommendation
    ? 'Which model suits?'
    : `How well does ${candidates[0]?.name ?? 'it'} hear?`;
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}</title>
        <style>
          ${STYLE}
        </style>
      </head>
      <body>
        <header>
          <h1>${title}</h1>
          <p class="soft">
            ${set.utterances} recordings, ${formatSeconds(set.seconds)} minutes, ${set.words}
            words${languages(report)}: ${set.paths.join(', ')}. Measured on ${report.created.slice(0, 10)},
            ${machine.cpu}, ${machine.cores} cores, ${formatBytes(machine.memory)}.
          </p>
        </header>
        <main>
          ${answer(report)}
          <h2>Figures</h2>
          ${candidateTable(report)}
          ${candidates.length === 0 ? undefined : [...plots(report), html`<h2>Recording by recording</h2>`, fileList(report)]}
          <h2>How it was measured</h2>
          ${method(report)}
        </main>
      </body>
    </html> `;
  return page.text;
}

function languages({ set }: EvaluationReport): string {
  return set.languages.length === 0 ? '' : `, in ${set.languages.join(', ')}`;
}

function plots(report: EvaluationReport): Markup[] {
  const { candidates } = report;
  const first = candidates[0]!;
  const key = candidates.length > 1 ? legend(candidates.map(({ name }) => name)) : undefined;
  const sections: Markup[] = [];
  if (candidates.length > 1) {
    sections.push(
      html`<h2>Accuracy and speed</h2>
        <figure>${key}${scatterPlot(report)}</figure>`,
    );
  }
  if (first.byLanguage.length > 1) {
    const groupsOf = ({ byLanguage }: MeasuredCandidate): MeasuredCandidate['byLanguage'] => byLanguage;
    sections.push(
      html`<h2>By language</h2>
        <figure>${key}${groupPlot('languages', 'Word error rate by language', candidates, groupsOf)}</figure>
        ${figuresTable('Language', candidates, groupsOf)}`,
    );
  }
  if (first.byCondition.length > 0) {
    const groupsOf = ({ byCondition }: MeasuredCandidate): MeasuredCandidate['byCondition'] => byCondition;
    sections.push(
      html`<h2>By condition</h2>
        <figure>
          ${key}${groupPlot('conditions', 'Word error rate by condition', candidates, groupsOf)}
        </figure>
        ${figuresTable('Condition', candidates, groupsOf)}`,
    );
  }
  const noises = [...new Set(first.byNoise.map(({ noise }) => noise))];
  if (noises.length > 0) {
    const panels = noises.map((noise, i) => noisePlot(`noise-${i}`, noise, candidates));
    const groupsOf = ({ score, byNoise }: MeasuredCandidate): MeasuredCandidate['byLanguage'] => [
      { group: 'none', score },
      ...byNoise.map((each) => ({ group: `${basename(each.noise)}, ${each.snr} dB`, score: each.score })),
    ];
    sections.push(
      html`<h2>Under noise</h2>
        <figure>
          ${key}
          <div class="panels">${panels}</div>
        </figure>
        ${figuresTable('Noise', candidates, groupsOf)}`,
    );
  }
  return sections;
}

const NORMALIZERS: Readonly<Record<EvaluationReport['settings']['normalizer'], string>> = {
  whisper:
    'Texts are compared after Whisper’s normalisers: the English one for English, the basic one for other languages.',
  english: 'Texts are compared after Whisper’s English normaliser.',
  basic: 'Texts are compared after Whisper’s basic normaliser: case, punctuation and symbols don’t count.',
  none: 'Texts are compared as they are: case and punctuation count.',
};

function method({ settings, set, machine }: EvaluationReport): Markup {
  const noise =
    set.noise.length === 0
      ? undefined
      : html`<li>
          Noise is added at ratios of mean power over the whole recording, with seed ${settings.seed}; every
          model hears the same. Babble is six other recordings of the set at once. Table and first plot are
          without added noise.
        </li>`;
  return html`<ul class="soft">
    <li>
      ${NORMALIZERS[settings.normalizer]} Errors and words are summed over all recordings before a rate is
      taken.
    </li>
    <li>
      Intervals hold the true rate with ${100 * settings.confidence} % confidence: bootstrap over recordings
      (Bisani and Ney 2004). Models are called tied when the interval of their difference on the same
      recordings holds 0.
    </li>
    <li>
      ${settings.detectLanguage ? 'Models detect the language where they can.' : 'Models are told the language where the set says it and they take one.'}
    </li>
    <li>
      Speed is seconds of audio per second of computing, one recording after the other, after one to warm up.
      First result is the median time from handing over a recording to the first text that stays; for short
      recordings that is all of it.
    </li>
    <li>
      Load is from the call to a model that can be used, with all files on disk. Memory is the most that the
      whole process held, Node.js included. Size is the files in use.
    </li>
    ${noise}
    <li>
      SDK ${machine.sdk}, Node.js ${machine.node}, ${machine.system}. Other work on the machine makes
      everything slower.
    </li>
  </ul>`;
}
