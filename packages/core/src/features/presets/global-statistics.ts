import type { RowStageConfig } from '../row-stages.js';

/** Shift and scale per feature, from training statistics: (x + shift) · scale. */
export interface GlobalStatistics {
  /** Added to each feature: usually minus its mean. One value per feature of a row. */
  readonly shift: Float32Array;
  /** Multiplied afterwards: usually one over its deviation. As long as `shift`. */
  readonly scale: Float32Array;
}

/** The stage that applies them; none without. */
export function globalNormalization(statistics: GlobalStatistics | undefined): readonly RowStageConfig[] {
  return statistics === undefined ? [] : [{ type: 'global-norm', ...statistics }];
}

/**
 * Global statistics from a mean and a deviation per feature: (x − mean) / max(deviation, 1e-10), as SpeechBrain's
 * `InputNormalization(norm_type='global')` applies `glob_mean` and `glob_std`.
 */
export function statisticsFromDeviation(
  mean: ArrayLike<number>,
  deviation: ArrayLike<number>,
): GlobalStatistics {
  return {
    shift: Float32Array.from(mean, (value) => -value),
    scale: Float32Array.from(deviation, (value) => 1 / Math.max(value, 1e-10)),
  };
}

/**
 * Global statistics from sums over the training frames, as PaddleSpeech's CMVN files hold them (`mean_stat`, `var_stat`,
 * `frame_num`).
 */
export function statisticsFromSums(
  sums: ArrayLike<number>,
  squareSums: ArrayLike<number>,
  frames: number,
): GlobalStatistics {
  const mean = Float64Array.from(sums, (sum) => sum / frames);
  const deviation = Float64Array.from(squareSums, (sum, i) =>
    Math.sqrt(Math.max(sum / frames - mean[i]! ** 2, 1e-20)),
  );
  return statisticsFromDeviation(mean, deviation);
}
