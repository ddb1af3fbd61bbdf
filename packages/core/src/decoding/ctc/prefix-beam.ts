import type { CtcHypothesis, CtcToken } from './hypothesis.js';
import { logAdd, type LogProbMatrix } from './log-probs.js';
import { NO_SCORER, type PrefixScorer } from './prefix-scorer.js';

/** Settings of the prefix beam search. */
export interface PrefixBeamOptions {
  /** Index of the blank label. */
  readonly blank: number;
  /** Prefixes kept after every frame. Default 100: more rarely changes the text. */
  readonly beamWidth?: number;
  /** Labels below this log-probability are not tried in a frame; its likeliest label always is. Default −5. */
  readonly minTokenLogProb?: number;
  /** Prefixes this far below the best are dropped, in nats. Default 10. */
  readonly maxScoreGap?: number;
  /** At most this many labels are tried per frame. Default: all. */
  readonly maxTokens?: number;
  /**
   * Label between words. Several in a row, or one at the start, count as one or none, as they do in the text; without it
   * the search would split probability between spellings that read the same.
   */
  readonly wordDelimiter?: number;
}

interface Path {
  /** Log-probability of the best single path. */
  readonly score: number;
  readonly last: PathToken | undefined;
}

/** A label on the best path, linked to the one before it. */
interface PathToken extends CtcToken {
  readonly previous: PathToken | undefined;
}

const NO_PATH: Path = { score: -Infinity, last: undefined };

/** A label sequence in the trie of all those that were tried. */
class Prefix<State> {
  readonly token: number;
  readonly state: State;
  readonly parent: Prefix<State> | undefined;
  /** In the beam. */
  alive = false;
  readonly children = new Map<number, Prefix<State>>();
  /** Log-probability of all paths that end in blank, and of those that end in the last label. */
  blank = -Infinity;
  label = -Infinity;
  blankPath = NO_PATH;
  labelPath = NO_PATH;
  nextBlank = -Infinity;
  nextLabel = -Infinity;
  nextBlankPath = NO_PATH;
  nextLabelPath = NO_PATH;
  /** Frame that last reached this prefix. */
  touched = -1;
  total = -Infinity;
  score = -Infinity;

  constructor(token: number, state: State, parent?: Prefix<State>) {
    this.token = token;
    this.state = state;
    this.parent = parent;
  }

  /** Makes the sums of the frame just read the current ones. */
  advance(value: number): void {
    this.blank = this.nextBlank;
    this.label = this.nextLabel;
    this.blankPath = this.nextBlankPath;
    this.labelPath = this.nextLabelPath;
    this.total = logAdd(this.blank, this.label);
    this.score = this.total + value;
  }

  bestPath(): Path {
    return this.blankPath.score > this.labelPath.score ? this.blankPath : this.labelPath;
  }
}

/**
 * CTC prefix beam search with separate blank and non-blank sums (Hannun et al. 2014, "First-Pass Large Vocabulary
 * Continuous Speech Recognition using Bi-Directional Recurrent DNNs", algorithm 1). With an unlimited beam it sums
 * every path of every label sequence. Frames of the labels are those of the best single path.
 *
 * One object decodes one utterance, whole or in chunks: the result is the same however it is cut.
 */
export class PrefixBeamDecoder<State = undefined> {
  readonly #options: Required<Omit<PrefixBeamOptions, 'wordDelimiter'>>;
  readonly #delimiter: number;
  readonly #scorer: PrefixScorer<State>;
  readonly #order: number[] = [];
  #beam: Prefix<State>[];
  #reached: Prefix<State>[] = [];
  #frames = 0;

