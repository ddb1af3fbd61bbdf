import { readFileSync } from 'node:fs';
import { repositoryFile } from '@org/asr-testkit';

/** How the golden files describe a feature matrix [frames, bins]. */
export interface FeatureSummary {
  readonly shape: readonly [number, number];
  readonly mean: number;
  /** Population standard deviation. */
  readonly std: number;
  readonly min: number;
  readonly max: number;
  readonly col_mean?: readonly number[] | null;
  readonly rows?: Readonly<Record<string, readonly number[]>> | null;
  readonly data?: readonly (readonly number[])[];
}

export function readFeatureVectors(name: string): unknown {
  return JSON.parse(readFileSync(repositoryFile(`tests/golden/vectors/features/${name}.json`), 'utf8'));
}

/**
 * Largest absolute difference between a matrix (row-major [frames, bins]) and its golden summary: over every value that
 * the summary lists, and over its mean, deviation, extremes and column means. `NaN` values or another shape throw.
 */
export function summaryDifference(data: Float32Array, bins: number, golden: FeatureSummary): number {
  const frames = data.length / bins;
  if (frames !== golden.shape[0] || bins !== golden.shape[1]) {
    throw new Error(`shape [${frames}, ${bins}] instead of [${golden.shape.join(', ')}]`);
  }
  if (data.some(Number.isNaN)) throw new Error('the features contain NaN');
  let worst = 0;
  const compare = (ours: number, theirs: number): void => {
    worst = Math.max(worst, Math.abs(ours - theirs));
  };
  const mean = data.reduce((sum, value) => sum + value, 0) / data.length;
  compare(mean, golden.mean);
  compare(Math.sqrt(data.reduce((sum, value) => sum + (value - mean) ** 2, 0) / data.length), golden.std);
  compare(
    data.reduce((a, b) => Math.min(a, b)),
    golden.min,
  );
  compare(
    data.reduce((a, b) => Math.max(a, b)),
    golden.max,
  );
  golden.col_mean?.forEach((theirs, bin) => {
    let sum = 0;
    for (let frame = 0; frame < frames; frame++) sum += data[frame * bins + bin]!;
    compare(sum / frames, theirs);
  });
  const compareRow = (frame: number, row: readonly number[]): void => {
    if (row.length !== bins)
      throw new Error(`golden row ${frame} has ${row.length} values instead of ${bins}`);
    row.forEach((theirs, bin) => compare(data[frame * bins + bin]!, theirs));
  };
  for (const [frame, row] of Object.entries(golden.rows ?? {})) compareRow(Number(frame), row);
  golden.data?.forEach((row, frame) => compareRow(frame, row));
  return worst;
}

/** [bins, frames] → [frames, bins]. */
export function transpose(data: Float32Array, bins: number): Float32Array {
  const frames = data.length / bins;
  return Float32Array.from(data, (_, i) => data[(i % bins) * frames + Math.floor(i / bins)]!);
}
