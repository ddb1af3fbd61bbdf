import { rankHypotheses } from './rank.js';
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
import { TopTokens } from './top-tokens.js';

/** How wide to search and how to choose among what was found. */
export interface BeamSearchOptions {
  /** Hypotheses kept alive at every step. */
  readonly beamSize: number;
  /**
   * Stop when `round(beamSize · patience)` hypotheses have ended (Kasai et al. 2022). Default 1.
   */
  readonly patience?: number | undefined;
  /** See {@link rankHypotheses}. Default: none, the mean log-probability decides. */
  readonly lengthPenalty?: number | undefined;
}

/** A live hypothesis. Its tokens are shared with its siblings and never changed. */
interface Beam {
  readonly tokens: readonly number[];
  readonly logProbs: readonly number[];
  readonly sum: number;
}

interface Candidate {
  readonly parent: number;
  readonly token: number;
  readonly logProb: number;
  readonly sum: number;
}

/**
 * Beam search as in openai/whisper `BeamSearchDecoder`. Every step scores all live hypotheses in one run of the
 * model, takes the best `beamSize + 1` continuations of each, and walks through them by total log-probability: those
 * that end the text are finished, the others live on until there are `beamSize` of them.
 *
 * One row is scored until there are several hypotheses, so no work is spent on equal rows. Continuations of probability
 * 0 are dropped, where the reference keeps them with a score of −∞.
 */
export async function beamSearch(
  scorer: TokenScorer,
  request: SearchRequest,
  options: BeamSearchOptions,
): Promise<SearchResult> {
  const { rules, signal } = request;
  const { beamSize } = options;
  const { endOfText } = rules.tokens;
  const size = scorer.vocabularySize;
  const given = givenTokens(request).length;
  // Half to even, as Python's round.
  const wanted = Math.max(1, roundHalfEven(beamSize * (options.patience ?? 1)));
  const finished: Beam[] = [];
  const top = new TopTokens(beamSize + 1);

  let beams: Beam[] = [{ tokens: givenTokens(request), logProbs: [], sum: 0 }];
  const first = await scorePrompt(scorer, request);
  let logits = first.row;
  let rows = 1;
  for (let step = 1, limit = stepLimit(request); ; step++) {
    const candidates: Candidate[] = [];
    for (const [parent, beam] of beams.entries()) {
      const row = logits.subarray(parent * size, (parent + 1) * size);
      const { logSumExp } = rules.apply(row, beam.tokens, given);
      top.select(row);
      for (let k = 0; k < top.count; k++) {
        const logProb = top.logits[k]! - logSumExp;
        candidates.push({ parent, token: top.ids[k]!, logProb, sum: beam.sum + logProb });
      }
    }
    candidates.sort((a, b) => b.sum - a.sum);
    const parents: number[] = [];
    const live: Beam[] = [];
    for (const { parent, token, logProb, sum } of candidates) {
      const { tokens, logProbs } = beams[parent]!;
      if (token === endOfText) {
        if (finished.length < wanted) finished.push({ tokens, logProbs: [...logProbs, logProb], sum });
        continue;
      }
      live.push({ tokens: [...tokens, token], logProbs: [...logProbs, logProb], sum });
      parents.push(parent);
      if (live.length === beamSize) break;
    }
    beams = live;
    if (finished.length >= wanted || beams.length === 0 || step >= limit) break;
    signal?.throwIfAborted();
    await continueRows(scorer, parents, rows);
    rows = beams.length;
    logits = await scorer.append(
      beams.map((beam) => beam.tokens.at(-1)!),
      beams.length,
      0,
    );
  }
  // Hypotheses that had no time to end make up for those that are missing, best first.
  for (const beam of beams) {
    if (finished.length >= beamSize) break;
    finished.push(beam);
  }
  const found: Hypothesis[] = finished.map((b) => hypothesis(given, b.tokens, b.logProbs, b.sum));
  const nBest = rankHypotheses(found, given, options.lengthPenalty);
  const { score: _, ...best } = nBest[0]!;
  return { ...best, noSpeechProb: first.noSpeechProb, temperature: 0, nBest };
}

function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  if (value - floor !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}