  /** @throws RangeError when an option is out of its range. */
  constructor(options: PrefixBeamOptions, scorer: PrefixScorer<State>) {
    const { beamWidth = 100, maxTokens = Infinity, maxScoreGap = 10 } = options;
    if (!(beamWidth >= 1)) throw new RangeError(`beamWidth must be at least 1, found ${beamWidth}`);
    if (!(maxTokens >= 1)) throw new RangeError(`maxTokens must be at least 1, found ${maxTokens}`);
    if (!(maxScoreGap >= 0)) throw new RangeError(`maxScoreGap must be at least 0, found ${maxScoreGap}`);
    const { blank, minTokenLogProb = -5 } = options;
    this.#options = { blank, beamWidth, maxTokens, maxScoreGap, minTokenLogProb };
    this.#delimiter = options.wordDelimiter ?? -1;
    this.#scorer = scorer;
    const root = new Prefix(-1, scorer.start());
    root.blank = root.total = 0;
    root.score = scorer.score(root.state);
    root.blankPath = { score: 0, last: undefined };
    root.alive = true;
    this.#beam = [root];
  }

  /** Frames decoded so far. */
  get frames(): number {
    return this.#frames;
  }

  /** Searches the next frames. Log-probabilities, not logits; see {@link toLogProbs}. */
  push(logProbs: LogProbMatrix): void {
    const { data, frames, vocabularySize } = logProbs;
    for (let row = 0; row < frames; row++) {
      this.#step(data.subarray(row * vocabularySize, (row + 1) * vocabularySize));
    }
  }

  /** Best prefixes so far by what they are worth unfinished; for partial results. */
  partial(count = 1): readonly CtcHypothesis[] {
    return this.#hypotheses((prefix) => prefix.score - prefix.total, count);
  }

  /** Hypotheses if the utterance ends here, best first. The search can go on afterwards. */
  finish(count = 1): readonly CtcHypothesis[] {
    return this.#hypotheses((prefix) => this.#scorer.finalScore(prefix.state), count);
  }

