import type { CtcHypothesis } from './hypothesis.js';
import { logAdd, type LogProbMatrix } from './log-probs.js';
import { BLANK_ENDING, PathEnding, tokensOf } from './path-ending.js';
import { PathTokens } from './path-tokens.js';
import { NO_SCORER, type PrefixScorer } from './prefix-scorer.js';
import { PrefixTree, type Prefix } from './prefix-tree.js';
import { kthLargest } from './select-top.js';
import type { CtcVocabulary } from './vocabulary.js';

/** Settings of the prefix beam search. */
export interface PrefixBeamOptions {
  /** Index of the blank label. */
  readonly blank: number;
  /** Hypotheses kept after every frame. Default 100: more rarely changes the text. */
  readonly beamWidth?: number;
  /** Labels below this log-probability are not tried in a frame; its likeliest label always is. Default −5. */
  readonly minTokenLogProb?: number;
  /** Hypotheses this far below the best are dropped, in nats. Default 10. */
  readonly maxScoreGap?: number;
  /** At most this many labels are tried per frame. Default: all. */
  readonly maxTokens?: number;
  /**
   * What the labels spell. Label sequences that read the same (other word pieces, several spaces, a space at either end)
   * are then one hypothesis with the sum of their probabilities, all through the search.
   */
  readonly vocabulary?: CtcVocabulary;
  /**
   * Label between words, where there is no `vocabulary`. Several in a row, or one at the start, count as one or none, as
   * they do in the text.
   */
  readonly wordDelimiter?: number;
  /**
   * What a hypothesis is when the beam is cut:
   *
   * - `prefix`: a label sequence or text with all of its paths, as in Hannun et al.
   * - `ending`: those of its paths that end in blank and those that end in its last label are two hypotheses, as in
   *   pyctcdecode. Half the work at the same `beamWidth`; sums miss more of the unlikely paths.
   *
   * Default `prefix`.
   */
  readonly pruneBy?: 'prefix' | 'ending';
}

/**
 * CTC prefix beam search with separate blank and non-blank sums (Hannun et al. 2014, "First-Pass Large Vocabulary
 * Continuous Speech Recognition using Bi-Directional Recurrent DNNs", algorithm 1). With an unlimited beam it sums
 * every path of every label sequence. Frames of the labels are those of the best single path.
 *
 * One object decodes one utterance, whole or in chunks: the result is the same however it is cut.
 */
export class PrefixBeamDecoder<State = undefined> {
  readonly #blank: number;
  readonly #beamWidth: number;
  readonly #maxTokens: number;
  readonly #maxScoreGap: number;
  readonly #minTokenLogProb: number;
  readonly #byEnding: boolean;
  readonly #scorer: PrefixScorer<State>;
  readonly #tree: PrefixTree<State>;
  readonly #tokens = new PathTokens();
  readonly #labels: number[] = [];
  #beam: Prefix<State>[];
  #reached: Prefix<State>[] = [];
  /** Endings of the beam and of the frame at hand, in turn. */
  #endings: PathEnding<State>[] = [];
  #nextEndings: PathEnding<State>[] = [];
  #nextCount = 0;
  #scores = new Float64Array(256);
  #frames = 0;

  /** @throws RangeError when an option is out of its range. */
  constructor(options: PrefixBeamOptions, scorer: PrefixScorer<State>) {
    const { blank, vocabulary, beamWidth = 100, maxTokens = Infinity, maxScoreGap = 10 } = options;
    if (!(beamWidth >= 1)) throw new RangeError(`beamWidth must be at least 1, found ${beamWidth}`);
    if (!(maxTokens >= 1)) throw new RangeError(`maxTokens must be at least 1, found ${maxTokens}`);
    if (!(maxScoreGap >= 0)) throw new RangeError(`maxScoreGap must be at least 0, found ${maxScoreGap}`);
    const { pruneBy = 'prefix' } = options;
    if (pruneBy !== 'prefix' && pruneBy !== 'ending') {
      throw new RangeError(`pruneBy must be "prefix" or "ending", found ${String(pruneBy)}`);
    }
    this.#blank = blank;
    this.#beamWidth = beamWidth;
    this.#maxTokens = maxTokens;
    this.#maxScoreGap = maxScoreGap;
    this.#minTokenLogProb = options.minTokenLogProb ?? -5;
    this.#byEnding = pruneBy === 'ending';
    this.#scorer = scorer;
    this.#tree = new PrefixTree(scorer, vocabulary?.pieces, options.wordDelimiter ?? -1);
    const { root } = this.#tree;
    const start = new PathEnding<State>();
    start.prefix = root;
    root.endings = start;
    root.total = 0;
    root.score = root.value;
    this.#endings.push(start);
    this.#beam = [root];
  }

  /** Frames decoded so far. */
  get frames(): number {
    return this.#frames;
  }

