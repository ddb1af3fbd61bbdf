import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { repositoryFile } from '@org/asr-testkit';
import { LogitRules } from '../../packages/core/src/decoding/whisper/logit-rules.js';
import { beamSearch } from '../../packages/core/src/decoding/whisper/beam-search.js';
import { greedySearch } from '../../packages/core/src/decoding/whisper/greedy-search.js';
import { seededRandom } from '../../packages/core/src/seeded-random.js';
import type { TokenScorer } from '../../packages/core/src/decoding/whisper/token-scorer.js';
import type { WhisperTokenIds } from '../../packages/core/src/decoding/whisper/token-ids.js';

interface Filtered {
  readonly masked: number[];
  readonly argmax: number;
  readonly max_logprob: number;
  readonly entropy: number;
}
interface RuleCase extends Filtered {
  readonly sampled: number[];
  readonly logits: 'plain' | 'timestamp_mass' | 'text_peak';
  readonly seed: number;
  readonly max_initial_timestamp_index: number | null;
}
interface SuppressCase extends Filtered {
  readonly filters: string[];
  readonly sampled: number[];
  readonly logits: 'plain';
  readonly seed: number;
}
interface SearchCase {
  readonly initial: number[];
  readonly V: number;
  readonly eot: number;
  readonly eot_bias: number;
  readonly max_steps: number;
  readonly mode: 'greedy' | 'beam';
  readonly beam?: number;
  readonly patience?: number | null;
  readonly lp?: number | null;
  readonly candidates: [number[], number][];
  readonly best?: number;
  readonly tokens?: number[];
  readonly sum_logprob?: number;
  readonly avg_logprob?: number;
  readonly error?: string;
}
const vectors = JSON.parse(
  readFileSync(repositoryFile('tests/golden/vectors/whisper/logit_rules.json'), 'utf8'),
) as { timestamp_rules: RuleCase[]; suppress: SuppressCase[]; search: SearchCase[] };

/** Outside every row: the reference's stub vocabulary has no such control tokens. */
const NONE = 1000;
const controls = {
  translate: NONE,
  transcribe: NONE,
  startOfLm: NONE,
  startOfPrevious: NONE,
  noSpeech: NONE,
};
const stub: WhisperTokenIds = {
  ...controls,
  endOfText: 10,
  startOfTranscript: NONE,
  noTimestamps: 12,
  timestampBegin: 13,
  timestampEnd: 25,
};

function stubLogits(kind: RuleCase['logits'], seed: number): Float32Array {
  const random = seededRandom(seed);
  const row = Array.from({ length: 26 }, () => (random() * 2 - 1) * 2);
  if (kind === 'timestamp_mass') for (let i = 13; i < 26; i++) row[i]! += 2;
  if (kind === 'text_peak') row[5]! += 9;
  return Float32Array.from(row);
}

function check(rules: LogitRules, row: Float32Array, sampled: number[], expected: Filtered): void {
  const { argmax, logProb, logSumExp } = rules.apply(row, sampled);
  expect([...row.keys()].filter((i) => row[i] === -Infinity)).toEqual(expected.masked);
  expect(argmax).toBe(expected.argmax);
  expect(logProb).toBeCloseTo(expected.max_logprob, 4);
  const logProbs = [...row].filter(Number.isFinite).map((logit) => logit - logSumExp);
  expect(-logProbs.reduce((sum, x) => sum + Math.exp(x) * x, 0)).toBeCloseTo(expected.entropy, 3);
}

describe('logit rules', () => {
  it.each(vectors.timestamp_rules)('timestamps: after $sampled, $logits, $seed', (c) => {
    const rules = new LogitRules({
      tokens: stub,
      vocabularySize: 26,
      maxInitialTimestamp: c.max_initial_timestamp_index ?? undefined,
    });
    check(rules, stubLogits(c.logits, c.seed), c.sampled, c);
  });

  it.each(vectors.suppress)('$filters after $sampled', (c) => {
    const rules = new LogitRules({
      tokens: stub,
      vocabularySize: 26,
      blankTokens: c.filters.includes('SuppressBlank') ? [3] : [],
      suppressTokens: c.filters.includes('SuppressTokens [1,2,11]') ? [1, 2, 11] : [],
      timestamps: c.filters.some((name) => name.startsWith('ApplyTimestampRules')),
      maxInitialTimestamp: 3,
    });
    check(rules, stubLogits(c.logits, c.seed), c.sampled, c);
  });
});

/** Logits from a hash of the whole history, as the reference script draws them. */
function hashedScorer(V: number, eotBias: number, start: number): TokenScorer {
  let rows: number[][] = [[]];
  return {
    vocabularySize: V,
    append(tokens, count, from) {
      const n = tokens.length / count;
      if (rows.length !== count) rows = Array.from({ length: count }, () => [...rows[0]!]);
      const out: number[] = [];
      for (const [r, row] of rows.entries()) {
        for (let i = 0; i < n; i++) {
          row.push(tokens[r * n + i]!);
          if (i >= from) out.push(...logits(row));
        }
      }
      return Promise.resolve(Float32Array.from(out));
    },
    select(parents) {
      rows = parents.map((parent) => [...rows[parent]!]);
      return Promise.resolve();
    },
  };

  function logits(history: readonly number[]): number[] {
    let hash = 2166136261;
    for (const token of history) hash = Math.imul(hash ^ token, 16777619) >>> 0;
    const random = seededRandom(hash);
    const row = Array.from({ length: V }, () => (random() * 2 - 1) * 3);
    row[V - 1]! += eotBias * (history.length - start);
    return row;
  }
}

describe('search', () => {
  it.each(vectors.search)(
    '$mode $beam of $initial, V $V, patience $patience, length penalty $lp',
    async (c) => {
      const tokens = { ...stub, endOfText: c.eot, startOfTranscript: c.initial[0]!, timestampBegin: c.V };
      // The reference's stub has no rules at all; its start token may be sampled.
      const ruled = new LogitRules({
        tokens: { ...tokens, startOfTranscript: NONE, timestampEnd: c.V - 1 },
        vocabularySize: c.V,
        timestamps: false,
      });
      const rules = Object.assign(ruled, { tokens });
      const request = {
        prompt: c.initial,
        startIndex: 0,
        rules,
        maxNewTokens: c.max_steps,
        maxTokens: 448,
      };
      const scorer = hashedScorer(c.V, c.eot_bias, c.initial.length);
      const result =
        c.mode === 'greedy'
          ? await greedySearch(scorer, request)
          : await beamSearch(scorer, request, {
              beamSize: c.beam!,
              patience: c.patience ?? undefined,
              lengthPenalty: c.lp ?? undefined,
            });

      const found = new Map((result.nBest ?? [result]).map((h) => [h.tokens.join(' '), h.sumLogProb]));
      expect([...found.keys()].sort()).toEqual(c.candidates.map(([ids]) => ids.join(' ')).sort());
      for (const [ids, sum] of c.candidates) expect(found.get(ids.join(' '))).toBeCloseTo(sum, 4);
      // Where the reference fails on an empty candidate there is no expected choice.
      if (c.tokens === undefined) return;
      expect(result.tokens).toEqual(c.tokens);
      expect(result.sumLogProb).toBeCloseTo(c.sum_logprob!, 4);
      expect(result.avgLogProb).toBeCloseTo(c.avg_logprob!, 4);
    },
  );
});
