import type { CtcHypothesis, CtcToken } from './hypothesis.js';
import type { LogProbMatrix } from './log-probs.js';

/**
 * Best-path CTC decoding (Graves et al. 2006): the likeliest label of every frame, repeats collapsed, blanks
 * dropped. One object decodes one utterance, whole or in chunks: the result is the same however it is cut.
 */
export class GreedyCtcDecoder {
  readonly #blank: number;
  readonly #tokens: CtcToken[] = [];
  #open: { id: number; start: number; end: number; logProb: number; peakLogProb: number } | undefined;
  #frames = 0;
  #trailingBlanks = 0;
  #logProb = 0;

  /** @param options.blank Index of the blank label. */
  constructor(options: { readonly blank: number }) {
    this.#blank = options.blank;
  }

  /** Frames decoded so far. */
  get frames(): number {
    return this.#frames;
  }

  /** Blank frames since the last label, for endpointing. */
  get trailingBlanks(): number {
    return this.#trailingBlanks;
  }

  /** Decodes the next frames. Log-probabilities, not logits; see {@link toLogProbs}. */
  push(logProbs: LogProbMatrix): void {
    const { data, frames, vocabularySize } = logProbs;
    for (let row = 0; row < frames; row++) {
      const start = row * vocabularySize;
      let best = 0;
      for (let id = 1; id < vocabularySize; id++) {
        if ((data[start + id] as number) > (data[start + best] as number)) best = id;
      }
      this.#step(best, data[start + best] as number);
    }
  }

  /** The hypothesis so far; a label that may still go on is included. */
  result(): CtcHypothesis {
    const tokens = this.#open ? [...this.#tokens, { ...this.#open }] : [...this.#tokens];
    return { tokens, logProb: this.#logProb, score: this.#logProb };
  }

  #step(id: number, logProb: number): void {
    const frame = this.#frames++;
    this.#logProb += logProb;
    if (this.#open && this.#open.id === id) {
      this.#open.end = frame + 1;
      this.#open.logProb += logProb;
      this.#open.peakLogProb = Math.max(this.#open.peakLogProb, logProb);
      return;
    }
    if (this.#open) this.#tokens.push(this.#open);
    this.#open = undefined;
    if (id === this.#blank) {
      this.#trailingBlanks++;
      return;
    }
    this.#trailingBlanks = 0;
    this.#open = { id, start: frame, end: frame + 1, logProb, peakLogProb: logProb };
  }
}

/** Best-path decoding of a whole matrix. */
export function decodeCtcGreedy(logProbs: LogProbMatrix, options: { readonly blank: number }): CtcHypothesis {
  const decoder = new GreedyCtcDecoder(options);
  decoder.push(logProbs);
  return decoder.result();
}
