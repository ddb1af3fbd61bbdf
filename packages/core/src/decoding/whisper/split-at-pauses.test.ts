import { describe, expect, it } from 'vitest';
import { readOnFrom } from './pauses.js';
import { splitAtPauses } from './split-at-pauses.js';
import type { AlignedWord } from './word-timing.js';

const TIME = 100;
const isText = (token: number): boolean => token < TIME;
/** A word of one token. */
const word = (token: number, start: number, end: number, text = ` w${token}`): AlignedWord => ({
  text,
  tokens: [token],
  start,
  end,
  probability: 1,
});
const segment = { start: 10, end: 16, tokens: [TIME, 1, 2, 3, 4, TIME + 300] };

describe('splitAtPauses', () => {
  it('cuts where the words leave a pause, and keeps every token', () => {
    const words = [word(1, 0, 1), word(2, 1, 2.1), word(3, 2.1, 4), word(4, 4, 6)];
    expect(splitAtPauses([segment], words, [{ start: 12, end: 13 }], 10, isText)).toEqual([
      { start: 10, end: 12, tokens: [TIME, 1, 2] },
      { start: 13, end: 16, tokens: [3, 4, TIME + 300] },
    ]);
  });

  it('cuts several times, the later after the earlier', () => {
    const words = [word(1, 0, 1), word(2, 1.5, 2), word(3, 3, 4), word(4, 5, 6)];
    const pauses = [{ start: 11, end: 11.5 }, { start: 12, end: 13 }, { start: 14, end: 15 }]; // prettier-ignore
    const parts = splitAtPauses([segment], words, pauses, 10, isText);
    expect(parts.map(({ tokens }) => tokens)).toEqual([[TIME, 1], [2], [3], [4, TIME + 300]]);
    expect(parts.map(({ start, end }) => [start, end])).toEqual([
      [10, 11],
      [11.5, 12],
      [13, 14],
      [15, 16],
    ]);
  });

  it('leaves a segment alone whose words go on through the pause, and one that a pause only touches', () => {
    const words = [word(1, 0, 1), word(2, 1, 3.5), word(3, 3.5, 4), word(4, 4, 6)];
    expect(splitAtPauses([segment], words, [{ start: 12, end: 13 }], 10, isText)).toEqual([segment]);
    const late = [{ start: 15.5, end: 17 }];
    expect(splitAtPauses([segment], words, late, 10, isText)).toEqual([segment]);
  });

  it('leaves punctuation with the word before', () => {
    const words = [word(1, 0, 1), word(2, 1, 2), word(3, 2.4, 2.5, '.'), word(4, 2.9, 6)];
    const parts = splitAtPauses([segment], words, [{ start: 12, end: 13 }], 10, isText);
    expect(parts.map(({ tokens }) => tokens)).toEqual([
      [TIME, 1, 2, 3],
      [4, TIME + 300],
    ]);
  });

  it('gives each segment its own words', () => {
    const second = { start: 16, end: 20, tokens: [TIME + 300, 5, 6, TIME + 500] };
    const words = [...[1, 2, 3, 4].map((token, i) => word(token, i, i + 1)), word(5, 6, 7), word(6, 8.2, 9)];
    expect(splitAtPauses([segment, second], words, [{ start: 17, end: 18 }], 10, isText)).toEqual([
      segment,
      { start: 16, end: 17, tokens: [TIME + 300, 5] },
      { start: 18, end: 20, tokens: [6, TIME + 500] },
    ]);
  });
});

describe('readOnFrom', () => {
  const pauses = [{ start: 3, end: 3.5 }, { start: 3.7, end: 4 }, { start: 9, end: 12 }]; // prettier-ignore

  it('goes back to a pause that ended a little before, and on to one that comes soon', () => {
    expect(readOnFrom(4.14, pauses)).toBe(3.85);
    expect(readOnFrom(2.8, pauses)).toBe(3.25);
    expect(readOnFrom(9, pauses)).toBe(10.5);
  });

  it('takes the closest, and stays where none is close', () => {
    expect(readOnFrom(3.55, pauses)).toBe(3.25);
    expect(readOnFrom(3.65, pauses)).toBe(3.85);
    expect(readOnFrom(4.35, pauses)).toBe(4.35);
    expect(readOnFrom(5, [])).toBe(5);
  });
});
