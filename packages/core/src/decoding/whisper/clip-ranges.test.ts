import { describe, expect, it } from 'vitest';
import { checkClipRanges, clipFrames } from './clip-ranges.js';

describe('clipFrames', () => {
  it('is the whole audio without ranges', () => {
    expect(clipFrames([], 500)).toEqual([{ start: 0, end: 500 }]);
    expect(clipFrames([], 0)).toEqual([]);
  });

  it('rounds to frames, ends with the audio and drops what lies beyond', () => {
    const ranges = [{ start: 0.504, end: 1.006 }, { start: 4 }, { start: 6, end: 7 }];
    expect(clipFrames(ranges, 500)).toEqual([
      { start: 50, end: 101 },
      { start: 400, end: 500 },
    ]);
  });
});

it.each([
  [[{ start: -1 }]],
  [[{ start: Number.NaN }]],
  [[{ start: Infinity }]],
  [[{ start: 2, end: 2 }]],
  [[{ start: 0, end: Number.NaN }]],
  [[{ start: 0 }, { start: 1 }]],
  [
    [
      { start: 0, end: 2 },
      { start: 1, end: 3 },
    ],
  ],
])('checkClipRanges refuses %o', (ranges) => {
  expect(() => checkClipRanges(ranges)).toThrow(RangeError);
});
