import type { CtcHypothesis, CtcToken } from '../ctc/hypothesis.js';
import {
  startContext,
  type EncodedFrames,
  type TransducerLabels,
  type TransducerScorer,
} from './transducer-scorer.js';

/**
 * Greedy transducer search: the likeliest label of every frame, at most one a frame (icefall `greedy_search_batch`,
 * sherpa-onnx). A label's time is its frame.
 */
export async function transducerGreedy<Frame>(
  frames: EncodedFrames<Frame>,
  scorer: TransducerScorer<Frame>,
  { blank, unknown }: TransducerLabels,
): Promise<CtcHypothesis> {
  const tokens: CtcToken[] = [];
  let context = startContext(scorer.contextSize, blank);
  let logProb = 0;
  let frame = -1;
  for await (const encoded of frames) {
    frame++;
    const row = await scorer.score(encoded, [context]);
    let id = 0;
    for (let label = 1; label < row.length; label++) if (row[label]! > row[id]!) id = label;
    const own = row[id]!;
    logProb += own;
    if (id === blank || id === unknown) continue;
    tokens.push({ id, start: frame, end: frame + 1, logProb: own, peakLogProb: own });
    context = [...context.slice(1), id];
  }
  return { tokens, logProb, score: logProb };
}
