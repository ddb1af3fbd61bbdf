import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { beamSearch } from './beam-search.js';
import { greedySearch } from './greedy-search.js';
import { LogitRules } from './logit-rules.js';
import { seededRandom } from '../../seeded-random.js';
import { sampleToken, samplingSearch } from './sampling-search.js';
import { searchAtTemperature } from './search-at-temperature.js';
import type { SearchRequest } from './search.js';
import type { TokenScorer } from './token-scorer.js';

/** 0–5 text, 6 end, 7 start, 8–13 controls, 14–24 times. */
const tokens = {
  endOfText: 6,
  startOfTranscript: 7,
  translate: 8,
  transcribe: 9,
  startOfLm: 10,
  startOfPrevious: 11,
  noSpeech: 12,
  noTimestamps: 13,
  timestampBegin: 14,
  timestampEnd: 24,
};
const V = 25;

/** Logits that depend on the whole history; counts calls and checks how it is used. */
class HashedScorer implements TokenScorer {
  readonly vocabularySize = V;
  readonly rowsPerCall: number[] = [];
  selects = 0;
  #rows: number[][] = [[]];
  readonly #seed: number;
  readonly #endBias: number;

  constructor(seed: number, endBias = 0.3) {
    this.#seed = seed;
    this.#endBias = endBias;
  }

