import { seededRandom } from '../seeded-random.js';
import { SlidingMinimum } from './sliding-minimum.js';

/** Seconds of a window. */
const WINDOW = 0.032;
/** Seconds back in which the quietest window is the background. Speech has a gap in any such stretch. */
const MEMORY = 8;

/** What stands for short pieces of audio that are missing: noise as loud as the background, so that the pause is none to a gate. */
export class Background {
  readonly #window: number;
  readonly #quietest = new SlidingMinimum(Math.round(MEMORY / WINDOW));
  readonly #random = seededRandom(1);
  /** Mean square of the background; 0 while nothing was heard. */
  #power = 0;
  #energy = 0;
  #filled = 0;

  /** @param sampleRate Hz. */
  constructor(sampleRate: number) {
    this.#window = Math.round(WINDOW * sampleRate);
  }

  /** Hears the next audio. */
  push(samples: Float32Array): void {
    for (let i = 0; i < samples.length; i++) {
      this.#energy += samples[i]! * samples[i]!;
      if (++this.#filled < this.#window) continue;
      this.#power = this.#quietest.push(this.#energy / this.#filled);
      this.#energy = 0;
      this.#filled = 0;
    }
  }

  /** So many samples of it. */
  fill(samples: number): Float32Array {
    // Even noise of ±a has a mean square of a²/3.
    const amplitude = Math.sqrt(3 * this.#power);
    return Float32Array.from({ length: samples }, () => amplitude * (2 * this.#random() - 1));
  }
}
