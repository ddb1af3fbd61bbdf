import { createNodePlatform, joinFloats, prepareAudio, readAudio, type Vad } from '@org/asr-node';
import { testData } from '@org/asr-testkit';
import { readFileSync } from 'node:fs';

export const RATE = 16_000;

const platform = createNodePlatform();

/** A prompt of the extended test data. */
export interface Prompt {
  /** Name of the list that it is from: `en`, `es` … */
  readonly list: string;
  readonly file: string;
  readonly text: string;
}

/** What is said in a recording, in seconds. */
export interface Truth {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Where each prompt came to lie, and what a detector hears of it alone. */
export interface PlacedPrompt extends Truth {
  readonly prompt: Prompt;
  readonly speech: readonly { readonly start: number; readonly end: number }[];
}

export function listPrompts(list: string): readonly Prompt[] {
  const items = JSON.parse(readFileSync(testData(`audio/prompts/${list}.json`), 'utf8')) as readonly Omit<
    Prompt,
    'list'
  >[];
  return items.map(({ file, text }) => ({ list, file, text }));
}

/** In an order that `random` chooses. */
export function shuffle<T>(items: readonly T[], random: () => number): readonly T[] {
  return items
    .map((item) => ({ item, rank: random() }))
    .toSorted((a, b) => a.rank - b.rank)
    .map(({ item }) => item);
}

/** Prompts one after the other, with faint noise of random length before each of them. */
export async function joinPrompts(
  prompts: readonly Prompt[],
  random: () => number,
  pauses: { readonly shortest: number; readonly longest: number },
  vad: Vad,
): Promise<{ readonly samples: Float32Array; readonly truth: readonly PlacedPrompt[] }> {
  const { shortest, longest } = pauses;
  const parts: Float32Array[] = [];
  const truth: PlacedPrompt[] = [];
  let length = 0;
  for (const prompt of prompts) {
    const pause = new Float32Array(Math.round((shortest + (longest - shortest) * random()) * RATE));
    const path = testData(`audio/prompts/${prompt.list}/${prompt.file}`);
    const samples = await prepareAudio(await readAudio(path, platform), RATE);
    const spans = await vad.detect({ samples, sampleRate: RATE });
    length += pause.length;
    const offset = length / RATE;
    const speech = spans.map(({ start, end }) => ({ start: offset + start, end: offset + end }));
    truth.push({
      prompt,
      start: speech[0]?.start ?? offset,
      end: speech.at(-1)?.end ?? offset + samples.length / RATE,
      text: prompt.text,
      speech,
    });
    parts.push(
      pause.map(() => (random() - 0.5) * 5e-4),
      samples,
    );
    length += samples.length;
  }
  return { samples: joinFloats(parts), truth };
}
