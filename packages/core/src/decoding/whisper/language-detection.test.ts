import { describe, expect, it } from 'vitest';
import { detectLanguage, languageProbabilities } from './language-detection.js';

const languages = new Map([
  ['en', 2],
  ['es', 3],
  ['it', 5],
]);
/** A row whose softmax over the three languages gives these probabilities; other logits are larger. */
const row = (en: number, es: number, it: number) =>
  Float32Array.of(50, 40, Math.log(en), Math.log(es), 30, Math.log(it));

describe('languageProbabilities', () => {
  it('is a softmax over the language tokens alone, likeliest first', () => {
    const found = languageProbabilities(row(0.1, 0.7, 0.2), languages);
    expect(found.map(({ language }) => language)).toEqual(['es', 'it', 'en']);
    expect(found.map(({ probability }) => probability)).toEqual([
      expect.closeTo(0.7, 6),
      expect.closeTo(0.2, 6),
      expect.closeTo(0.1, 6),
    ]);
  });

  it('needs language tokens', () => {
    expect(() => languageProbabilities(row(1, 1, 1), new Map())).toThrow(RangeError);
  });
});

describe('detectLanguage', () => {
  const detect = async (rows: readonly Float32Array[], maxWindows = 10, threshold = 0.5) => {
    let scored = 0;
    const score = (index: number) => {
      scored++;
      return Promise.resolve(rows[index]);
    };
    return { ...(await detectLanguage(score, languages, { maxWindows, threshold })), scored };
  };

  it('stops at the first clear window', async () => {
    const found = await detect([row(0.4, 0.35, 0.25), row(0.1, 0.8, 0.1), row(0.9, 0.05, 0.05)]);
    expect(found).toMatchObject({ language: 'es', windows: 2, scored: 2 });
    expect(found.probability).toBeCloseTo(0.8, 6);
    expect(found.probabilities).toHaveLength(3);
  });

  it('goes by the majority when no window is clear', async () => {
    const found = await detect([row(0.48, 0.3, 0.22), row(0.3, 0.4, 0.3), row(0.3, 0.45, 0.25)]);
    expect(found).toMatchObject({ language: 'es', windows: 3 });
    expect(found.probability).toBeCloseTo(0.45, 6);
  });

  it('goes by the probability of equals, and looks at no more windows than asked', async () => {
    const found = await detect([row(0.42, 0.35, 0.23), row(0.3, 0.3, 0.4), row(0.1, 0.45, 0.45)], 2, 0.9);
    expect(found).toMatchObject({ language: 'en', scored: 2 });
  });

  it('needs a window', async () => {
    await expect(detect([])).rejects.toThrow(RangeError);
  });
});
