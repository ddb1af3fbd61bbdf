/** Waiting audio that is told, in seconds; less than this is a decode under way. */
const NOTABLE = 1.5;
/** Told again when it has grown or shrunk by this much. */
const STEP = 1;
/** Caught up. */
const SMALL = 0.5;
/** How far ahead of the clock audio may come and still count as live. */
const SLACK = 1;

/**
 * Whether decoding holds the pace of the audio. Audio that comes faster than it is spoken, as from a file, waits without
 * lagging: there is no pace to hold.
 */
export class LagMeter {
  readonly #clock: () => number;
  #startedAt: number | undefined;
  #told = 0;

  /** @param clock Seconds, from anywhere. */
  constructor(clock: () => number) {
    this.#clock = clock;
  }

  /**
   * @param received Seconds of audio that have come so far.
   * @param waiting Seconds of them that wait.
   * @returns The lag to be told now, 0 when it was caught up; undefined when there is no news.
   */
  update(received: number, waiting: number): number | undefined {
    const now = this.#clock();
    this.#startedAt ??= now;
    const live = received <= now - this.#startedAt + SLACK;
    const lag = live || this.#told > 0 ? waiting : 0;
    const news = this.#told === 0 ? lag >= NOTABLE : lag < SMALL || Math.abs(lag - this.#told) >= STEP;
    if (!news) return undefined;
    this.#told = lag < SMALL ? 0 : lag;
    return this.#told;
  }
}
