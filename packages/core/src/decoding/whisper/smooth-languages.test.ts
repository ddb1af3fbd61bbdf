import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LanguageProbability } from './language-detection.js';
import { smoothLanguages } from './smooth-languages.js';

const LANGUAGES = ['en', 'es', 'it'];
/** Likeliest first, as they come. */
const heard = (...probabilities: readonly number[]): readonly LanguageProbability[] =>
  LANGUAGES.map((language, i) => ({ language, probability: probabilities[i]! })).sort(
    (a, b) => b.probability - a.probability,
  );
const codes = (...args: Parameters<typeof smoothLanguages>): string =>
  smoothLanguages(...args)
    .map(({ language }) => language)
    .join(' ');

describe('smoothLanguages', () => {
  it('takes the likeliest of each where changes are free', () => {
    const utterances = [heard(0.5, 0.3, 0.2), heard(0.3, 0.5, 0.2), heard(0.1, 0.2, 0.7)];
    expect(codes(utterances, 0)).toBe('en es it');
    expect(smoothLanguages(utterances, 0).map(({ probability }) => probability)).toEqual([0.5, 0.5, 0.7]);
  });

  it('has no change for one doubtful utterance, and one where it is sure', () => {
    const sure = heard(0.01, 0.98, 0.01);
    expect(codes([sure, heard(0.1, 0.4, 0.5), sure], 2)).toBe('es es es');
    expect(smoothLanguages([sure, heard(0.1, 0.4, 0.5), sure], 2)[1]!.probability).toBe(0.4);
    // Two changes cost 4 nats; 0.98 to 0.01 are 4.6.
    expect(codes([sure, heard(0.01, 0.01, 0.98), sure], 2)).toBe('es it es');
    expect(codes([sure, heard(0.01, 0.01, 0.98), sure], 2.5)).toBe('es es es');
  });

  it('believes no utterance more than 10000 to 1', () => {
    const sure = heard(0, 1, 0);
    expect(codes([sure, heard(0, 0, 1), sure], 4.7)).toBe('es es es');
    expect(codes([sure, heard(0, 0, 1), sure], 4.5)).toBe('es it es');
  });

  it('is the best of all sequences', () => {
    const row = fc
      .tuple(...LANGUAGES.map(() => fc.double({ min: 0.001, max: 1, noNaN: true })))
      .map((weights) => {
        const total = weights.reduce((sum, weight) => sum + weight, 0);
        return heard(...weights.map((weight) => weight / total));
      });
    const probabilityOf = (row: readonly LanguageProbability[], language: string): number =>
      row.find((entry) => entry.language === language)!.probability;
    const scoreOf = (rows: readonly (readonly LanguageProbability[])[], path: string[], penalty: number) =>
      rows.reduce(
        (sum, entry, n) =>
          sum + Math.log(probabilityOf(entry, path[n]!)) - (n > 0 && path[n] !== path[n - 1] ? penalty : 0),
        0,
      );
    fc.assert(
      fc.property(
        fc.array(row, { minLength: 1, maxLength: 5 }),
        fc.double({ min: 0, max: 6, noNaN: true }),
        (rows, penalty) => {
          let paths: string[][] = [[]];
          for (let n = 0; n < rows.length; n++) {
            paths = paths.flatMap((path) => LANGUAGES.map((language) => [...path, language]));
          }
          const best = Math.max(...paths.map((path) => scoreOf(rows, path, penalty)));
          expect(scoreOf(rows, codes(rows, penalty).split(' '), penalty)).toBeCloseTo(best, 9);
        },
      ),
    );
  });

  it('has nothing to say of nothing', () => {
    expect(smoothLanguages([], 2)).toEqual([]);
  });
});