  /** Searches the next frames. Log-probabilities, not logits; see {@link toLogProbs}. */
  /** @throws RangeError when a frame holds no numbers. */
  push(logProbs: LogProbMatrix): void {
    const { data, frames, vocabularySize } = logProbs;
    for (let row = 0; row < frames; row++) this.#step(data, row * vocabularySize, vocabularySize);
  }

  /** Best hypotheses so far by what they are worth unfinished; for partial results. */
  partial(count = 1): readonly CtcHypothesis[] {
    return this.#hypotheses((prefix) => prefix.value, count);
  }

  /** Hypotheses if the utterance ends here, best first. The search can go on afterwards. */
  finish(count = 1): readonly CtcHypothesis[] {
    return this.#hypotheses((prefix) => this.#scorer.finalScore(prefix.state as State), count);
  }

  /**
   * The text that no more audio can change: what all hypotheses of the beam begin with. It only ever grows. A space at its
   * end says that its last word is over.
   *
   * @throws RangeError for a search without a `vocabulary`.
   */
  commonText(): string {
    return this.#tree.commonText(this.#beam as [Prefix<State>, ...Prefix<State>[]]);
  }

  #hypotheses(worth: (prefix: Prefix<State>) => number, count: number): CtcHypothesis[] {
    const byText = new Map<Prefix<State>, { logProb: number; value: number; path: PathEnding<State> }>();
    for (const prefix of this.#beam) {
      const text = this.#tree.textOf(prefix);
      const path = bestOf(prefix.endings as PathEnding<State>, undefined) as PathEnding<State>;
      const known = byText.get(text);
      if (!known) {
        byText.set(text, { logProb: prefix.total, value: worth(prefix), path });
        continue;
      }
      known.logProb = logAdd(known.logProb, prefix.total);
      if (path.best > known.path.best) known.path = path;
    }
    return [...byText.values()]
      .map(({ logProb, value, path }) => ({ logProb, score: logProb + value, path }))
      .sort((a, b) => b.score - a.score)
      .slice(0, count)
      .map(({ logProb, score, path }) => ({ tokens: tokensOf(path, this.#tokens), logProb, score }));
  }

  #step(data: Float32Array | Float64Array, start: number, size: number): void {
    const frame = this.#frames++;
    const labels = this.#chooseLabels(data, start, size);
    this.#reached.length = 0;
    this.#nextCount = 0;
    for (const prefix of this.#beam) {
      for (const label of labels) {
        const logProb = data[start + label] as number;
        if (label === this.#blank) this.#addBlank(prefix, logProb);
        else this.#addLabel(prefix, label, logProb, frame);
      }
    }
    for (const prefix of this.#beam) prefix.endings = undefined;
    if (this.#byEnding) this.#pruneEndings();
    else this.#prunePrefixes();
    [this.#endings, this.#nextEndings] = [this.#nextEndings, this.#endings];
    this.#tree.collect(this.#beam);
    if (this.#tokens.needsCollection) this.#collectTokens();
  }

  /** The frame's labels worth trying: by log-probability, the likeliest always, at most `maxTokens`. */
  #chooseLabels(data: Float32Array | Float64Array, start: number, size: number): readonly number[] {
    const chosen = this.#labels;
    chosen.length = 0;
    let best = 0;
    for (let label = 0; label < size; label++) {
      const logProb = data[start + label] as number;
      if (logProb > (data[start + best] as number)) best = label;
      if (logProb >= this.#minTokenLogProb) chosen.push(label);
    }
    if (chosen.length === 0) {
      if (Number.isNaN(data[start + best]))
        throw new RangeError(`frame ${this.#frames - 1} of the log-probabilities is NaN`);
      chosen.push(best);
    }
    if (chosen.length > this.#maxTokens) {
      chosen.sort((a, b) => (data[start + b] as number) - (data[start + a] as number));
      chosen.length = this.#maxTokens;
    }
    return chosen;
  }

  #addBlank(prefix: Prefix<State>, logProb: number): void {
    const path = bestOf(prefix.endings as PathEnding<State>, undefined) as PathEnding<State>;
    const best = path.best + logProb;
    const ending = this.#reach(prefix, BLANK_ENDING, prefix.total + logProb);
    if (best > ending.best) ending.follow(path, best);
  }

  #addLabel(prefix: Prefix<State>, label: number, logProb: number, frame: number): void {
    const endings = prefix.endings as PathEnding<State>;
    let same: PathEnding<State> | undefined = endings;
    while (same && same.label !== label) same = same.next;
    if (same) {
      // The label goes on; after anything else it is a second one.
      const ending = this.#reach(prefix, label, same.sum + logProb);
      const best = same.best + logProb;
      if (best > ending.best) ending.repeat(same, best, logProb, frame);
    }
    const path = bestOf(endings, same);
    if (!path) return;
    const sum = same ? sumOfOthers(endings, same) : prefix.total;
    const child = this.#tree.extend(prefix, label);
    const ending = this.#reach(child, label, sum + logProb);
    const best = path.best + logProb;
    if (best <= ending.best) return;
    if (child === prefix) ending.follow(path, best);
    else ending.grow(path, best, label, logProb, frame, this.#tokens);
  }

  /** Adds `sum` to the paths of a prefix that end in `label`. */
  #reach(prefix: Prefix<State>, label: number, sum: number): PathEnding<State> {
    for (let known = prefix.nextEndings; known; known = known.next) {
      if (known.label !== label) continue;
      known.sum = logAdd(known.sum, sum);
      return known;
    }
    let ending = this.#nextEndings[this.#nextCount];
    if (!ending) {
      ending = new PathEnding<State>();
      this.#nextEndings.push(ending);
    }
    this.#nextCount++;
    if (!prefix.nextEndings) this.#reached.push(prefix);
    ending.prefix = prefix;
    ending.label = label;
    ending.next = prefix.nextEndings;
    ending.sum = sum;
    ending.best = -Infinity;
    prefix.nextEndings = ending;
    return ending;
  }

  #prunePrefixes(): void {
    const reached = this.#reached;
    const scores = this.#scoreSpace(reached.length);
    let top = -Infinity;
    for (let i = 0; i < reached.length; i++) {
      const prefix = reached[i] as Prefix<State>;
      prefix.endings = prefix.nextEndings;
      prefix.nextEndings = undefined;
      prefix.total = sumOfOthers(prefix.endings as PathEnding<State>, undefined);
      prefix.score = scores[i] = prefix.total + prefix.value;
      if (prefix.score > top) top = prefix.score;
    }
    const floor = this.#floor(reached.length, top);
    // More than one at the floor itself: as many of them as there is room for.
    let room = this.#beamWidth - countAbove(scores, reached.length, floor);
    this.#beam = [];
    for (const prefix of reached) {
      if (prefix.score > floor || (prefix.score === floor && room-- > 0)) this.#beam.push(prefix);
      else prefix.endings = undefined;
    }
  }

  #pruneEndings(): void {
    const reached = this.#reached;
    const count = this.#nextCount;
    const scores = this.#scoreSpace(count);
    let top = -Infinity;
    for (let i = 0; i < count; i++) {
      const ending = this.#nextEndings[i] as PathEnding<State>;
      ending.score = scores[i] = ending.sum + ending.prefix.value;
      if (ending.score > top) top = ending.score;
    }
    const floor = this.#floor(count, top);
    let room = this.#beamWidth - countAbove(scores, count, floor);
    this.#beam = [];
    for (const prefix of reached) {
      let kept: PathEnding<State> | undefined;
      for (let ending = prefix.nextEndings; ending;) {
        const { next }: PathEnding<State> = ending;
        if (ending.score > floor || (ending.score === floor && room-- > 0)) {
          ending.next = kept;
          kept = ending;
        }
        ending = next;
      }
      prefix.nextEndings = undefined;
      prefix.endings = kept;
      if (!kept) continue;
      prefix.total = sumOfOthers(kept, undefined);
      prefix.score = prefix.total + prefix.value;
      this.#beam.push(prefix);
    }
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

  #collectTokens(): void {
    const roots: number[] = [];
    for (const { endings } of this.#beam) {
      for (let ending = endings; ending; ending = ending.next) roots.push(ending.before, ending.record);
    }
    const moved = this.#tokens.collect(roots);
    for (const { endings } of this.#beam) {
      for (let ending = endings; ending; ending = ending.next) {
        ending.before = moved[ending.before] ?? ending.before;
        ending.record = moved[ending.record] ?? ending.record;
      }
    }
  }
}

function countAbove(scores: Float64Array, length: number, floor: number): number {
  let count = 0;
  for (let i = 0; i < length; i++) if ((scores[i] as number) > floor) count++;
  return count;
}

/** The best path among all endings but one. */
function bestOf<State>(
  endings: PathEnding<State>,
  except: PathEnding<State> | undefined,
): PathEnding<State> | undefined {
  let best: PathEnding<State> | undefined;
  for (let ending: PathEnding<State> | undefined = endings; ending; ending = ending.next) {
    if (ending !== except && (!best || ending.best > best.best)) best = ending;
  }
  return best;
}

/** Log-probability of all endings but one. */
function sumOfOthers<State>(endings: PathEnding<State>, except: PathEnding<State> | undefined): number {
  let sum = -Infinity;
  for (let ending: PathEnding<State> | undefined = endings; ending; ending = ending.next) {
    if (ending !== except) sum = logAdd(sum, ending.sum);
  }
  return sum;
}

/** Prefix beam search over a whole matrix, without a language model. */
export function decodeCtcBeam(
  logProbs: LogProbMatrix,
  options: PrefixBeamOptions & { readonly count?: number },
): readonly CtcHypothesis[] {
  const decoder = new PrefixBeamDecoder(options, NO_SCORER);
  decoder.push(logProbs);
  return decoder.finish(options.count ?? 1);
}
