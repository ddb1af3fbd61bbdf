import { kindOf } from '../audio/pcm.js';
import { AsrError } from '../errors.js';

/** Seconds that the times of chunks may be off: they are rounded, and devices have clocks of their own. */
const TOLERANCE = 0.1;

/**
 * Compares the times that chunks say they were recorded at with the audio that came. Both are counted from the first chunk
 * that has a time; chunks without one follow what came before them.
 */
export class ChunkClock {
  /** Where the next chunk lies if nothing is missing: by all of the audio so far, and by the last time that was said. */
  #due: number | undefined;
  #next = 0;

  /**
   * @param time Of the first sample of the next chunk. Seconds, from anywhere.
   * @returns Seconds of audio that are missing before it.
   * @throws TypeError for what is no time; AsrError `AUDIO_INVALID` when it goes back.
   */
  missingBefore(time: unknown): number {
    if (typeof time !== 'number' || !Number.isFinite(time)) {
      const found = typeof time === 'number' ? time : kindOf(time);
      throw new TypeError(`time of a chunk must be a finite number of seconds; got ${found}`);
    }
    this.#due ??= this.#next = time;
    const jump = time - this.#next;
    if (jump < -TOLERANCE) {
      throw new AsrError(
        'AUDIO_INVALID',
        `the time of a chunk is ${time} s, ${(-jump).toFixed(2)} s before the end of the chunk before it ` +
          `(${this.#next.toFixed(2)} s). Chunks must come in order, each with the time that its first sample was ` +
          'recorded at; open another stream for another recording',
      );
    }
    this.#next = time;
    const missing = time - this.#due;
    // Small differences add up to one that counts. A device that is too fast, by little at a time, is believed.
    if (Math.abs(missing) > TOLERANCE) this.#due = time;
    return missing > TOLERANCE ? missing : 0;
  }

  /** Audio of this length came. */
  advance(seconds: number): void {
    if (this.#due === undefined) return;
    this.#due += seconds;
    this.#next += seconds;
  }
}
