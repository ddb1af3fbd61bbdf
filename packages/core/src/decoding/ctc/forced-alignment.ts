import type { CtcToken } from './hypothesis.js';
import type { LogProbMatrix } from './log-probs.js';

/** A text laid onto frames. */
export interface CtcAlignment {
  /** Label of every frame, blanks included. */
  readonly path: Int32Array;
  /** The target labels with their frames, in order. */
  readonly tokens: readonly CtcToken[];
  /** Log-probability of the path. */
  readonly logProb: number;
}

/**
 * Finds the likeliest path whose collapsed labels are `targets` (Viterbi over the 2L + 1 states of label and blank;
 * ties and the choice of the last state as in torchaudio's `forced_align`).
 *
 * Time and memory are frames × (2 · targets + 1); a byte per cell is kept for the way back.
 *
 * @param targets Label ids, none of them `blank`. Empty targets give an all-blank path.
 * @throws RangeError when a target is the blank or outside of the vocabulary, or when the audio has too few frames for
 * the targets (every label needs one, and a blank between equal neighbours).
 */
export function alignCtc(
  logProbs: LogProbMatrix,
  targets: readonly number[],
  options: { readonly blank: number },
): CtcAlignment {
  const { blank } = options;
  checkTargets(logProbs, targets, blank);
  const { data, frames, vocabularySize } = logProbs;
  const states = 2 * targets.length + 1;
  const labels = Int32Array.from({ length: states }, (_, s) =>
    s % 2 === 0 ? blank : (targets[s >> 1] as number),
  );
  const steps = new Uint8Array(frames * states);
  let previous = new Float64Array(states).fill(-Infinity);
  let current = new Float64Array(states);
  if (frames > 0) previous[0] = data[blank] as number;
  if (frames > 0 && states > 1) previous[1] = data[labels[1] as number] as number;
  for (let frame = 1; frame < frames; frame++) {
    const row = frame * vocabularySize;
    for (let s = 0; s < states; s++) {
      const stay = previous[s] as number;
      const one = s > 0 ? (previous[s - 1] as number) : -Infinity;
      const skips = s % 2 === 1 && s > 1 && labels[s] !== labels[s - 2];
      const two = skips ? (previous[s - 2] as number) : -Infinity;
      let best = stay;
      let step = 0;
      if (two > one && two > stay) [best, step] = [two, 2];
      else if (one > stay && one > two) [best, step] = [one, 1];
      current[s] = best + (data[row + (labels[s] as number)] as number);
      steps[frame * states + s] = step;
    }
    [previous, current] = [current, previous];
  }
  const last =
    states > 1 && !((previous[states - 1] as number) > (previous[states - 2] as number))
      ? states - 2
      : states - 1;
  const visited = traceBack(steps, frames, states, last);
  const path = visited.map((state) => labels[state] as number);
  const logProb = frames > 0 ? (previous[last] as number) : 0;
  return { path, tokens: collectTokens(logProbs, visited, targets), logProb };
}

function checkTargets(
  { frames, vocabularySize }: LogProbMatrix,
  targets: readonly number[],
  blank: number,
): void {
  let needed = targets.length;
  targets.forEach((id, i) => {
    if (id === blank) throw new RangeError(`target ${i} is the blank label ${blank}`);
    if (!Number.isInteger(id) || id < 0 || id >= vocabularySize) {
      throw new RangeError(`target ${i} is ${id}, outside of the vocabulary of ${vocabularySize}`);
    }
    if (i > 0 && targets[i - 1] === id) needed++;
  });
  if (needed > frames) {
    throw new RangeError(`${targets.length} targets need at least ${needed} frames, the audio has ${frames}`);
  }
}

function traceBack(steps: Uint8Array, frames: number, states: number, last: number): Int32Array {
  const visited = new Int32Array(frames);
  let state = last;
  for (let frame = frames - 1; frame >= 0; frame--) {
    visited[frame] = state;
    state -= steps[frame * states + state] as number;
  }
  return visited;
}

/** Joins the frames of each label; odd states are labels. */
export function collectTokens(
  logProbs: LogProbMatrix,
  visited: Int32Array,
  targets: readonly number[],
): CtcToken[] {
  const { data, vocabularySize } = logProbs;
  const tokens: CtcToken[] = [];
  for (let start = 0; start < visited.length;) {
    const state = visited[start] as number;
    let end = start;
    let logProb = 0;
    let peakLogProb = -Infinity;
    const id = targets[state >> 1] as number;
    while (end < visited.length && visited[end] === state) {
      const value = state % 2 === 1 ? (data[end * vocabularySize + id] as number) : 0;
      logProb += value;
      peakLogProb = Math.max(peakLogProb, value);
      end++;
    }
    if (state % 2 === 1) tokens.push({ id, start, end, logProb, peakLogProb });
    start = end;
  }
  return tokens;
}
