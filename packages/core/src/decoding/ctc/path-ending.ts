import type { CtcToken } from './hypothesis.js';
import { logAdd } from './log-probs.js';
import { NO_TOKEN, type PathTokens } from './path-tokens.js';
import type { Prefix } from './prefix-tree.js';

/** In place of a label: paths that end in blank. */
export const BLANK_ENDING = -1;

/**
 * The paths of a prefix that end in the same label, or in blank: their summed probability, and the best of them with
 * its last token still open. Objects are reused from frame to frame.
 */
export class PathEnding<State> {
  prefix!: Prefix<State>;
  label = BLANK_ENDING;
  /** Of the same prefix. */
  next: PathEnding<State> | undefined;
  /** Log-probability of all paths. */
  sum = 0;
  /** `sum` with the prefix's value. */
  score = 0;
  /** Log-probability of the best single path. */
  best = 0;
  /** Last token of the best path; −1 when it has none yet. */
  id = NO_TOKEN;
  start = 0;
  end = 0;
  logProb = 0;
  peakLogProb = 0;
  /** Index of the token before the last one. */
  before = NO_TOKEN;
  /** Index of the last token once it was needed as the one before another. */
  record = NO_TOKEN;

  /** Takes over a path with its last token as it is. */
  follow(path: PathEnding<State>, best: number): void {
    this.best = best;
    this.id = path.id;
    this.start = path.start;
    this.end = path.end;
    this.logProb = path.logProb;
    this.peakLogProb = path.peakLogProb;
    this.before = path.before;
    this.record = path.record;
  }

  /** Takes over a path whose last label goes on in `frame`. */
  repeat(path: PathEnding<State>, best: number, logProb: number, frame: number): void {
    this.follow(path, best);
    if (path.id === NO_TOKEN) return;
    this.end = frame + 1;
    this.logProb += logProb;
    if (logProb > this.peakLogProb) this.peakLogProb = logProb;
    this.record = NO_TOKEN;
  }

  /** Takes over a path and adds a label to it. */
  grow(
    path: PathEnding<State>,
    best: number,
    id: number,
    logProb: number,
    frame: number,
    tokens: PathTokens,
  ): void {
    this.best = best;
    this.before = recordOf(path, tokens);
    this.record = NO_TOKEN;
    this.id = id;
    this.start = frame;
    this.end = frame + 1;
    this.logProb = this.peakLogProb = logProb;
  }
}

function recordOf<State>(path: PathEnding<State>, tokens: PathTokens): number {
  if (path.id === NO_TOKEN || path.record !== NO_TOKEN) return path.record;
  path.record = tokens.add(path.before, path.id, path.start, path.end, path.logProb, path.peakLogProb);
  return path.record;
}

/** All tokens of the best path. */
export function tokensOf<State>(path: PathEnding<State>, tokens: PathTokens): CtcToken[] {
  if (path.id === NO_TOKEN) return [];
  const { id, start, end, logProb, peakLogProb } = path;
  return [...tokens.read(path.before), { id, start, end, logProb, peakLogProb }];
}

/** The best path among all endings but one. */
export function bestOf<State>(
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
export function sumOf<State>(endings: PathEnding<State>, except: PathEnding<State> | undefined): number {
  let sum = -Infinity;
  for (let ending: PathEnding<State> | undefined = endings; ending; ending = ending.next) {
    if (ending !== except) sum = logAdd(sum, ending.sum);
  }
  return sum;
}
