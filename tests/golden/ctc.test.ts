import {
  alignCtc,
  decodeCtcBeam,
  decodeCtcGreedy,
  GreedyCtcDecoder,
  NO_SCORER,
  PrefixBeamDecoder,
  toLogProbs,
  type LogProbMatrix,
} from '@org/asr-core';
import { repositoryFile } from '@org/asr-testkit';
import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { mulberry32 } from './signals.js';

const read = (name: string): unknown =>
  JSON.parse(readFileSync(repositoryFile(`tests/golden/vectors/ctc/${name}.json`), 'utf8'));

interface Shape {
  readonly seed: number;
  readonly T: number;
  readonly V: number;
  readonly scale: number;
  readonly blank: number;
}
type Labeling = readonly [labels: readonly number[], logProb: number];
interface Greedy {
  readonly tokens: readonly number[];
  readonly frames: readonly (readonly [number, number])[];
  readonly token_sum_logprob: readonly number[];
  readonly token_max_logprob: readonly number[];
  readonly path_logprob: number;
}
interface ExactCase extends Shape {
  readonly n_labelings: number;
  readonly exact: readonly Labeling[];
  readonly viterbi: readonly (readonly [readonly number[], number, readonly number[]])[];
  readonly prefix_beam: Readonly<Record<string, readonly Labeling[]>>;
  readonly greedy: Greedy;
}
const exact = read('exact') as {
  readonly cases: readonly ExactCase[];
  readonly greedy_long: readonly (Shape & Greedy)[];
};

/** The logits of the golden files, made from their seed; log-softmax in the precision named. */
function matrix({ seed, T, V, scale }: Shape, dtype = 'float64'): LogProbMatrix {
  const random = mulberry32(seed);
  const values = Float64Array.from({ length: T * V }, () => (random() * 2 - 1) * scale);
  return toLogProbs(dtype === 'float32' ? Float32Array.from(values) : values, V, 'logits');
}

const unlimited = { beamWidth: Infinity, minTokenLogProb: -Infinity, maxScoreGap: Infinity };

describe('CTC against a sum over all paths', () => {
  it.each(exact.cases)(
    'seed $seed: the unlimited beam finds every labeling with its probability',
    (shape) => {
      const found = decodeCtcBeam(matrix(shape), { blank: shape.blank, ...unlimited, count: Infinity });
      expect(found).toHaveLength(shape.n_labelings);
      shape.exact.forEach(([labels, logProb], rank) => {
        const match = found.find(({ tokens }) => tokens.map(({ id }) => id).join() === labels.join());
        expect(match?.logProb).toBeCloseTo(logProb, 8);
        expect(found[rank]?.logProb).toBeCloseTo(logProb, 8);
      });
    },
  );

  it.each(exact.cases)('seed $seed: beams of 1, 2, 3 and 8', (shape) => {
    for (const [width, expected] of Object.entries(shape.prefix_beam)) {
      const options = { ...unlimited, blank: shape.blank, beamWidth: Number(width), count: 5 };
      const found = decodeCtcBeam(matrix(shape), options);
      expect(found.map(({ tokens }) => tokens.map(({ id }) => id))).toEqual(
        expected.map(([labels]) => labels),
      );
      found.forEach(({ logProb }, i) => expect(logProb).toBeCloseTo(expected[i]?.[1] as number, 8));
    }
  });

  it.each(exact.cases)('seed $seed: frames are those of the best path', (shape) => {
    const found = decodeCtcBeam(matrix(shape), { blank: shape.blank, ...unlimited, count: Infinity });
    for (const [labels, , path] of shape.viterbi) {
      const match = found.find(({ tokens }) => tokens.map(({ id }) => id).join() === labels.join());
      const frames = path.map(() => shape.blank);
      for (const { id, start, end } of match?.tokens ?? []) frames.fill(id, start, end);
      expect(frames).toEqual(path);
    }
  });

  it.each([...exact.cases.map((shape) => ({ ...shape, ...shape.greedy })), ...exact.greedy_long])(
    'seed $seed: greedy',
    (shape) => {
      const { tokens, logProb } = decodeCtcGreedy(matrix(shape), { blank: shape.blank });
      expect(tokens.map(({ id }) => id)).toEqual(shape.tokens);
      expect(tokens.map(({ start, end }) => [start, end])).toEqual(shape.frames);
      tokens.forEach((token, i) => {
        expect(token.logProb).toBeCloseTo(shape.token_sum_logprob[i] as number, 8);
        expect(token.peakLogProb).toBeCloseTo(shape.token_max_logprob[i] as number, 8);
      });
      expect(logProb).toBeCloseTo(shape.path_logprob, 8);
    },
  );

  it('decoding in chunks equals decoding at once', () => {
    const shape = fc.record({
      seed: fc.nat(1_000_000),
      T: fc.integer({ min: 1, max: 60 }),
      V: fc.integer({ min: 2, max: 12 }),
      scale: fc.double({ min: 0.5, max: 6, noNaN: true }),
    });
    fc.assert(
      fc.property(shape, fc.array(fc.nat(60)), (raw, cuts) => {
        const options = { blank: 0, beamWidth: 8, wordDelimiter: 1 };
        const whole = matrix({ ...raw, blank: 0 });
        const beam = new PrefixBeamDecoder(options, NO_SCORER);
        const greedy = new GreedyCtcDecoder(options);
        const edges = [0, ...cuts.filter((cut) => cut < raw.T).sort((a, b) => a - b), raw.T];
        edges.slice(1).forEach((end, i) => {
          const start = edges[i] as number;
          const data = whole.data.slice(start * raw.V, end * raw.V);
          const chunk = { data, frames: end - start, vocabularySize: raw.V };
          beam.push(chunk);
          greedy.push(chunk);
        });
        expect(beam.finish(8)).toEqual(decodeCtcBeam(whole, { ...options, count: 8 }));
        expect(greedy.result()).toEqual(decodeCtcGreedy(whole, options));
      }),
      { numRuns: 150 },
    );
  });
});

interface AlignCase extends Shape {
  readonly targets: readonly number[];
  readonly dtype: string;
  readonly path?: readonly number[];
  readonly total?: number;
  readonly spans?: readonly (readonly [token: number, start: number, end: number, score: number])[];
  readonly error?: string;
}

describe('forced alignment against torchaudio', () => {
  const { cases } = read('forced_align') as { readonly cases: readonly AlignCase[] };
  it.each(cases)('seed $seed', (shape) => {
    const align = () => alignCtc(matrix(shape, shape.dtype), shape.targets, { blank: shape.blank });
    if (shape.targets.length === 0) {
      // torchaudio refuses empty targets; an utterance without words is all blanks here.
      expect([...align().path]).toEqual(Array.from({ length: shape.T }, () => shape.blank));
      return;
    }
    if (shape.error !== undefined) {
      expect(align).toThrow(RangeError);
      return;
    }
    const { path, tokens, logProb } = align();
    expect([...path]).toEqual(shape.path);
    expect(logProb).toBeCloseTo(shape.total as number, 4);
    expect(tokens.map(({ id, start, end }) => [id, start, end])).toEqual(
      shape.spans?.map(([id, start, end]) => [id, start, end]),
    );
    tokens.forEach((token, i) =>
      expect(token.logProb / (token.end - token.start)).toBeCloseTo(shape.spans?.[i]?.[3] as number, 5),
    );
  });
});
