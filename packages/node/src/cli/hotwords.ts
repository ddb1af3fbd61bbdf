import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Hotword } from '@org/asr-node';
import { UsageError } from './errors.js';

/** A hotword as it was written; without a weight where none was. */
export interface WrittenHotword {
  readonly text: string;
  readonly weight?: number;
}

/** In the middle of what is usual. */
const DEFAULT_WEIGHT = 8;

/** Reads `Kaldi:10, New York`: separated by commas or lines, each with a weight if wanted. */
export function parseHotwords(text: string): readonly WrittenHotword[] {
  return text
    .split(/[,\n]/u)
    .map((item) => item.trim())
    .filter((item) => item !== '')
    .map((item) => {
      const match = /^(?<word>.*\S)\s*:\s*(?<weight>-?\d+(?:\.\d+)?)$/u.exec(item)?.groups;
      return match ? { text: match['word']!, weight: Number(match['weight']) } : { text: item };
    });
}

/** The same of a file, `#` begins a comment line. @throws UsageError when it can't be read. */
export async function readHotwords(path: string, cwd: string): Promise<readonly WrittenHotword[]> {
  const text = await readFile(resolve(cwd, path), 'utf8').catch((cause: unknown) => {
    throw new UsageError(`the hotwords can't be read: ${(cause as Error).message}`, { cause });
  });
  return parseHotwords(text.replaceAll(/^\s*#.*$/gmu, ''));
}

/** For a CTC beam search. */
export function weightedHotwords(words: readonly WrittenHotword[]): readonly Hotword[] {
  return words.map(({ text, weight = DEFAULT_WEIGHT }) => ({ text, weight }));
}

/** For Whisper, whose prompt knows no weights. @throws UsageError for weights. */
export function promptHotwords(words: readonly WrittenHotword[]): string {
  const weighted = words.find(({ weight }) => weight !== undefined);
  if (weighted)
    throw new UsageError(`--hotwords: Whisper knows no weights, leave out that of "${weighted.text}"`);
  return words.map(({ text }) => text).join(', ');
}
