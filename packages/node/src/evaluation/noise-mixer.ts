import { babbleNoise, cutNoise, mixAtSnr, pinkNoise, whiteNoise } from '@org/asr-core';
import type { Utterance } from '@org/asr-core';
import { readSamples, type UtteranceReader } from './utterance-reader.js';

/** Noise that is added to a recording before it is recognised. */
export interface NoiseCondition {
  /** `white`, `pink`, `babble` (other utterances of the set, six at once), or the path of a recording of noise. */
  readonly noise: string;
  /** Signal-to-noise ratio in dB, by mean power; see `mixAtSnr`. */
  readonly snr: number;
}

/** Recordings that babble is made of; they are kept in memory. */
const BABBLE_VOICES = 24;

/**
 * Adds noise to utterances. Noise depends on the seed, its kind and the utterance's id alone: every model hears the same,
 * and all ratios get the same noise at another level.
 */
export class NoiseMixer {
  readonly #reader: UtteranceReader;
  readonly #utterances: readonly Utterance[];
  readonly #seed: number;
  readonly #signal: AbortSignal | undefined;
  readonly #recordings = new Map<string, Promise<Float32Array>>();
  #voices: Promise<ReadonlyMap<string, Float32Array>> | undefined;

  constructor(reader: UtteranceReader, utterances: readonly Utterance[], seed: number, signal?: AbortSignal) {
    this.#reader = reader;
    this.#utterances = utterances;
    this.#seed = seed;
    this.#signal = signal;
  }

  /** The samples of an utterance with noise added; they are copied. */
  async add({ noise, snr }: NoiseCondition, samples: Float32Array, id: string): Promise<Float32Array> {
    return mixAtSnr(samples, await this.#make(noise, samples.length, id), snr);
  }

  async #make(noise: string, length: number, id: string): Promise<Float32Array> {
    const seed = hash(`${this.#seed}\n${noise}\n${id}`);
    switch (noise) {
      case 'white':
        return whiteNoise(length, seed);
      case 'pink':
        return pinkNoise(length, seed);
      case 'babble': {
        const voices = await (this.#voices ??= this.#readVoices());
        const others = [...voices].filter(([voice]) => voice !== id).map(([, samples]) => samples);
        return babbleNoise(others, length, seed);
      }
      default: {
        const known = this.#recordings.get(noise) ?? readSamples(noise, this.#signal);
        this.#recordings.set(noise, known);
        return cutNoise(await known, length, seed);
      }
    }
  }

  /** The same utterances whatever the order of the set: those whose ids hash lowest. */
  async #readVoices(): Promise<ReadonlyMap<string, Float32Array>> {
    const chosen = this.#utterances
      .map((utterance) => [hash(`${this.#seed}\n${utterance.id}`), utterance] as const)
      .sort(([a], [b]) => a - b)
      .slice(0, BABBLE_VOICES);
    const voices = new Map<string, Float32Array>();
    for (const [, utterance] of chosen) voices.set(utterance.id, await this.#reader.read(utterance));
    return voices;
  }
}

/** FNV-1a over UTF-16 code units, 32 bits; spreads ids over seeds. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  return value >>> 0;
}