  append(ids: readonly number[] | Int32Array, rows: number, from: number): Promise<Float32Array> {
    this.rowsPerCall.push(rows);
    if (rows !== this.#rows.length) {
      expect(this.#rows).toHaveLength(1);
      this.#rows = Array.from({ length: rows }, () => [...this.#rows[0]!]);
    }
    const n = ids.length / rows;
    const out = new Float32Array(rows * (n - from) * V);
    let at = 0;
    for (const [r, row] of this.#rows.entries()) {
      for (let i = 0; i < n; i++) {
        row.push(ids[r * n + i]!);
        if (i >= from) {
          out.set(this.logits(row), at);
          at += V;
        }
      }
    }
    return Promise.resolve(out);
  }

  select(parents: readonly number[]): Promise<void> {
    this.selects++;
    this.#rows = parents.map((parent) => [...this.#rows[parent]!]);
    return Promise.resolve();
  }

  logits(history: readonly number[]): number[] {
    const hash = history.reduce((h, id) => Math.imul(h ^ id, 16777619), this.#seed);
    const random = seededRandom(hash);
    const row = Array.from({ length: V }, () => (random() * 2 - 1) * 3);
    row[tokens.endOfText]! += this.#endBias * history.length;
    return row;
  }
}

const request = (more: Partial<SearchRequest> = {}): SearchRequest => ({
  prompt: [tokens.startOfTranscript, tokens.transcribe],
  startIndex: 0,
  rules: new LogitRules({ tokens, vocabularySize: V, maxInitialTimestamp: 5 }),
  maxNewTokens: 12,
  maxTokens: 40,
  ...more,
});
const seeds = fc.nat(1e6);

describe('every search', () => {
  const strategies = [
    { temperature: 0, beamSize: 1 },
    { temperature: 0, beamSize: 4 },
    { temperature: 0.7, beamSize: 1 },
  ];

  it.each(strategies)('accounts for its scores: %o', async ({ temperature, beamSize }) => {
    await fc.assert(
      fc.asyncProperty(seeds, async (seed) => {
        const options = { beamSize, bestOf: 3, patience: 1, seed: 1 };
        const result = await searchAtTemperature(new HashedScorer(seed), request(), temperature, options);
        expect(result.temperature).toBe(temperature);
        expect(result.noSpeechProb).toBeGreaterThan(0);
        expect(result.noSpeechProb).toBeLessThan(1);
        for (const { tokens: ids, tokenLogProbs, sumLogProb, avgLogProb } of result.nBest ?? [result]) {
          expect(ids).not.toContain(tokens.endOfText);
          expect(tokenLogProbs).toHaveLength(ids.length);
          // Replays the hypothesis through rules of its own: the sum must be the sum of its steps.
          const rules = request().rules;
          const scorer = new HashedScorer(seed);
          const sampled: number[] = [];
          let sum = 0;
          const ended = ids.length < request().maxNewTokens;
          for (const id of ended ? [...ids, tokens.endOfText] : ids) {
            const row = Float32Array.from(scorer.logits([...request().prompt, ...sampled]));
            const { logSumExp } = rules.apply(row, sampled);
            const logProb = row[id]! - logSumExp;
            if (sampled.length < ids.length) expect(tokenLogProbs[sampled.length]).toBeCloseTo(logProb, 5);
            sum += logProb;
            sampled.push(id);
          }
          expect(sumLogProb).toBeCloseTo(sum, 4);
          expect(avgLogProb).toBeCloseTo(sum / (ids.length + 1), 4);
        }
      }),
      { numRuns: 60 },
    );
  });

  it.each(strategies)('stops at the end of the context and of its patience: %o', async (strategy) => {
    const options = { ...strategy, bestOf: 2, patience: 1, seed: 0 };
    const endless = () => new HashedScorer(3, -50);
    const short = await searchAtTemperature(endless(), request(), strategy.temperature, options);
    expect(short.tokens).toHaveLength(12);
    const scorer = endless();
    const full = { maxNewTokens: 100, maxTokens: 20 };
    const cut = await searchAtTemperature(scorer, request(full), strategy.temperature, options);
    // 20 tokens can be scored, which gives one more.
    expect(cut.tokens).toHaveLength(19);
    expect(scorer.rowsPerCall).toHaveLength(19);
  });

  it.each(strategies)('continues a prefix: %o', async ({ temperature, beamSize }) => {
    const prefixed = request({
      prompt: [tokens.startOfPrevious, 1, 2, tokens.startOfTranscript, tokens.timestampBegin, 3, 4],
      startIndex: 3,
      transcriptIndex: 4,
    });
    const options = { beamSize, bestOf: 2, patience: 1, seed: 5 };
    const result = await searchAtTemperature(new HashedScorer(11), prefixed, temperature, options);
    expect(result.tokens.slice(0, 3)).toEqual([tokens.timestampBegin, 3, 4]);
    expect(result.tokenLogProbs.slice(0, 3)).toEqual([0, 0, 0]);
    expect(result.avgLogProb).toBeCloseTo(result.sumLogProb / (result.tokens.length - 3 + 1), 9);
  });

  it.each(strategies)('stops when aborted: %o', async ({ temperature, beamSize }) => {
    const controller = new AbortController();
    const scorer = new HashedScorer(1, -50);
    const append = scorer.append.bind(scorer);
    scorer.append = (ids, rows, from) => {
      if (scorer.rowsPerCall.length === 3) controller.abort(new Error('enough'));
      return append(ids, rows, from);
    };
    const options = { beamSize, bestOf: 2, patience: 1, seed: 0 };
    const search = searchAtTemperature(scorer, request({ signal: controller.signal }), temperature, options);
    await expect(search).rejects.toThrow('enough');
    expect(scorer.rowsPerCall).toHaveLength(4);
  });

  it('refuses a prompt that does not fit or does not start a transcript', async () => {
    await expect(greedySearch(new HashedScorer(1), request({ maxTokens: 1 }))).rejects.toThrow(RangeError);
    await expect(greedySearch(new HashedScorer(1), request({ startIndex: 1 }))).rejects.toThrow(RangeError);
  });

  it('reads the no-speech probability at the start of transcript, before the rules', async () => {
    const prompt = [tokens.startOfPrevious, 4, tokens.startOfTranscript, tokens.transcribe];
    const { noSpeechProb } = await greedySearch(new HashedScorer(9), request({ prompt, startIndex: 2 }));
    const row = new HashedScorer(9).logits(prompt.slice(0, 3));
    const total = row.reduce((sum, x) => sum + Math.exp(x), 0);
    expect(noSpeechProb).toBeCloseTo(Math.exp(row[tokens.noSpeech]!) / total, 4);
  });
});

describe('beamSearch', () => {
  it('with one beam is greedy search', async () => {
    await fc.assert(
      fc.asyncProperty(seeds, async (seed) => {
        const beam = await beamSearch(new HashedScorer(seed), request(), { beamSize: 1 });
        const greedy = await greedySearch(new HashedScorer(seed), request());
        expect(beam.tokens).toEqual(greedy.tokens);
        expect(beam.sumLogProb).toBeCloseTo(greedy.sumLogProb, 9);
      }),
    );
  });

  it('lists distinct hypotheses, best first, and scores beams in one run', async () => {
    await fc.assert(
      fc.asyncProperty(seeds, fc.integer({ min: 2, max: 5 }), async (seed, beamSize) => {
        const scorer = new HashedScorer(seed);
        const { nBest = [], tokens: best } = await beamSearch(scorer, request(), { beamSize });
        expect(nBest[0]!.tokens).toEqual(best);
        expect(new Set(nBest.map((h) => h.tokens.join())).size).toBe(nBest.length);
        const scores = nBest.map((h) => h.sumLogProb / Math.max(1, h.tokens.length));
        expect(scores).toEqual([...scores].sort((a, b) => b - a));
        expect(scorer.rowsPerCall[0]).toBe(1);
        expect(Math.max(...scorer.rowsPerCall)).toBeLessThanOrEqual(beamSize);
        expect(scorer.rowsPerCall.length).toBeLessThanOrEqual(request().maxNewTokens);
      }),
    );
  });
});

describe('samplingSearch', () => {
  const sample = (seed: number, bestOf = 1) =>
    samplingSearch(new HashedScorer(2), request(), { temperature: 1, bestOf, seed });

  it('repeats itself for the same seed and not for others', async () => {
    const texts = await Promise.all([1, 1, 2, 3, 4, 5].map((seed) => sample(seed)));
    expect(texts[0]).toEqual(texts[1]);
    expect(new Set(texts.map((t) => t.tokens.join())).size).toBeGreaterThan(2);
  });

  it('gives the same samples in a batch as the first alone, and keeps the best', async () => {
    const [single, batch] = [await sample(7), await sample(7, 4)];
    expect(batch.nBest).toHaveLength(4);
    expect(batch.nBest!.map((h) => h.tokens)).toContainEqual(single.tokens);
  });

  it('at a low temperature is greedy search', async () => {
    const cold = await samplingSearch(new HashedScorer(2), request(), {
      temperature: 1e-3,
      bestOf: 1,
      seed: 4,
    });
    expect(cold.tokens).toEqual((await greedySearch(new HashedScorer(2), request())).tokens);
  });

  it('draws tokens as often as they are likely', () => {
    const row = Float32Array.of(Math.log(0.5), -Infinity, Math.log(0.3), Math.log(0.2));
    const random = seededRandom(1);
    const counts = [0, 0, 0, 0];
    for (let i = 0; i < 20_000; i++) counts[sampleToken(row, { argmax: 0 }, 1, random())]!++;
    expect(counts[1]).toBe(0);
    for (const [id, p] of [0.5, 0, 0.3, 0.2].entries()) {
      expect(Math.abs(counts[id]! / 20_000 - p)).toBeLessThan(0.015);
    }
    // At temperature 2 the odds are the square roots.
    const warm = [0, 0, 0, 0];
    for (let i = 0; i < 20_000; i++) warm[sampleToken(row, { argmax: 0 }, 2, random())]!++;
    expect(Math.abs(warm[0]! / warm[3]! - Math.sqrt(2.5))).toBeLessThan(0.1);
  });
});
