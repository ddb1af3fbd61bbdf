import { sumOf, type PathEnding } from './path-ending.js';
import type { PrefixBeamSettings } from './prefix-beam-options.js';
import type { Prefix } from './prefix-tree.js';
import { kthLargest } from './select-top.js';

/** What the future of a prefix depends on; see `PrefixScorer.history`. */
type History<State> = (state: State) => string;

/** Cuts what a frame has reached back to the beam. */
export class BeamCut<State> {
  readonly #beamWidth: number;
  readonly #maxScoreGap: number;
  readonly #history: History<State> | undefined;
  #scores = new Float64Array(256);

  /** @param history Absent: hypotheses with the same future may stay side by side. */
  constructor({ beamWidth, maxScoreGap }: PrefixBeamSettings, history: History<State> | undefined) {
    this.#beamWidth = beamWidth;
    this.#maxScoreGap = maxScoreGap;
    this.#history = history;
  }

  /** Prefixes with all of their endings stay or go. */
  byPrefix(reached: readonly Prefix<State>[]): Prefix<State>[] {
    const scores = this.#scoreSpace(reached.length);
    let top = -Infinity;
    for (let i = 0; i < reached.length; i++) {
      const prefix = reached[i] as Prefix<State>;
      prefix.endings = prefix.nextEndings;
      prefix.nextEndings = undefined;
      prefix.total = sumOf(prefix.endings as PathEnding<State>, undefined);
      prefix.score = scores[i] = prefix.total + prefix.value;
      if (prefix.score > top) top = prefix.score;
    }
    const floor = this.#floor(reached.length, top);
    // More than one at the floor itself: as many of them as there is room for.
    let room = this.#beamWidth - countAbove(scores, reached.length, floor);
    const beam: Prefix<State>[] = [];
    for (const prefix of reached) {
      if (prefix.score > floor || (prefix.score === floor && room-- > 0)) beam.push(prefix);
      else prefix.endings = undefined;
    }
    return this.#history ? keepBestPrefixes(beam, this.#history) : beam;
  }

  /** Every ending stays or goes for itself. `endings` holds those of all reached prefixes in its first `count` places. */
  byEnding(
    reached: readonly Prefix<State>[],
    endings: readonly PathEnding<State>[],
    count: number,
  ): Prefix<State>[] {
    const scores = this.#scoreSpace(count);
    let top = -Infinity;
    for (let i = 0; i < count; i++) {
      const ending = endings[i] as PathEnding<State>;
      ending.score = scores[i] = ending.sum + ending.prefix.value;
      if (ending.score > top) top = ending.score;
    }
    const floor = this.#floor(count, top);
    let room = this.#beamWidth - countAbove(scores, count, floor);
    const best = this.#history && bestEndings(endings, count, this.#history);
    const beam: Prefix<State>[] = [];
    for (const prefix of reached) {
      let kept: PathEnding<State> | undefined;
      for (let ending = prefix.nextEndings; ending;) {
        const { next }: PathEnding<State> = ending;
        const stays = ending.score > floor || (ending.score === floor && room-- > 0);
        if (stays && (!best || best.has(ending))) {
          ending.next = kept;
          kept = ending;
        }
        ending = next;
      }
      prefix.nextEndings = undefined;
      prefix.endings = kept;
      if (!kept) continue;
      prefix.total = sumOf(kept, undefined);
      prefix.score = prefix.total + prefix.value;
      beam.push(prefix);
    }
    return beam;
  }

  #scoreSpace(length: number): Float64Array {
    if (this.#scores.length < length) this.#scores = new Float64Array(2 * length);
    return this.#scores;
  }

  /** The score that a hypothesis must have to stay, given the `count` scores in `#scores`, which it reorders. */
  #floor(count: number, top: number): number {
    const floor = top - this.#maxScoreGap;
    if (count <= this.#beamWidth) return floor;
    return Math.max(floor, kthLargest(this.#scores, count, this.#beamWidth));
  }
}

function countAbove(scores: Float64Array, length: number, floor: number): number {
  let count = 0;
  for (let i = 0; i < length; i++) if ((scores[i] as number) > floor) count++;
  return count;
}

/** The best prefix of each history. */
function keepBestPrefixes<State>(beam: readonly Prefix<State>[], history: History<State>): Prefix<State>[] {
  const best = new Map<string, Prefix<State>>();
  for (const prefix of beam) {
    const key = history(prefix.state as State);
    const known = best.get(key);
    const loser = known && known.score >= prefix.score ? prefix : known;
    if (loser) loser.endings = undefined;
    if (loser !== prefix) best.set(key, prefix);
  }
  return [...best.values()];
}

/** The best ending of each history and last label. */
function bestEndings<State>(
  endings: readonly PathEnding<State>[],
  count: number,
  history: History<State>,
): ReadonlySet<PathEnding<State>> {
  const best = new Map<string, PathEnding<State>>();
  for (let i = 0; i < count; i++) {
    const ending = endings[i] as PathEnding<State>;
    const key = `${ending.label} ${history(ending.prefix.state as State)}`;
    const known = best.get(key);
    if (!known || known.score < ending.score) best.set(key, ending);
  }
  return new Set(best.values());
}
