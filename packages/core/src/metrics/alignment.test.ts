import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { alignSequences } from './alignment.js';
import type { AlignmentChunk } from './alignment.js';

/** The plain quadratic distance. */
function distance(a: readonly number[], b: readonly number[]): number {
  let row = Array.from({ length: a.length + 1 }, (_, i) => i);
  for (const y of b) {
    const next = [row[0]! + 1];
    for (const [i, x] of a.entries()) {
      next.push(Math.min(row[i]! + (x === y ? 0 : 1), row[i + 1]! + 1, next[i]! + 1));
    }
    row = next;
  }
  return row[a.length]!;
}

function errors(chunks: readonly AlignmentChunk[]): number {
  return chunks
    .filter((chunk) => chunk.type !== 'equal')
    .reduce(
      (sum, chunk) =>
        sum +
        Math.max(chunk.referenceEnd - chunk.referenceStart, chunk.hypothesisEnd - chunk.hypothesisStart),
      0,
    );
}

/** Turns the reference into the hypothesis by the chunks; fails where they don't say how. */
function expectToCover(
  reference: readonly number[],
  hypothesis: readonly number[],
  chunks: readonly AlignmentChunk[],
): void {
  let i = 0;
  let j = 0;
  for (const [index, chunk] of chunks.entries()) {
    expect([chunk.referenceStart, chunk.hypothesisStart]).toEqual([i, j]);
    expect(chunk.type).not.toBe(chunks[index - 1]?.type);
    const from = reference.slice(i, chunk.referenceEnd);
    const to = hypothesis.slice(j, chunk.hypothesisEnd);
    const equal = from.map((symbol, k) => symbol === to[k]);
    const isWhatItSays = {
      equal: from.length === to.length && !equal.includes(false),
      substitute: from.length === to.length && !equal.includes(true),
      insert: from.length === 0,
      delete: to.length === 0,
    }[chunk.type];
    expect(isWhatItSays).toBe(true);
    i = chunk.referenceEnd;
    j = chunk.hypothesisEnd;
  }
  expect([i, j]).toEqual([reference.length, hypothesis.length]);
}

const symbols = (maxLength: number) => fc.array(fc.integer({ min: 0, max: 3 }), { maxLength, size: 'max' });

describe('alignSequences', () => {
  it('is minimal and turns the one into the other', () => {
    fc.assert(
      fc.property(symbols(150), symbols(150), (reference, hypothesis) => {
        const chunks = alignSequences(reference, hypothesis);
        expectToCover(reference, hypothesis, chunks);
        expect(errors(chunks)).toBe(distance(reference, hypothesis));
      }),
      { numRuns: 200 },
    );
  });

  it('halves long problems without losing the minimum', () => {
    // 2 · 2600 · 2600 / 8 bytes is above the 1 MiB that are solved in one piece.
    let state = 7;
    const next = (n: number): number => (state = (state * 48271) % 2147483647) % n;
    const reference = Array.from({ length: 2600 }, () => next(5));
    const hypothesis = reference.flatMap((symbol) =>
      next(10) === 0 ? [] : next(10) === 0 ? [symbol, next(5)] : [next(8) === 0 ? next(5) : symbol],
    );
    const chunks = alignSequences(reference, hypothesis);
    expectToCover(reference, hypothesis, chunks);
    expect(errors(chunks)).toBe(distance(reference, hypothesis));
  });

  it('aligns an hour of words', () => {
    const reference = Array.from({ length: 10_000 }, (_, i) => `word${(i * 7919) % 2000}`);
    const hypothesis = reference.filter((_, i) => i % 50 !== 0);
    const chunks = alignSequences(reference, hypothesis);
    expect(errors(chunks)).toBe(200);
  });

  it('prefers what jiwer prefers among equals', () => {
    const types = alignSequences(['a', 'b', 'c', 'd'], ['d', 'c', 'b', 'a']).map((chunk) => chunk.type);
    expect(types).toEqual(['insert', 'substitute', 'equal', 'substitute', 'delete']);
  });
});
