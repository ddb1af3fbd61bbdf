/** A chunk of audio, and when it came by two clocks. */
export interface ArrivedChunk {
  /** Of its first sample, counted by the device. */
  readonly frame: number;
  /** Its samples. */
  readonly length: number;
  /** When its first and its last sample were there, by the clock on the wall. Milliseconds, as `Date.now()` gives them. */
  readonly began: number;
  readonly sent: number;
}

/** Seconds that audio may be late: threads wait for each other, devices hand over much at once. */
const PATIENCE = 1;
/** Seconds a second by which the clocks of devices may be too slow. Twenty times what sound cards are off. */
const DRIFT = 0.001;

/**
 * Tells when audio was recorded, for sources that count frames: the times of {@link TimedChunk}s. A device's clock stands still
 * while a machine sleeps or a telephone call has the device; the clock on the wall goes on. Audio that is more than a second
 * late has been missing as long as that, unless it comes much faster than it is played: then a thread was held up, and
 * catches up.
 */
export class CaptureClock {
  readonly #sampleRate: number;
  /** Seconds that the wall's clock is ahead of the device's, when nothing is late. */
  #ahead = Infinity;
  /** Seconds that the device's clock stood still. */
  #missed = 0;
  /** The first of the chunks that are late. */
  #late: ArrivedChunk | undefined;

  /** @param sampleRate Frames a second of the device. */
  constructor(sampleRate: number) {
    this.#sampleRate = sampleRate;
  }

  /** @returns When the chunk's first sample was recorded, in seconds; never before the end of the chunk before. */
  timeOf(chunk: ArrivedChunk): number {
    const { frame, length, began } = chunk;
    const time = frame / this.#sampleRate;
    const ahead = began / 1000 - time;
    const late = ahead - this.#ahead;
    if (!(late > PATIENCE)) {
      this.#late = undefined;
      const allowed = (DRIFT * length) / this.#sampleRate;
      this.#ahead = late > 0 ? this.#ahead + Math.min(late, allowed) : ahead;
    } else if (this.#isPlayed((this.#late ??= chunk), chunk)) {
      this.#late = undefined;
      this.#missed += late;
      this.#ahead = ahead;
    }
    return time + this.#missed;
  }

  /** Whether audio comes as fast as it is played, and not much faster. */
  #isPlayed(first: ArrivedChunk, last: ArrivedChunk): boolean {
    const played = (last.frame + last.length - first.frame) / this.#sampleRate;
    return (last.sent - first.began) / 1000 > played / 2;
  }
}
