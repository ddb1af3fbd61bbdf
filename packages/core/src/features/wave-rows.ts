import type { RowSource } from './row-source.js';
import type { RowStageConfig } from './row-stages.js';

/** The samples themselves, as rows of one value. */
export class WaveRows implements RowSource {
  readonly bins = 1;
  samples = 0;

  push(samples: Float32Array): Float32Array {
    this.samples += samples.length;
    return samples.slice();
  }

  finish(): Float32Array {
    return new Float32Array(0);
  }
}

/** (x − mean) / √(variance + epsilon) over the utterance, as Hugging Face's `Wav2Vec2FeatureExtractor` does. */
export function waveNormalization(epsilon: number): RowStageConfig {
  return {
    type: 'utterance-norm',
    over: 'values',
    scale: true,
    unbiased: false,
    varianceEpsilon: epsilon,
    epsilon: 0,
    minimum: 0,
  };
}
