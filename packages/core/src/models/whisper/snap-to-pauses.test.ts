import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PauseSnapper } from './snap-to-pauses.js';

const speech = [
  { start: 1, end: 3 },
  { start: 4, end: 6 },
  // A pause that is too short to count.
  { start: 6.2, end: 8 },
];
const segment = (start: number, end: number) => ({ start, end, text: '' });

function snapAll(times: readonly (readonly [number, number])[], spans = speech): number[][] {
  const snapper = new PauseSnapper(spans);
  return times.map(([start, end]) => {
    const snapped = snapper.next(segment(start, end));
    return [snapped.start, snapped.end];
  });
}

describe('PauseSnapper', () => {
  it('moves a boundary that lies in speech to the pause beside it', () => {
    expect(snapAll([[1, 2.6], [2.6, 7.9]])).toEqual([[1, 3], [4, 8]]); // prettier-ignore
    expect(snapAll([[1, 4.4], [4.4, 7.9]])).toEqual([[1, 3], [4, 8]]); // prettier-ignore
  });

  it('moves ends that lie in a pause to the speech', () => {
    expect(snapAll([[0.2, 3.3], [3.5, 9]])).toEqual([[1, 3], [4, 8]]); // prettier-ignore
  });

  it('leaves a boundary far from pauses, and one at a short pause', () => {
    expect(snapAll([[1, 2.3], [2.3, 3]])).toEqual([[1, 2.3], [2.3, 3]]); // prettier-ignore
    expect(snapAll([[4, 6.1], [6.1, 8]])).toEqual([[4, 6.1], [6.1, 8]]); // prettier-ignore
  });

  it("starts a segment that was decoded late where its speech does, if that is nobody else's", () => {
    expect(snapAll([[1, 3], [4.4, 8]])).toEqual([[1, 3], [4, 8]]); // prettier-ignore
    expect(snapAll([[1, 5.4], [5.4, 8]])).toEqual([[1, 5.4], [5.4, 8]]); // prettier-ignore
  });

  it('keeps order where a segment is all that another was given', () => {
    expect(snapAll([[1, 2.6], [2.6, 2.9], [2.9, 8]])).toEqual([[1, 3], [3, 3], [4, 8]]); // prettier-ignore
  });

  it('leaves segments with words', () => {
    const worded = { ...segment(1, 2.6), words: [{ text: 'a', start: 1, end: 2.6 }] };
    expect(new PauseSnapper(speech).next(worded)).toBe(worded);
  });

  it('keeps segments in order, apart and from losing length below zero', () => {
    const spans = fc
      .array(
        fc.tuple(fc.double({ min: 0.05, max: 3, noNaN: true }), fc.double({ min: 0.1, max: 5, noNaN: true })),
      )
      .map((parts) => {
        let at = 0;
        return parts.map(([gap, length]) => {
          const start = at + gap;
          at = start + length;
          return { start, end: at };
        });
      });
    const times = fc.array(fc.double({ min: 0, max: 30, noNaN: true }), { minLength: 2, maxLength: 30 });
    fc.assert(
      fc.property(spans, times, fc.boolean(), (spans, times, touching) => {
        const sorted = times.toSorted((a, b) => a - b);
        const segments: [number, number][] = [];
        for (let i = 0; i + 1 < sorted.length; i += touching ? 1 : 2)
          segments.push([sorted[i]!, sorted[i + 1]!]);
        let reached = 0;
        for (const [start, end] of snapAll(segments, spans)) {
          expect(start!).toBeGreaterThanOrEqual(reached);
          expect(end!).toBeGreaterThanOrEqual(start!);
          reached = end!;
        }
      }),
    );
  });
});
