import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { alignCtc } from './forced-alignment.js';
import { toLogProbs, type LogProbMatrix } from './log-probs.js';
import { alignLongCtc } from './long-alignment.js';
import { withWildcard } from './wildcard.js';

/** Log-probabilities that follow a sequence of labels, one every few frames, with noise. */
function spoken(
  labels: readonly number[],
  framesPerLabel: number,
  noise: (i: number) => number,
): LogProbMatrix {
  const width = 6;
  const frames = labels.length * framesPerLabel;
  const logits = Float64Array.from({ length: frames * width }, (_, i) => noise(i));
  labels.forEach((label, i) => {
    for (let k = 0; k < framesPerLabel; k++) {
      logits[(i * framesPerLabel + k) * width + (k === 1 ? label : 0)]! += 6;
    }
  });
  return toLogProbs(logits, width, 'logits');
}

/** Deterministic noise in −1…1. */
const noise = (i: number): number => Math.sin(i * 12.9898) * Math.cos(i * 78.233);

describe('alignLongCtc', () => {
  it('equals the exact alignment on long text', () => {
    const labels = Array.from({ length: 700 }, (_, i) => 1 + ((i * 7) % 5));
    const logProbs = spoken(labels, 4, noise);
    const pruned = alignLongCtc(logProbs, labels, { blank: 0, exactCells: 0 });
    expect(pruned).toEqual(alignCtc(logProbs, labels, { blank: 0 }));
  });

  it('equals the exact alignment on random matrices, whose lattices fit into its window', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 0, max: 20 }),
        fc.infiniteStream(fc.double({ min: -4, max: 4, noNaN: true })),
        (targets, spare, values) => {
          const repeats = targets.filter((id, i) => i > 0 && targets[i - 1] === id).length;
          const frames = targets.length + repeats + spare;
          const logits = Float64Array.from({ length: frames * 6 }, () => values.next().value as number);
          const logProbs = toLogProbs(logits, 6, 'logits');
          const pruned = alignLongCtc(logProbs, targets, { blank: 0, exactCells: 0 });
          const exact = alignCtc(logProbs, targets, { blank: 0 });
          expect(pruned.logProb).toBeCloseTo(exact.logProb, 9);
          expect([...pruned.path]).toEqual([...exact.path]);
        },
      ),
    );
  });

  it('names what is wrong with targets', () => {
    const logProbs = spoken([1, 2], 3, noise);
    const align = (targets: readonly number[]) => () =>
      alignLongCtc(logProbs, targets, { blank: 0, exactCells: 0 });
    expect(align([1, 0])).toThrow(/target 1 is the blank/);
    expect(align([1, 2, 3, 4, 5, 1, 2])).toThrow(/7 targets need at least 7 frames, the audio has 6/);
    expect([...align([])().path]).toEqual([0, 0, 0, 0, 0, 0]);
  });

  it('needs little memory for an hour: 45 000 labels in 180 000 frames', () => {
    const labels = Array.from({ length: 45_000 }, (_, i) => 1 + ((i * 7) % 5));
    const { tokens } = alignLongCtc(spoken(labels, 4, noise), labels, { blank: 0 });
    expect(tokens.map(({ id }) => id)).toEqual(labels);
    tokens.forEach(({ start }, i) => expect(Math.abs(start - (4 * i + 1))).toBeLessThanOrEqual(4));
  });

  it('can be stopped', () => {
    const labels = Array.from({ length: 3000 }, () => 1);
    const stop = (): never => {
      throw new Error('enough');
    };
    expect(() =>
      alignLongCtc(spoken(labels, 4, noise), labels, { blank: 0, exactCells: 0, onFrame: stop }),
    ).toThrow('enough');
  });
});

describe('withWildcard', () => {
  it('adds the likeliest label but the blank', () => {
    const logProbs = { data: Float32Array.of(-0.1, -3, -2, -5, -1, -0.5), frames: 2, vocabularySize: 3 };
    const { data, vocabularySize } = withWildcard(logProbs, 0);
    expect(vocabularySize).toBe(4);
    expect([...data]).toEqual([...Float32Array.of(-0.1, -3, -2, -2, -5, -1, -0.5, -0.5)]);
  });
});
