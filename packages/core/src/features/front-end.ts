import { FeatureStream } from './feature-stream.js';
import { filterBankOf } from './filter-banks.js';
import { FrameAnalyzer } from './frame-analyzer.js';
import type { FrontEndConfig } from './front-end-config.js';
import type { RowStageConfig } from './row-stages.js';
import { SpectralRows } from './spectral-rows.js';
import { WaveRows, waveNormalization } from './wave-rows.js';

/** Features of a stretch of audio. */
export interface Features {
  /** Row-major [frames, bins]. */
  readonly data: Float32Array;
  /** Number of rows, padding included. */
  readonly frames: number;
  /** Number of rows before the padding: the length that a model is told. */
  readonly validFrames: number;
  /** Width of a row. */
  readonly bins: number;
}

/** From mono audio to the rows of features that a model was trained on. Make one with {@link createFrontEnd}. */
export class FrontEnd {
  /** The steps it takes, as given. */
  readonly config: FrontEndConfig;
  /** Width of a row of features. */
  readonly bins: number;
  readonly #analyzer: FrameAnalyzer | undefined;
  readonly #stages: readonly RowStageConfig[];

  /** @throws {RangeError} when the configuration contradicts itself */
  constructor(config: FrontEndConfig) {
    this.config = config;
    if (config.type === 'spectral') {
      this.#analyzer = new FrameAnalyzer(config, filterBankOf(config));
      this.#stages = config.stages;
    } else {
      this.#stages = config.normalize === null ? [] : [waveNormalization(config.normalize.epsilon)];
    }
    this.bins = this.stream().bins;
  }

  /**
   * Features of a whole utterance.
   *
   * @param samples mono audio at `config.sampleRate`, −1…1; left unchanged
   * @throws {TypeError} when `samples` is not a Float32Array
   */
  extract(samples: Float32Array): Features {
    const stream = this.stream();
    stream.push(samples);
    stream.finish();
    const { framesReady: frames, validFrames, bins } = stream;
    return { data: stream.take(), frames, validFrames, bins };
  }

  /** A stream that gives the same features for audio that arrives in pieces. Several may run at a time. */
  stream(): FeatureStream {
    const { config } = this;
    if (config.type === 'wave') return new FeatureStream(new WaveRows(), this.#stages, NO_PADDING);
    return new FeatureStream(new SpectralRows(config, this.#analyzer!), this.#stages, config.padding);
  }
}

/**
 * Makes a front end from its description; see the presets for those of the known model families.
 *
 * @throws {RangeError} when the configuration contradicts itself
 */
export function createFrontEnd(config: FrontEndConfig): FrontEnd {
  return new FrontEnd(config);
}

/** [frames, bins] → [bins, frames], the layout that some models take. */
export function transposeFeatures(features: Features): Float32Array {
  const { data, frames, bins } = features;
  const out = new Float32Array(data.length);
  for (let frame = 0, i = 0; frame < frames; frame++) {
    for (let bin = 0, o = frame; bin < bins; bin++, i++, o += frames) out[o] = data[i]!;
  }
  return out;
}

const NO_PADDING = { rows: 0, multiple: 1 };
