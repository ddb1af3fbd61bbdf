import type { CtcHypothesis, CtcToken } from '../ctc/hypothesis.js';
import { logAdd } from '../ctc/log-probs.js';
import {
  startContext,
  type EncodedFrames,
  type TransducerLabels,
  type TransducerScorer,
} from './transducer-scorer.js';

/** Settings of the modified beam search. */
export interface ModifiedBeamOptions extends TransducerLabels {
  /** Hypotheses kept after every frame. Default 4: sherpa-onnx's; more rarely changes the text. */
  readonly beamWidth?: number;
}

interface Hypothesis {
  readonly labels: string;
  readonly context: readonly number[];
  readonly last: Link | undefined;
  readonly count: number;
  logProb: number;
}

/** Tokens of a hypothesis, the last first: hypotheses share their beginnings. */
interface Link {
  readonly token: CtcToken;
  readonly before: Link | undefined;
}

/**
 * Modified beam search (icefall `modified_beam_search`): in every frame each hypothesis takes one label or none, and those
 * that come to the same labels are one, with the sum of their probabilities. Best first; ranked by log-probability per
 * label (the context before the first counted, as in icefall), since longer texts have lower sums.
 *
 * @throws RangeError when `beamWidth` is out of its range.
 */
export async function transducerBeam<Frame>(
  frames: EncodedFrames<Frame>,
  scorer: TransducerScorer<Frame>,
  options: ModifiedBeamOptions,
): Promise<readonly CtcHypothesis[]> {
  const { blank, unknown, beamWidth = 4 } = options;
  if (!(Number.isInteger(beamWidth) && beamWidth >= 1)) {
    throw new RangeError(`beamWidth must be a whole number from 1 on, found ${beamWidth}`);
  }
  const start = startContext(scorer.contextSize, blank);
  let beam: Hypothesis[] = [{ labels: '', context: start, last: undefined, count: 0, logProb: 0 }];
  let frame = -1;
  for await (const encoded of frames) {
    frame++;
    const rows = await scorer.score(
      encoded,
      beam.map(({ context }) => context),
    );
    const merged = new Map<string, Hypothesis>();
    for (const { from, id, own, logProb } of likeliest(beam, rows, beamWidth)) {
      const silent = id === blank || id === unknown;
      const next = silent ? { ...from, logProb } : extend(from, id, own, logProb, frame);
      const known = merged.get(next.labels);
      if (!known) merged.set(next.labels, next);
      // The likelier of two ways to the same labels came first, and gives the times.
      else known.logProb = logAdd(known.logProb, logProb);
    }
    beam = [...merged.values()];
  }
  const rank = ({ logProb, count }: Hypothesis): number => logProb / (count + scorer.contextSize);
  return beam
    .toSorted((a, b) => rank(b) - rank(a))
    .map((one) => ({ tokens: tokensOf(one.last), logProb: one.logProb, score: rank(one) }));
}

interface Step {
  readonly from: Hypothesis;
  readonly id: number;
  /** Log-probability of the label alone, and of the hypothesis with it. */
  readonly own: number;
  readonly logProb: number;
}

/** The best `count` of all labels behind all hypotheses, best first. */
function likeliest(beam: readonly Hypothesis[], rows: Float32Array, count: number): readonly Step[] {
  const size = rows.length / beam.length;
  const best: Step[] = [];
  beam.forEach((from, i) => {
    for (let id = 0; id < size; id++) {
      const own = rows[i * size + id]!;
      const logProb = from.logProb + own;
      if (best.length === count && logProb <= best[count - 1]!.logProb) continue;
      let at = best.length;
      while (at > 0 && best[at - 1]!.logProb < logProb) at--;
      best.splice(at, 0, { from, id, own, logProb });
      if (best.length > count) best.pop();
    }
  });
  return best;
}

function extend(from: Hypothesis, id: number, own: number, logProb: number, frame: number): Hypothesis {
  const token = { id, start: frame, end: frame + 1, logProb: own, peakLogProb: own };
  return {
    labels: `${from.labels} ${id}`,
    context: [...from.context.slice(1), id],
    last: { token, before: from.last },
    count: from.count + 1,
    logProb,
  };
}

function tokensOf(last: Link | undefined): readonly CtcToken[] {
  const tokens: CtcToken[] = [];
  for (let at = last; at; at = at.before) tokens.push(at.token);
  return tokens.toReversed();
}
