/** Seconds of audio between two readings where they cost nothing. */
const SHORTEST = 0.3;
/** Audio from one reading to the next, relative to the time that a reading takes: at most half of the time is spent. */
const FACTOR = 2;
/** How much the last measurement counts. */
const WEIGHT = 0.3;

/** How often to read the audio again, by what a reading costs on this machine. */
export class Pacer {
  readonly #clock: () => number;
  #cost = 0;

  /** @param clock Seconds, from anywhere. */
  constructor(clock: () => number) {
    this.#clock = clock;
  }

  /** Seconds of new audio that a reading is worth. */
  get step(): number {
    return Math.max(SHORTEST, FACTOR * this.#cost);
  }

  /** Does the work and takes its time. */
  async measure<T>(work: () => Promise<T>): Promise<T> {
    const start = this.#clock();
    const result = await work();
    const cost = this.#clock() - start;
    // Slower is believed at once: a stream that falls behind is worse than a late partial.
    this.#cost = cost > this.#cost ? cost : this.#cost + WEIGHT * (cost - this.#cost);
    return result;
  }
}
