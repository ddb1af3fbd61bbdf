/** Emission delays of the published policy, LocalAgreement-2, from the golden trace of openai-whisper. */
import { emissionDelays, measureWords, normalizeEnglish, wordEmissions } from '@org/asr-node';
import { testData } from '@org/asr-testkit';
import { readFileSync } from 'node:fs';
import { normalize } from './measure.js';
import type { Recording } from './recordings.js';

interface Trace {
  readonly runs: readonly {
    readonly file: string;
    readonly text: string;
    readonly final_flush: string;
    readonly iterations: readonly {
      readonly time: number;
      readonly newly_confirmed: string;
    }[];
  }[];
}

/** Time is that of the audio: computing takes none, chunks are of a second. */
export function localAgreement({ name, words, text }: Recording): {
  readonly confirmed: readonly number[];
  readonly wordErrorRate: number;
} {
  const trace = JSON.parse(readFileSync(testData('golden/streaming/local_agreement.json'), 'utf8')) as Trace;
  const run = trace.runs.find(({ file }) => file === `wav/${name}.wav`);
  if (!run) throw new Error(`the golden trace has no ${name}`);
  let confirmed = '';
  const history = run.iterations.map(({ time, newly_confirmed: added }) => {
    confirmed += added;
    return { time, text: confirmed };
  });
  history.push({ time: history.at(-1)!.time, text: confirmed + run.final_flush });
  const delays = emissionDelays(words, wordEmissions(history, { normalize }), { normalize });
  return {
    confirmed: delays.map(({ delay }) => delay),
    wordErrorRate: measureWords(text, run.text, { normalize: normalizeEnglish }).wordErrorRate,
  };
}
