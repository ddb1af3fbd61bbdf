import { rankHypotheses } from './rank.js';
import { seededRandom } from '../../seeded-random.js';
import type { RuledRow } from './logit-rules.js';
import {
  continueRows,
  givenTokens,
  hypothesis,
  scorePrompt,
  stepLimit,
  type Hypothesis,
  type SearchRequest,
  type SearchResult,
} from './search.js';
import type { TokenScorer } from './token-scorer.js';

/** How to sample. */
export interface SamplingSearchOptions {
  /** Above 0; the logits are divided by it. */
  readonly temperature: number;
  /** Independent samples, of which the best is kept. */
  readonly bestOf: number;
  /** Any integer; the same seed gives the same samples for the same logits. */
  readonly seed: number;
  /** See {@link rankHypotheses}. */
  readonly lengthPenalty?: number | undefined;
}

interface Sample {
  readonly tokens: number[];
  readonly logProbs: number[];
  readonly random: () => number;
  sum: number;
}

/**
 * Draws `bestOf` transcripts at a temperature and keeps the likeliest (openai/whisper `GreedyDecoder` with
 * `best_of`). Log-probabilities are those of temperature 1, so they compare across temperatures.
 *
 * Every sample has a random generator of its own, so a sample does not depend on when the others end. Ended samples
 * leave the batch.
 */
export async function samplingSearch(
  scorer: TokenScorer,
  request: SearchRequest,
  options: SamplingSearchOptions,
): Promise<SearchResult> {
  const { rules, signal } = request;
  const { temperature, bestOf, seed } = options;
  const { endOfText } = rules.tokens;
  const size = scorer.vocabularySize;
  const given = givenTokens(request).length;
  const samples: Sample[] = Array.from({ length: bestOf }, (_, i) => ({
    tokens: [...givenTokens(request)],
    logProbs: [],
    random: seededRandom(Math.imul(seed, 0x9e3779b1) + i),
    sum: 0,
  }));
  /** Draws a sample's next token; false when it was the last. */
  const draw = (sample: Sample, row: Float32Array, ruled: RuledRow): boolean => {
    const token = sampleToken(row, ruled, temperature, sample.random());
    const logProb = row[token]! - ruled.logSumExp;
    sample.sum += logProb;
    sample.logProbs.push(logProb);
    if (token === endOfText) return false;
    sample.tokens.push(token);
    return true;
  };

  const first = await scorePrompt(scorer, request);
  const ruled = rules.apply(first.row, samples[0]!.tokens, given);
  let live = samples.filter((sample) => draw(sample, first.row, ruled));
  let parents = live.map(() => 0);
  let rows = 1;
  for (let step = 1, limit = stepLimit(request); live.length > 0 && step < limit; step++) {
    signal?.throwIfAborted();
    await continueRows(scorer, parents, rows);
    rows = live.length;
    const last = live.map((sample) => sample.tokens.at(-1)!);
    const logits = await scorer.append(last, live.length, 0);
    parents = [];
    live = live.filter((sample, i) => {
      const row = logits.subarray(i * size, (i + 1) * size);
      const goesOn = draw(sample, row, rules.apply(row, sample.tokens, given));
      if (goesOn) parents.push(i);
      return goesOn;
    });
  }
  const found: Hypothesis[] = samples.map((s) => hypothesis(given, s.tokens, s.logProbs, s.sum));
  const nBest = rankHypotheses(found, given, options.lengthPenalty);
  const { score: _, ...best } = nBest[0]!;
  const result = { ...best, noSpeechProb: first.noSpeechProb, temperature };
  return bestOf > 1 ? { ...result, nBest } : result;
}

/**
 * The token at which the cumulated softmax of `row / temperature` passes `uniform`.
 *
 * @param uniform 0 ≤ uniform < 1.
 */
export function sampleToken(
  row: Float32Array,
  ruled: Pick<RuledRow, 'argmax'>,
  temperature: number,
  uniform: number,
): number {
  const max = row[ruled.argmax]!;
  // e^−32 of the largest is far below what a draw of 2^−32 can hit.
  const floor = max - 32 * temperature;
  let total = 0;
  for (let id = 0; id < row.length; id++) {
    if (row[id]! > floor) total += Math.exp((row[id]! - max) / temperature);
  }
  let left = uniform * total;
  for (let id = 0; id < row.length; id++) {
    if (row[id]! <= floor) continue;
    left -= Math.exp((row[id]! - max) / temperature);
    if (left < 0) return id;
  }
  return ruled.argmax;
}
