import type { CtcToken } from './hypothesis.js';

const INITIAL_CAPACITY = 1024;

/** No token: the beginning of a path. */
export const NO_TOKEN = -1;

/**
 * Finished tokens of all paths of a beam, each linked to the one before it, so that paths share their beginnings. Kept
 * in typed arrays: a search makes one for nearly every extension, and objects would keep the garbage collector busy.
 */
export class PathTokens {
  #previous = new Int32Array(INITIAL_CAPACITY);
  #id = new Int32Array(INITIAL_CAPACITY);
  #start = new Int32Array(INITIAL_CAPACITY);
  #end = new Int32Array(INITIAL_CAPACITY);
  #logProb = new Float64Array(INITIAL_CAPACITY);
  #peakLogProb = new Float64Array(INITIAL_CAPACITY);
  #count = 0;
  /** Count at which the next collection is worth its while. */
  #limit = INITIAL_CAPACITY;

  /** Whether so many were added that most are probably on no path any more. */
  get needsCollection(): boolean {
    return this.#count >= this.#limit;
  }

  /** @returns The index of the new token, above that of all others. */
  add(previous: number, id: number, start: number, end: number, logProb: number, peak: number): number {
    const index = this.#count++;
    if (index === this.#id.length) this.#grow();
    this.#previous[index] = previous;
    this.#id[index] = id;
    this.#start[index] = start;
    this.#end[index] = end;
    this.#logProb[index] = logProb;
    this.#peakLogProb[index] = peak;
    return index;
  }

  /** The path that ends with token `last`, in order. */
  read(last: number): CtcToken[] {
    const tokens: CtcToken[] = [];
    for (let at = last; at !== NO_TOKEN; at = this.#previous[at] as number) {
      tokens.push({
        id: this.#id[at] as number,
        start: this.#start[at] as number,
        end: this.#end[at] as number,
        logProb: this.#logProb[at] as number,
        peakLogProb: this.#peakLogProb[at] as number,
      });
    }
    return tokens.toReversed();
  }

  /**
   * Drops all tokens that lead to none of `roots`.
   *
   * @returns The new index of every old one.
   */
  collect(roots: Iterable<number>): Int32Array {
    const moved = new Int32Array(this.#count).fill(NO_TOKEN);
    for (const root of roots) {
      for (let at = root; at !== NO_TOKEN && moved[at] === NO_TOKEN; at = this.#previous[at] as number) {
        moved[at] = 0;
      }
    }
    // A token lies behind the one before it, so both are moved in order.
    let kept = 0;
    for (let at = 0; at < this.#count; at++) {
      if (moved[at] === NO_TOKEN) continue;
      const previous = this.#previous[at] as number;
      moved[at] = kept;
      this.#previous[kept] = previous === NO_TOKEN ? NO_TOKEN : (moved[previous] as number);
      this.#id[kept] = this.#id[at] as number;
      this.#start[kept] = this.#start[at] as number;
      this.#end[kept] = this.#end[at] as number;
      this.#logProb[kept] = this.#logProb[at] as number;
      this.#peakLogProb[kept] = this.#peakLogProb[at] as number;
      kept++;
    }
    this.#count = kept;
    this.#limit = Math.max(INITIAL_CAPACITY, 2 * kept);
    return moved;
  }

  #grow(): void {
    const capacity = 2 * this.#id.length;
    const grown = <A extends Int32Array | Float64Array>(values: A, larger: A): A => {
      larger.set(values);
      return larger;
    };
    this.#previous = grown(this.#previous, new Int32Array(capacity));
    this.#id = grown(this.#id, new Int32Array(capacity));
    this.#start = grown(this.#start, new Int32Array(capacity));
    this.#end = grown(this.#end, new Int32Array(capacity));
    this.#logProb = grown(this.#logProb, new Float64Array(capacity));
    this.#peakLogProb = grown(this.#peakLogProb, new Float64Array(capacity));
  }
}
