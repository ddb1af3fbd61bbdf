import { describe, expect, it } from 'vitest';
import { normalizeEnglishNumbers } from './english-numbers.js';
import { multiply } from './number-text.js';

describe('normalizeEnglishNumbers', () => {
  it.each([
    ['two point three million', '2300000'],
    ['nine hundred ninety nine decillion', `999${'0'.repeat(33)}`],
    ['minus two dollars', '$2'],
    ['five per cent', '5%'],
    ['five per day', '5 per day'],
    ['0 point five', '.5'],
    ['٣ million', '3000000'],
    ['two euros and seven cents', '€2.07'],
    ['ten twenties', '1020s'],
  ])('%s → %s', (text, expected) => {
    expect(normalizeEnglishNumbers(text)).toBe(expected);
  });
});

describe('multiply', () => {
  it('is exact and takes integers of any size', () => {
    expect(multiply('0.1', 10n)).toBe(1n);
    expect(multiply('4.35', 100n)).toBe(435n);
    expect(multiply('2.', 3n)).toBe(6n);
    expect(multiply('.5', 4n)).toBe(2n);
    expect(multiply('१२.५', 2n)).toBe(25n);
    expect(multiply(12345678901234567890n, 10n)).toBe(123456789012345678900n);
  });

  it('refuses what is no integer or no number', () => {
    expect(multiply('2.5', 1n)).toBeUndefined();
    expect(multiply('.', 10n)).toBeUndefined();
    expect(multiply('1.2.3', 10n)).toBeUndefined();
  });
});
