import { countConfirmable, type ConfirmationRules } from './confirmation.js';
import type { HeardWord } from './heard-word.js';

/** Speech under way, and what was read of it so far. Times are seconds from the start of the stream. */
export class Stretch {
  /** Position of its first sample. */
  readonly from: number;
  readonly speechStart: number;
  /** Where the pause began that lasts until now; undefined while somebody speaks. */
  pauseStart: number | undefined;
  #confirmed = 0;
  #words: readonly HeardWord[] = [];
  #readTo: number | undefined;
  #final = false;

  constructor(from: number, speechStart: number) {
    this.from = from;
    this.speechStart = speechStart;
  }

  /** Of the latest reading. */
  get words(): readonly HeardWord[] {
    return this.#words;
  }

  get confirmed(): readonly HeardWord[] {
    return this.#words.slice(0, this.#confirmed);
  }

  /** Position that the latest reading reached. */
  get readTo(): number | undefined {
    return this.#readTo;
  }

  /** Whether all of the speech was read, with the silence behind it. */
  get isSettled(): boolean {
    return this.#final && this.pauseStart !== undefined;
  }

  /** Somebody speaks again: what was read last is not the end. */
  resume(): void {
    this.pauseStart = undefined;
    this.#final = false;
  }

  /**
   * Takes the next reading.
   *
   * @param heard Length of the audio that was read. Seconds.
   * @returns Whether it reads otherwise, or more is confirmed.
   */
  update(
    words: readonly HeardWord[],
    readTo: number,
    heard: number,
    final: boolean,
    rules: ConfirmationRules,
  ): boolean {
    const open = words.slice(this.#confirmed);
    const before = this.#words.slice(this.#confirmed);
    const changed = open.length !== before.length || open.some(({ text }, i) => text !== before[i]!.text);
    const confirmable = countConfirmable(open, before, heard, rules);
    this.#words = words;
    this.#confirmed += confirmable;
    this.#readTo = readTo;
    this.#final = final;
    return changed || confirmable > 0;
  }
}