  #hypotheses(worth: (prefix: Prefix<State>) => number, count: number): CtcHypothesis[] {
    return this.#beam
      .map((prefix) => ({ prefix, score: prefix.total + worth(prefix) }))
      .sort((a, b) => b.score - a.score)
      .slice(0, count)
      .map(({ prefix, score }) => ({ tokens: tokensOf(prefix.bestPath()), logProb: prefix.total, score }));
  }

  #step(row: Float32Array | Float64Array): void {
    const frame = this.#frames++;
    this.#reached = [];
    const labels = this.#chooseLabels(row);
    for (const prefix of this.#beam) {
      for (const id of labels) this.#extend(prefix, id, row[id] as number, frame);
    }
    for (const prefix of this.#reached) prefix.advance(this.#scorer.score(prefix.state));
    this.#prune();
  }

  /** The frame's labels worth trying: by log-probability, the likeliest always, at most `maxTokens`. */
  #chooseLabels(row: Float32Array | Float64Array): readonly number[] {
    const { minTokenLogProb, maxTokens } = this.#options;
    const chosen = this.#order;
    chosen.length = 0;
    let best = 0;
    for (let id = 0; id < row.length; id++) {
      const logProb = row[id] as number;
      if (logProb > (row[best] as number)) best = id;
      if (logProb >= minTokenLogProb) chosen.push(id);
    }
    if (chosen.length === 0) chosen.push(best);
    if (chosen.length > maxTokens) {
      chosen.sort((a, b) => (row[b] as number) - (row[a] as number));
      chosen.length = maxTokens;
    }
    return chosen;
  }

  #extend(prefix: Prefix<State>, id: number, logProb: number, frame: number): void {
    if (id === this.#options.blank) {
      this.#addBlank(prefix, logProb, frame);
      return;
    }
    if (id === prefix.token) {
      // The label goes on; after a blank it is a second one.
      this.#addLabel(prefix, prefix.label + logProb, repeat(prefix.labelPath, logProb, frame), frame);
      if (id === this.#delimiter) this.#absorb(prefix, prefix.blank, prefix.blankPath, logProb, frame);
      else this.#grow(prefix, id, prefix.blank, prefix.blankPath, logProb, frame);
      return;
    }
    if (id === this.#delimiter && prefix.token === -1) {
      this.#absorb(prefix, prefix.total, prefix.bestPath(), logProb, frame);
      return;
    }
    this.#grow(prefix, id, prefix.total, prefix.bestPath(), logProb, frame);
  }

  #addBlank(prefix: Prefix<State>, logProb: number, frame: number): void {
    this.#reach(prefix, frame);
    prefix.nextBlank = logAdd(prefix.nextBlank, prefix.total + logProb);
    const { score, last } = prefix.bestPath();
    if (score + logProb > prefix.nextBlankPath.score) prefix.nextBlankPath = { score: score + logProb, last };
  }

  #addLabel(prefix: Prefix<State>, sum: number, path: Path, frame: number): void {
    if (sum === -Infinity) return;
    this.#reach(prefix, frame);
    prefix.nextLabel = logAdd(prefix.nextLabel, sum);
    if (path.score > prefix.nextLabelPath.score) prefix.nextLabelPath = path;
  }

  /** A delimiter that the text doesn't show: the prefix stays as it is. */
  #absorb(prefix: Prefix<State>, sum: number, path: Path, logProb: number, frame: number): void {
    this.#addLabel(prefix, sum + logProb, { score: path.score + logProb, last: path.last }, frame);
  }

  #grow(prefix: Prefix<State>, id: number, sum: number, path: Path, logProb: number, frame: number): void {
    if (sum === -Infinity) return;
    let child = prefix.children.get(id);
    if (!child) {
      child = new Prefix(id, this.#scorer.extend(prefix.state, id), prefix);
      prefix.children.set(id, child);
    }
    const last = { id, start: frame, end: frame + 1, logProb, peakLogProb: logProb, previous: path.last };
    this.#addLabel(child, sum + logProb, { score: path.score + logProb, last }, frame);
  }

  #reach(prefix: Prefix<State>, frame: number): void {
    if (prefix.touched === frame) return;
    prefix.touched = frame;
    prefix.nextBlank = prefix.nextLabel = -Infinity;
    prefix.nextBlankPath = prefix.nextLabelPath = NO_PATH;
    this.#reached.push(prefix);
  }

  #prune(): void {
    const { beamWidth, maxScoreGap } = this.#options;
    const kept = this.#reached;
    kept.sort((a, b) => b.score - a.score);
    const floor = (kept[0] as Prefix<State>).score - maxScoreGap;
    let count = Math.min(beamWidth, kept.length);
    while (count > 1 && (kept[count - 1] as Prefix<State>).score < floor) count--;
    const previous = this.#beam;
    this.#beam = kept.slice(0, count);
    for (const prefix of previous) prefix.alive = false;
    for (const prefix of this.#beam) prefix.alive = true;
    for (const prefix of previous) if (!prefix.alive) drop(prefix);
    for (const prefix of kept) if (!prefix.alive) drop(prefix);
  }
}

/** Takes a prefix out of the beam, and itself and its ancestors out of the trie as far as nothing living hangs on them. */
function drop<State>(prefix: Prefix<State>): void {
  prefix.blank = prefix.label = prefix.total = -Infinity;
  let dead = prefix;
  while (!dead.alive && dead.children.size === 0 && dead.parent) {
    dead.parent.children.delete(dead.token);
    dead = dead.parent;
  }
}

function repeat(path: Path, logProb: number, frame: number): Path {
  const { last } = path;
  if (!last) return { score: path.score + logProb, last };
  return {
    score: path.score + logProb,
    last: {
      ...last,
      end: frame + 1,
      logProb: last.logProb + logProb,
      peakLogProb: Math.max(last.peakLogProb, logProb),
    },
  };
}

function tokensOf(path: Path): CtcToken[] {
  const tokens: CtcToken[] = [];
  for (let at = path.last; at; at = at.previous) {
    const { id, start, end, logProb, peakLogProb } = at;
    tokens.push({ id, start, end, logProb, peakLogProb });
  }
  return tokens.toReversed();
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
