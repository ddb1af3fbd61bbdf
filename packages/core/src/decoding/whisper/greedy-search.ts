import {
  givenTokens,
  hypothesis,
  scorePrompt,
  stepLimit,
  type SearchRequest,
  type SearchResult,
  type TokenChoice,
} from './search.js';
import type { TokenScorer } from './token-scorer.js';
import { TopTokens } from './top-tokens.js';

/** Takes the likeliest token at every step. openai/whisper `GreedyDecoder` at temperature 0. */
export async function greedySearch(scorer: TokenScorer, request: SearchRequest): Promise<SearchResult> {
  const { rules, signal } = request;
  const { endOfText } = rules.tokens;
  const size = scorer.vocabularySize;
  const tokens = [...givenTokens(request)];
  const given = tokens.length;
  const logProbs: number[] = [];
  const top = request.alternatives === undefined ? undefined : new TopTokens(request.alternatives + 1);
  const alternatives: (readonly TokenChoice[])[] = tokens.map(() => []);
  const next = new Int32Array(1);
  let sum = 0;
  let { row, noSpeechProb } = await scorePrompt(scorer, request);
  for (let step = 1, limit = stepLimit(request); ; step++) {
    const { argmax, logProb, logSumExp } = rules.apply(row, tokens, given);
    sum += logProb;
    logProbs.push(logProb);
    if (argmax === endOfText) break;
    tokens.push(argmax);
    if (top) alternatives.push(others(top, row, argmax, logSumExp));
    if (step >= limit) break;
    signal?.throwIfAborted();
    next[0] = argmax;
    const logits = await scorer.append(next, 1, 0);
    row = logits.length === size ? logits : logits.subarray(logits.length - size);
  }
  const found = hypothesis(given, tokens, logProbs, sum);
  return { ...found, noSpeechProb, temperature: 0, ...(top && { alternatives }) };
}

function others(top: TopTokens, row: Float32Array, taken: number, logSumExp: number): readonly TokenChoice[] {
  top.select(row);
  return Array.from(top.ids.subarray(0, top.count), (token, i) => ({
    token,
    logProb: top.logits[i]! - logSumExp,
  })).filter(({ token }) => token !== taken);
}
