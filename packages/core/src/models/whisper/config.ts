import { AsrError } from '../../errors.js';

import type { SizeClaim } from './layouts/graph-shape.js';

/** Sizes that `config.json` may state, by its own names. */
const SIZES = [
  'num_mel_bins',
  'vocab_size',
  'd_model',
  'decoder_layers',
  'decoder_attention_heads',
  'max_source_positions',
  'max_target_positions',
] as const;

type SizeName = (typeof SIZES)[number];

/** What the graphs need to know from a model's configuration files. */
export class WhisperConfig {
  readonly #sizes: ReadonlyMap<string, number>;
  /** (layer, head) pairs of `generation_config.json` whose cross-attention follows the speech; absent when not stated. */
  readonly alignmentHeads: readonly (readonly [layer: number, head: number])[] | undefined;

  /**
   * @param config Parsed `config.json`; absent for layouts that come without.
   * @param generation Parsed `generation_config.json`.
   * @throws AsrError `MODEL_INVALID` when a field has the wrong type.
   */
  constructor(
    config: Readonly<Record<string, unknown>> = {},
    generation: Readonly<Record<string, unknown>> = {},
  ) {
    const sizes = new Map<string, number>();
    for (const name of SIZES) {
      const value = config[name];
      if (value === undefined || value === null) continue;
      if (typeof value !== 'number' || !Number.isInteger(value) || value < 1) {
        throw new AsrError(
          'MODEL_INVALID',
          `${name} in config.json must be a positive whole number, found ${JSON.stringify(value)}`,
        );
      }
      sizes.set(name, value);
    }
    this.#sizes = sizes;
    this.alignmentHeads = readHeads(generation['alignment_heads']);
  }

  size(name: SizeName): number | undefined {
    return this.#sizes.get(name);
  }

  /** A size with where it was read, for comparing it with the graphs. */
  claim(name: SizeName): SizeClaim {
    return { value: this.#sizes.get(name), source: `${name} in config.json` };
  }

  /** Elements of one attention head. */
  get headSize(): SizeClaim {
    const width = this.#sizes.get('d_model');
    const heads = this.#sizes.get('decoder_attention_heads');
    return {
      value: width && heads ? width / heads : undefined,
      source: 'd_model / decoder_attention_heads in config.json',
    };
  }
}

function readHeads(value: unknown): WhisperConfig['alignmentHeads'] {
  if (value === undefined || value === null) return undefined;
  const isIndex = (index: unknown): index is number =>
    typeof index === 'number' && Number.isInteger(index) && index >= 0;
  const isPair = (pair: unknown): pair is [number, number] =>
    Array.isArray(pair) && pair.length === 2 && pair.every(isIndex);
  if (Array.isArray(value) && value.every(isPair)) return value;
  throw new AsrError(
    'MODEL_INVALID',
    `alignment_heads in generation_config.json must be a list of [layer, head] pairs`,
  );
}
