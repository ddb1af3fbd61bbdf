import {
  givenTokens,
  hypothesis,
  scorePrompt,
  stepLimit,
  type SearchRequest,
  type SearchResult,
} from './search.js';
import type { TokenScorer } from './token-scorer.js';

/** Takes the likeliest token at every step. openai/whisper `GreedyDecoder` at temperature 0. */
export async function greedySearch(scorer: TokenScorer, request: SearchRequest): Promise<SearchResult> {
  const { rules, signal } = request;
  const { endOfText } = rules.tokens;
  const size = scorer.vocabularySize;
  const tokens = [...givenTokens(request)];
  const given = tokens.length;
  const logProbs: number[] = [];
  const next = new Int32Array(1);
  let sum = 0;
  let { row, noSpeechProb } = await scorePrompt(scorer, request);
  for (let step = 1, limit = stepLimit(request); ; step++) {
    const { argmax, logProb } = rules.apply(row, tokens, given);
    sum += logProb;
    logProbs.push(logProb);
    if (argmax === endOfText) break;
    tokens.push(argmax);
    if (step >= limit) break;
    signal?.throwIfAborted();
    next[0] = argmax;
    const logits = await scorer.append(next, 1, 0);
    row = logits.length === size ? logits : logits.subarray(logits.length - size);
  }
  return { ...hypothesis(given, tokens, logProbs, sum), noSpeechProb, temperature: 0 };
}
