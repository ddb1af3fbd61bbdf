import { describe, expect, it } from 'vitest';
import { countAgreed, countConfirmable, type ConfirmationRules } from './confirmation.js';
import type { HeardWord } from './heard-word.js';

const RULES: ConfirmationRules = { agreedMargin: 0.2, sureMargin: 1, sure: 0.8, doubtful: 0.4, patience: 2 };
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

describe('countConfirmable', () => {
  it('takes what two readings agree on, but the last word', () => {
    expect(countConfirmable(spoken('a b c'), spoken('a b c'), 5, RULES)).toBe(2);
    expect(countConfirmable(spoken('a b c d'), spoken('a x c d'), 5, RULES)).toBe(1);
    expect(countConfirmable(spoken('a b c'), [], 5, RULES)).toBe(0);
  });

  it('leaves words at the edge of what was heard, though readings agree on them', () => {
    expect(countConfirmable(spoken('a b c'), spoken('a b c'), 1.1, RULES)).toBe(1);
  });

  it('takes a sure word at once, where enough was heard behind it', () => {
    expect(countConfirmable(spoken('a b c', 0.9), [], 2, RULES)).toBe(2);
    expect(countConfirmable(spoken('a b c', 0.9), [], 1.6, RULES)).toBe(1);
  });

  it('lets a doubtful word, and all behind it, wait for what follows', () => {
    expect(countConfirmable(spoken('a b c', 0.3), spoken('a b c', 0.3), 2, RULES)).toBe(0);
    expect(countConfirmable(spoken('a b c', 0.3), spoken('a b c', 0.3), 3, RULES)).toBe(2);
  });

  it('goes by agreement alone where words have no times', () => {
    expect(countConfirmable(untimed('a b c'), untimed('a b d'), 1, RULES)).toBe(2);
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
