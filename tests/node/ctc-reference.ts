import { loadModel, isCtcModel, readWav, type CtcModel, type LoadOptions, type Pcm } from '@org/asr-node';
import { repositoryFile, testData } from '@org/asr-testkit';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';

/** A matrix of the references: its size, statistics and the first values of the first rows. */
export interface Summary {
  readonly shape: readonly number[];
  readonly mean: number;
  readonly std: number;
  readonly first: readonly (readonly number[])[];
}

export interface GoldenClip {
  readonly file: string;
  readonly ref: string;
  readonly text: string;
}

/** `golden.json` of a model folder; every layout has matrices under names of its own. */
export interface Golden {
  readonly clips: readonly GoldenClip[];
  readonly detail_clip: string;
  readonly ids: readonly number[];
}

export function readGolden(folder: string): Golden & Readonly<Record<string, unknown>> {
  const golden = JSON.parse(readFileSync(join(folder, 'golden.json'), 'utf8')) as Golden &
    Record<string, unknown>;
  // Not every clip of the reference is in the repository.
  return { ...golden, clips: golden.clips.filter(({ file }) => existsSync(join(folder, file))) };
}

export function readClip(folder: string, file: string): Pcm {
  return readWav(new Uint8Array(readFileSync(join(folder, file))));
}

/** The folder of a model: two small ones are in the repository, the others in the extended test data. */
export function modelFolder(name: string): string {
  const fixture = repositoryFile(`tests/fixtures/${name}`);
  return existsSync(fixture) ? fixture : testData(`models/${name}`);
}

/** A model of the test data, inside of this thread. */
export async function loadCtc(folder: string, options: LoadOptions = {}): Promise<CtcModel> {
  const model = await loadModel({ path: folder }, { offThread: false, ...options });
  if (!isCtcModel(model)) throw new Error(`${folder} was taken for a ${model.info.family}`);
  return model;
}

/** Compares a row-major matrix with the summary of its reference. */
export function expectMatrix(
  data: Float32Array | Float64Array,
  width: number,
  summary: Summary,
  tolerance: number,
): void {
  expect([data.length / width, width]).toEqual(summary.shape.slice(-2));
  let sum = 0;
  for (const value of data) sum += value;
  const mean = sum / data.length;
  let squares = 0;
  for (const value of data) squares += (value - mean) ** 2;
  expect(Math.abs(mean - summary.mean)).toBeLessThan(tolerance);
  expect(Math.abs(Math.sqrt(squares / data.length) - summary.std)).toBeLessThan(tolerance);
  summary.first.forEach((row, r) =>
    row.forEach((value, c) => expect(Math.abs(data[r * width + c]! - value)).toBeLessThan(tolerance)),
  );
}

/** Likeliest label of every frame. */
export function argmax({
  data,
  vocabularySize,
}: {
  data: ArrayLike<number>;
  vocabularySize: number;
}): number[] {
  const ids: number[] = [];
  for (let at = 0; at < data.length; at += vocabularySize) {
    let best = 0;
    for (let id = 1; id < vocabularySize; id++) if (data[at + id]! > data[at + best]!) best = id;
    ids.push(best);
  }
  return ids;
}
