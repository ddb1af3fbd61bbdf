import type { LogProbMatrix } from '../../decoding/ctc/log-probs.js';
import type { CtcVocabulary } from '../../decoding/ctc/vocabulary.js';

/** Silence as a CTC model tells it: frames whose likeliest label is the blank, or the space between words. */
export class SilenceRun {
  readonly #silent: readonly boolean[];
  #frames = 0;
  #heard = false;

  constructor({ pieces, blank }: CtcVocabulary) {
    this.#silent = pieces.map((piece, id) => id === blank || piece.trim() === '');
  }

  /** Silent frames since the last that was not, or since the start. */
  get frames(): number {
    return this.#frames;
  }

  /** Whether any frame was not silent. */
  get heard(): boolean {
    return this.#heard;
  }

  push({ data, frames, vocabularySize }: LogProbMatrix): void {
    for (let row = 0; row < frames; row++) {
      const start = row * vocabularySize;
      let best = 0;
      for (let id = 1; id < vocabularySize; id++) {
        if ((data[start + id] as number) > (data[start + best] as number)) best = id;
      }
      if (this.#silent[best]) this.#frames++;
      else {
        this.#frames = 0;
        this.#heard = true;
      }
    }
  }
}
