import { SAMPLE_RATE, SILENCE, type RtpPacket } from './rtp.js';

/** Packets that one that is late is waited for: 100 ms. */
const PATIENCE = 5;
/** A jump of the clock beyond this is another recording, not a pause. Samples. */
const LONGEST_PAUSE = 60 * SAMPLE_RATE;

/**
 * Puts packets in order and keeps the clock: lost packets, and silence that was not sent, become silence of the same
 * length, so that times in the transcript are those of the call.
 */
export class Playout {
  #waiting: RtpPacket[] = [];
  /** Timestamp of the sample that is due. */
  #due: number | undefined;

  /** Takes a packet and gives the audio that is in order now. */
  push(packet: RtpPacket): Uint8Array[] {
    this.#due ??= packet.timestamp;
    // Too late, or twice.
    if (this.#distance(packet) < 0) return [];
    this.#waiting.push(packet);
    this.#waiting.sort((a, b) => this.#distance(a) - this.#distance(b));
    return this.#take(PATIENCE);
  }

  /** All that waits, at the end of the call. */
  finish(): Uint8Array[] {
    return this.#take(0);
  }

  #take(patience: number): Uint8Array[] {
    const audio: Uint8Array[] = [];
    for (let [next] = this.#waiting; next; [next] = this.#waiting) {
      const gap = this.#distance(next);
      if (gap > 0 && this.#waiting.length <= patience) break;
      if (gap > 0 && gap <= LONGEST_PAUSE) audio.push(new Uint8Array(gap).fill(SILENCE[next.law]));
      // Of a packet that overlaps the one before it, the rest.
      audio.push(next.payload.subarray(Math.max(0, -gap)));
      this.#due = (next.timestamp + next.payload.length) % 2 ** 32;
      this.#waiting.shift();
    }
    return audio;
  }

  /** Samples from the one that is due to the packet; timestamps wrap around. */
  #distance({ timestamp }: RtpPacket): number {
    return (timestamp - this.#due!) | 0;
  }
}
