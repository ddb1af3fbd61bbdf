/**
 * Recordings of several languages, put together by a seed of the prompts in English, Spanish, French, Italian and Russian: five of each
 * by turns, or in runs of three, with pauses of 0.3 to 2 s. Prints how much of the speech lies in segments of the right language,
 * and the word error rate (Whisper's basic normaliser on both sides). Needs the extended test data.
 *
 *   npx tsx benchmarks/mixed-languages.ts [--model <folder>] [--seeds=1,2,3] [--modes=one,windows,vad]
 *
 * Modes: `one` language for all, told by the first window; `windows`: `multilingualAudio`; `vad`: `multilingualAudio` behind the
 * detector.
 */
import sileroVad from '@org/asr-model-silero-vad';
import { loadModel, loadVad, measureWords, normalizeBasic } from '@org/asr-node';
import type { Segment, TranscribeOptions, Vad } from '@org/asr-node';
import { testData } from '@org/asr-testkit';
import { parseArgs } from 'node:util';
import { mulberry32 } from '../tests/golden/signals.js';
import { machine } from './interleaved.js';
import { joinPrompts, listPrompts, RATE, shuffle, type PlacedPrompt, type Prompt } from './prompt-mixture.js';

const LANGUAGES = ['en', 'es', 'fr', 'it', 'ru'];
const PAUSES = { shortest: 0.3, longest: 2 };

const { values: flags } = parseArgs({
  options: {
    model: { type: 'string', default: testData('models/whisper-base') },
    seeds: { type: 'string', default: '1,2,3' },
    modes: { type: 'string', default: 'one,windows,vad' },
    verbose: { type: 'boolean', default: false },
  },
});

await using model = await loadModel({ path: flags.model });
await using vad = await loadVad(sileroVad);
const modes: Readonly<Record<string, TranscribeOptions>> = {
  one: {},
  windows: { decoding: { type: 'whisper', multilingualAudio: true } },
  vad: { vad, decoding: { type: 'whisper', multilingualAudio: true } },
};

console.log(machine());
for (const order of ['by turns', 'runs of 3'] as const) {
  const sums = new Map<string, Sums>();
  for (const seed of flags.seeds.split(',').map(Number)) {
    const { samples, truth } = await putTogether(seed, order, vad);
    for (const name of flags.modes.split(',')) {
      const start = performance.now();
      const { segments } = await model.transcribe({ samples, sampleRate: RATE }, modes[name]);
      const seconds = (performance.now() - start) / 1000;
      const found = score(truth, segments);
      console.log(
        `${order}, seed ${seed}, ${(samples.length / RATE).toFixed(0)} s, ${name.padEnd(7)}: ${describe(found)}, ${seconds.toFixed(1)} s`,
      );
      if (flags.verbose) for (const line of mistakes(truth, segments)) console.log(`    ${line}`);
      sums.set(name, addUp(sums.get(name), found));
    }
  }
  for (const [name, found] of sums) console.log(`${order}, all, ${name.padEnd(7)}: ${describe(found)}`);
}

interface Sums {
  /** Seconds. */
  readonly speech: number;
  /** Seconds of it in segments of the right language. */
  readonly right: number;
  readonly words: number;
  readonly errors: number;
}

/** Five prompts of every language, no two of one language in a row; or three of every language, three in a row. */
async function putTogether(
  seed: number,
  order: 'by turns' | 'runs of 3',
  detector: Vad,
): Promise<{ samples: Float32Array; truth: readonly PlacedPrompt[] }> {
  const random = mulberry32(seed);
  const lists = new Map(LANGUAGES.map((name) => [name, [...shuffle(listPrompts(name), random)]]));
  const prompts: Prompt[] = [];
  const take = (name: string, count: number): void => {
    prompts.push(...lists.get(name)!.splice(0, count));
  };
  const rounds = order === 'by turns' ? 5 : 2;
  for (let round = 0; round < rounds; round++) {
    const names = shuffle(LANGUAGES, random);
    // Not the language that the last round ended with.
    const turned = names[0] === prompts.at(-1)?.list ? [...names.slice(1), names[0]!] : names;
    for (const name of turned) take(name, order === 'by turns' ? 1 : 3);
  }
  return joinPrompts(prompts, random, PAUSES, detector);
}

function score(truth: readonly PlacedPrompt[], segments: readonly Segment[]): Sums {
  let speech = 0;
  let right = 0;
  for (const { prompt, speech: stretches } of truth) {
    for (const stretch of stretches) {
      speech += stretch.end - stretch.start;
      const own = segments.filter(({ language }) => (language ?? 'none') === prompt.list);
      right += own.reduce((sum, segment) => sum + overlap(segment, stretch), 0);
    }
  }
  const reference = normalizeBasic(truth.map(({ text }) => text).join(' '));
  const { substitutions, deletions, insertions, hits } = measureWords(
    reference,
    normalizeBasic(segments.map(({ text }) => text).join(' ')),
  );
  return {
    speech,
    right,
    words: hits + substitutions + deletions,
    errors: substitutions + deletions + insertions,
  };
}

function mistakes(truth: readonly PlacedPrompt[], segments: readonly Segment[]): readonly string[] {
  return truth.flatMap(({ prompt, text, start, end }) => {
    const heard = segments.filter((segment) => overlap(segment, { start, end }) > 0.2);
    if (heard.every(({ language }) => language === prompt.list) && heard.length > 0) return [];
    const said = heard.map(({ language, text: found }) => `[${String(language)}] ${found}`).join(' ');
    return [`${start.toFixed(1)} to ${end.toFixed(1)} s, ${prompt.list}/${prompt.file}: ${text} -> ${said}`];
  });
}

type Span = Pick<Segment, 'start' | 'end'>;

function overlap(a: Span, b: Span): number {
  return Math.max(0, Math.min(a.end, b.end) - Math.max(a.start, b.start));
}

function addUp(a: Sums | undefined, b: Sums): Sums {
  if (!a) return b;
  return {
    speech: a.speech + b.speech,
    right: a.right + b.right,
    words: a.words + b.words,
    errors: a.errors + b.errors,
  };
}

function describe({ speech, right, words, errors }: Sums): string {
  return `${((100 * right) / speech).toFixed(1)} % of ${speech.toFixed(0)} s right, WER ${((100 * errors) / words).toFixed(2)} %`;
}
