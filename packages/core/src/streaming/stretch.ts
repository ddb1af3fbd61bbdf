import type { EarlierReading } from './confirmation.js';
import type { HeardWord } from './heard-word.js';
import type { OpenWords } from './utterance-model.js';

/** Speech under way, and what was read of it so far. Times are seconds from the start of the stream. */
export class Stretch<W extends HeardWord> {
  /** Position of its first sample. */
  readonly from: number;
  readonly speechStart: number;
  /** Where the pause began that lasts until now; undefined while somebody speaks. */
  pauseStart: number | undefined;
  #confirmed = 0;
  #words: readonly W[] = [];
  /** All readings so far, from the first word that is not confirmed. */
  #readings: readonly EarlierReading<W>[] = [];
  #readTo: number | undefined;
  #final = false;

  constructor(from: number, speechStart: number) {
    this.from = from;
    this.speechStart = speechStart;
  }

  /** Of the latest reading. */
  get words(): readonly W[] {
    return this.#words;
  }

  get confirmed(): readonly W[] {
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

  /** The reading up to this position made no sense. It agrees with nothing, so what was read before it stays open. */
  skip(readTo: number): void {
    this.#readTo = readTo;
  }

  /**
   * Takes the next reading.
   *
   * @param readTo Position that it reached.
   * @param heard Length of the audio that was read. Seconds.
   * @param countConfirmable How many of the open words can be confirmed now.
   * @returns Whether it reads otherwise, or more is confirmed.
   */
  update(
    words: readonly W[],
    { readTo, heard, final }: { readonly readTo: number; readonly heard: number; readonly final: boolean },
    countConfirmable: (open: OpenWords<W>) => number,
  ): boolean {
    const open = words.slice(this.#confirmed);
    const before = this.#readings.at(-1)?.words ?? [];
    const changed = open.length !== before.length || open.some(({ text }, i) => text !== before[i]!.text);
    const confirmable = countConfirmable({ words: open, earlier: this.#readings, heard });
    this.#readings = [...this.#readings, { words: open, heard }].map((reading) => ({
      ...reading,
      words: reading.words.slice(confirmable),
    }));
    this.#words = words;
    this.#confirmed += confirmable;
    this.#readTo = readTo;
    this.#final = final;
    return changed || confirmable > 0;
  }
}
