import { alignCtc, collectTokens, type CtcAlignment } from './forced-alignment.js';
import type { LogProbMatrix } from './log-probs.js';

/** Cells (frames × states) up to which the whole lattice is searched: one byte each. */
const EXACT_CELLS = 1 << 26;

/** How far below the best a state may fall, in nats, one try after the other. */
const SCORE_GAPS: readonly number[] = [300, 1500, 7500];

/** Settings of {@link alignLongCtc}. */
export interface LongAlignmentOptions {
  /** Index of the blank label. */
  readonly blank: number;
  /** Lattices of up to this many cells are searched whole. Default 2²⁶. */
  readonly exactCells?: number;
  /** Called every few thousand frames; throw in it to stop. */
  readonly onFrame?: (frame: number) => void;
}

/**
 * {@link alignCtc} for audio of any length. What fits is searched whole; beyond that the search follows a window of states
 * around the best one (beam pruning, as Kaldi aligns), and begins again with a wider window when the end of the text
 * is not reached. An hour of speech then takes a few megabytes instead of gigabytes. The path is that of the exact
 * search unless a better one ran outside of the window for a while, hundreds of nats behind.
 *
 * @throws RangeError as {@link alignCtc}, and when the text can't be followed through the audio even in the widest window.
 */
export function alignLongCtc(
  logProbs: LogProbMatrix,
  targets: readonly number[],
  options: LongAlignmentOptions,
): CtcAlignment {
  const { blank, exactCells = EXACT_CELLS, onFrame } = options;
  const states = 2 * targets.length + 1;
  if (logProbs.frames * states <= exactCells) return alignCtc(logProbs, targets, { blank });
  // No text is cheap, and bad targets are reported before anything else is done.
  if (targets.length === 0 || targets.length > logProbs.frames || targets.includes(blank)) {
    return alignCtc(logProbs, targets, { blank });
  }
  for (const gap of SCORE_GAPS) {
    const found = search(logProbs, targets, blank, gap, onFrame);
    if (found) return found;
  }
  throw new RangeError(
    `the text of ${targets.length} labels can't be followed through the audio of ${logProbs.frames} frames; they may ` +
      'not belong together, or large parts of one are missing in the other',
  );
}

/** Steps of a frame, for the states from `first` on. */
interface FrameSteps {
  readonly first: number;
  readonly steps: Uint8Array;
}

function search(
  logProbs: LogProbMatrix,
  targets: readonly number[],
  blank: number,
  gap: number,
  onFrame: ((frame: number) => void) | undefined,
): CtcAlignment | undefined {
  const { data, frames, vocabularySize } = logProbs;
  const states = 2 * targets.length + 1;
  const labels = Int32Array.from({ length: states }, (_, s) => (s % 2 === 0 ? blank : targets[s >> 1]!));
  let previous = new Float64Array(states).fill(-Infinity);
  let current = new Float64Array(states).fill(-Infinity);
  previous[0] = data[blank]!;
  previous[1] = data[labels[1]!]!;
  let first = 0;
  let end = 2;
  const history: FrameSteps[] = [{ first, steps: new Uint8Array(2) }];
  for (let frame = 1; frame < frames; frame++) {
    if (frame % 4096 === 0) onFrame?.(frame);
    const row = frame * vocabularySize;
    // States from which the end can't be reached any more needn't be followed.
    const from = Math.max(first, states - 2 - 2 * (frames - 1 - frame));
    const to = Math.min(end + 2, states);
    if (from >= to) return undefined;
    const steps = new Uint8Array(to - from);
    let best = -Infinity;
    for (let s = from; s < to; s++) {
      const stay = previous[s]!;
      const one = s > 0 ? previous[s - 1]! : -Infinity;
      const two = s % 2 === 1 && s > 1 && labels[s] !== labels[s - 2] ? previous[s - 2]! : -Infinity;
      let score = stay;
      if (two > one && two > stay) {
        score = two;
        steps[s - from] = 2;
      } else if (one > stay && one > two) {
        score = one;
        steps[s - from] = 1;
      }
      score += data[row + labels[s]!]!;
      current[s] = score;
      if (score > best) best = score;
    }
    // What the next frame reads outside of the window must not be left from two frames ago.
    for (let s = Math.max(0, first - 2); s < from; s++) current[s] = -Infinity;
    let kept = from;
    let keptEnd = to;
    while (kept < keptEnd && current[kept]! < best - gap) current[kept++] = -Infinity;
    while (keptEnd > kept && current[keptEnd - 1]! < best - gap) current[--keptEnd] = -Infinity;
    if (keptEnd === kept) return undefined;
    history.push({ first: from, steps });
    for (let s = first; s < end; s++) previous[s] = -Infinity;
    first = kept;
    end = keptEnd;
    [previous, current] = [current, previous];
  }
  const last = previous[states - 1]! > previous[states - 2]! ? states - 1 : states - 2;
  if (previous[last] === -Infinity) return undefined;
  const visited = traceBack(history, last);
  return {
    path: visited.map((state) => labels[state]!),
    tokens: collectTokens(logProbs, visited, targets),
    logProb: previous[last]!,
  };
}

function traceBack(history: readonly FrameSteps[], last: number): Int32Array {
  const visited = new Int32Array(history.length);
  let state = last;
  for (let frame = history.length - 1; frame >= 0; frame--) {
    visited[frame] = state;
    const { first, steps } = history[frame]!;
    state -= steps[state - first]!;
  }
  return visited;
}
