import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitWindow } from './segments.js';

const ids = { timestampBegin: 100, timestampEnd: 1600 };
/** `text` ids are below 100; a timestamp of `t` seconds is 100 + 50 t. */
const at = (seconds: number) => 100 + Math.round(seconds * 50);

describe('splitWindow', () => {
  it('cuts between timestamps that meet and reads on from the last of them', () => {
    const { segments, seek, singleEnding } = splitWindow(
      [at(0), 1, 2, at(4), at(4.5), 3, at(9), at(9), 4],
      ids,
      1000,
      3000,
    );
    expect(segments).toEqual([
      { start: 10, end: 14, tokens: [at(0), 1, 2, at(4)] },
      { start: 14.5, end: 19, tokens: [at(4.5), 3, at(9)] },
    ]);
    expect(seek).toBe(1900);
    expect(singleEnding).toBe(false);
  });

  it('reads on from the end of the window after a single timestamp', () => {
    const { segments, seek, singleEnding } = splitWindow([at(0), 1, at(4), at(4), 2, at(6)], ids, 0, 2500);
    expect(segments.map(({ end }) => end)).toEqual([4, 6]);
    expect(seek).toBe(2500);
    expect(singleEnding).toBe(true);
  });

  it.each([
    ['no timestamp', [1, 2], 25],
    ['only the start', [at(0), 1], 25],
    ['a closed segment', [at(0), 1, at(3)], 3],
    ['nothing', [], 25],
  ])('%s is one segment', (_, tokens, end) => {
    const { segments, seek } = splitWindow(tokens, ids, 100, 2500);
    expect(segments).toEqual([{ start: 1, end: 1 + end, tokens }]);
    expect(seek).toBe(2600);
  });

  it('advances and keeps times in order inside the window, whatever the tokens', () => {
    const token = fc.oneof(
      fc.nat(99),
      fc.integer({ min: 100, max: 1600 }),
      fc.integer({ min: 1601, max: 1700 }),
    );
    fc.assert(
      fc.property(
        fc.array(token, { maxLength: 30 }),
        fc.nat(100_000),
        fc.integer({ min: 1, max: 3000 }),
        (tokens, seek, size) => {
          const split = splitWindow(tokens, ids, seek, size);
          expect(split.seek).toBeGreaterThan(seek);
          expect(split.seek).toBeLessThanOrEqual(seek + size);
          let reached = seek / 100;
          for (const { start, end } of split.segments) {
            expect(start).toBeGreaterThanOrEqual(reached);
            expect(end).toBeGreaterThanOrEqual(start);
            reached = end;
          }
          expect(reached).toBeLessThanOrEqual(seek / 100 + 30);
          // No token is lost before the place where the next window starts, and none comes twice.
          const kept = split.segments.flatMap((segment) => segment.tokens);
          expect(kept).toEqual(tokens.slice(0, kept.length));
        },
      ),
    );
  });
});
