import { describe, expect, it } from 'vitest';
import { countAgreed, countConfirmable, type ConfirmationRules } from './confirmation.js';
import type { HeardWord } from './heard-word.js';

const RULES: ConfirmationRules = { spacing: 0.5, margin: 0.2, rivalMargin: 2 };
const LENGTH = 0.5;

/** Words of half a second each, all as probable. */
const spoken = (text: string, probability = 0.6): readonly HeardWord[] =>
  text.split(' ').map((word, i) => ({
    text: ` ${word}`,
    start: i * LENGTH,
    end: (i + 1) * LENGTH,
    probability,
  }));
const untimed = (text: string): readonly HeardWord[] =>
  spoken(text).map(({ start: _start, end: _end, ...word }) => word);

const withRival = (words: readonly HeardWord[], rival: number): readonly HeardWord[] =>
  words.map((word) => ({ ...word, rival }));
const sure = (text: string): readonly HeardWord[] => withRival(spoken(text), 0);
/** The reading before, half a second less of audio. */
const before = (words: readonly HeardWord[], heard: number) => [{ words, heard: heard - 0.5 }];

describe('countConfirmable', () => {
  it('takes what readings agree on, but the last word', () => {
    expect(countConfirmable(sure('a b c'), before(sure('a b c'), 5), 5, RULES)).toBe(2);
    expect(countConfirmable(sure('a b c d'), before(sure('a x c d'), 5), 5, RULES)).toBe(1);
    expect(countConfirmable(sure('a b c'), [], 5, RULES)).toBe(0);
    expect(countConfirmable([], before(sure('a'), 5), 5, RULES)).toBe(0);
  });

  it('takes no agreement of readings that come too soon after each other', () => {
    const words = sure('a b c');
    expect(countConfirmable(words, [{ words, heard: 4.7 }], 5, RULES)).toBe(0);
    const thrice = [
      { words, heard: 4.4 },
      { words, heard: 4.7 },
    ];
    expect(countConfirmable(words, thrice, 5, RULES)).toBe(2);
    const changed = [
      { words: sure('a x c'), heard: 4.4 },
      { words, heard: 4.7 },
    ];
    expect(countConfirmable(words, changed, 5, RULES)).toBe(1);
  });

  it('leaves words at the edge of what was heard, though readings agree on them', () => {
    expect(countConfirmable(sure('a b c'), before(sure('a b c'), 1.1), 1.1, RULES)).toBe(1);
  });

  it('lets a word, and all behind it, wait the longer the nearer another one came in either reading', () => {
    const contested = (rival: number) =>
      sure('a b c').map((word, i) => (i === 0 ? { ...word, rival } : word));
    expect(countConfirmable(contested(1), before(contested(1), 2.6), 2.6, RULES)).toBe(0);
    expect(countConfirmable(sure('a b c'), before(contested(1), 2.6), 2.6, RULES)).toBe(0);
    expect(countConfirmable(contested(1), before(contested(1), 2.8), 2.8, RULES)).toBe(2);
    expect(countConfirmable(contested(0.5), before(contested(0.5), 1.8), 1.8, RULES)).toBe(2);
    expect(countConfirmable(contested(0.5), before(contested(0.5), 1.6), 1.6, RULES)).toBe(0);
  });

  it('takes the rest of the probability for a rival where rivals are not known', () => {
    expect(countConfirmable(spoken('a b', 0.5), before(spoken('a b', 0.5), 1.8), 1.8, RULES)).toBe(1);
    expect(countConfirmable(spoken('a b', 0.5), before(spoken('a b', 0.5), 1.6), 1.6, RULES)).toBe(0);
  });

  it('goes by agreement alone where words have no times', () => {
    expect(countConfirmable(untimed('a b c'), before(untimed('a b d'), 1), 1, RULES)).toBe(2);
    expect(countConfirmable(untimed('a b c'), [], 100, RULES)).toBe(0);
  });
});

describe('countAgreed', () => {
  it('counts the words that readings begin with alike', () => {
    expect(countAgreed(spoken('a b c'), spoken('a b d'))).toBe(2);
    expect(countAgreed(spoken('a b'), spoken('a b c'))).toBe(2);
    expect(countAgreed([], spoken('a'))).toBe(0);
  });
});
