import type { LogProbMatrix } from './log-probs.js';

/**
 * Adds a label that stands for any other: its log-probability is that of the frame's likeliest label but the blank. Aligned
 * text may then hold what the vocabulary can't write. Its index is the old vocabulary size.
 */
export function withWildcard(logProbs: LogProbMatrix, blank: number): LogProbMatrix {
  const { data, frames, vocabularySize } = logProbs;
  const width = vocabularySize + 1;
  const wider = new Float32Array(frames * width);
  for (let frame = 0; frame < frames; frame++) {
    const row = data.subarray(frame * vocabularySize, (frame + 1) * vocabularySize);
    wider.set(row, frame * width);
    let best = -Infinity;
    for (let id = 0; id < vocabularySize; id++) if (id !== blank && row[id]! > best) best = row[id]!;
    wider[frame * width + vocabularySize] = best;
  }
  return { data: wider, frames, vocabularySize: width };
}
