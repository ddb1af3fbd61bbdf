import { BeamCut } from './beam-cut.js';
import { FrameLabels } from './frame-labels.js';
import type { CtcHypothesis } from './hypothesis.js';
import { logAdd, type LogProbMatrix } from './log-probs.js';
import { bestOf, BLANK_ENDING, PathEnding, sumOf, tokensOf } from './path-ending.js';
import { PathTokens } from './path-tokens.js';
import { resolvePrefixBeamOptions, type PrefixBeamOptions } from './prefix-beam-options.js';
import { NO_SCORER, type PrefixScorer } from './prefix-scorer.js';
import { PrefixTree, type Prefix } from './prefix-tree.js';

/**
 * CTC prefix beam search with separate blank and non-blank sums (Hannun et al. 2014, "First-Pass Large Vocabulary
 * Continuous Speech Recognition using Bi-Directional Recurrent DNNs", algorithm 1). With an unlimited beam it sums
 * every path of every label sequence. Frames of the labels are those of the best single path.
 *
 * One object decodes one utterance, whole or in chunks: the result is the same however it is cut.
 */
export class PrefixBeamDecoder<State = undefined> {
  readonly #blank: number;
  readonly #byEnding: boolean;
  readonly #scorer: PrefixScorer<State>;
  readonly #tree: PrefixTree<State>;
  readonly #labels: FrameLabels;
  readonly #cut: BeamCut<State>;
  readonly #tokens = new PathTokens();
  #beam: Prefix<State>[];
  #reached: Prefix<State>[] = [];
  /** Endings of the beam and of the frame at hand, in turn. */
  #endings: PathEnding<State>[] = [];
  #nextEndings: PathEnding<State>[] = [];
  #nextCount = 0;
  #frames = 0;

  /** @throws RangeError when an option is out of its range; TypeError for `pruneHistory` with a scorer that can't. */
  constructor(options: PrefixBeamOptions, scorer: PrefixScorer<State>) {
    const settings = resolvePrefixBeamOptions(options);
    if (settings.pruneHistory && !scorer.history) {
      throw new TypeError(
        'pruneHistory: this scorer has no history(), so it is not known what words matter to it',
      );
    }
    this.#blank = settings.blank;
    this.#byEnding = settings.pruneBy === 'ending';
    this.#scorer = scorer;
    this.#labels = new FrameLabels(settings);
    this.#cut = new BeamCut(
      settings,
      settings.pruneHistory ? (state: State): string => scorer.history!(state) : undefined,
    );
    this.#tree = new PrefixTree(scorer, options.vocabulary?.pieces, options.wordDelimiter ?? -1);
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

  /**
   * Searches the next frames. Log-probabilities, not logits; see {@link toLogProbs}.
   *
   * @throws RangeError when a frame holds no numbers.
   */
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
    const labels = this.#labels.choose(data, start, size, frame);
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
    this.#beam = this.#byEnding
      ? this.#cut.byEnding(this.#reached, this.#nextEndings, this.#nextCount)
      : this.#cut.byPrefix(this.#reached);
    [this.#endings, this.#nextEndings] = [this.#nextEndings, this.#endings];
    this.#tree.collect(this.#beam);
    if (this.#tokens.needsCollection) this.#collectTokens();
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
    const sum = same ? sumOf(endings, same) : prefix.total;
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

/** Prefix beam search over a whole matrix, without a language model. */
export function decodeCtcBeam(
  logProbs: LogProbMatrix,
  options: PrefixBeamOptions & { readonly count?: number },
): readonly CtcHypothesis[] {
  const decoder = new PrefixBeamDecoder(options, NO_SCORER);
  decoder.push(logProbs);
  return decoder.finish(options.count ?? 1);
}
