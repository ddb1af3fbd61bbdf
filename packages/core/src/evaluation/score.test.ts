import { describe, expect, it } from 'vitest';
import { measureWords } from '../metrics/error-rates.js';
import { recommendModel } from './recommendation.js';
import { compareScores, poolScores, scoreUtterance } from './score.js';
import type { UtteranceScore } from './score.js';
import { normalizeForScoring } from './text-normalizer.js';

describe('normalizeForScoring', () => {
  it('goes by the language, as the paper of Whisper does', () => {
    expect(normalizeForScoring("I won't pay $20", 'whisper', 'en')).toBe('i will not pay $20');
    expect(normalizeForScoring("Je n'ai pas 20 €", 'whisper', 'fr').trim()).toBe('je n ai pas 20');
    expect(normalizeForScoring('你好。', 'whisper', 'zh').trim()).toBe('你 好');
    expect(normalizeForScoring('Colour', 'whisper')).toBe('colour');
  });

  it('does what is asked for', () => {
    expect(normalizeForScoring('Colour!', 'english', 'fr')).toBe('color');
    expect(normalizeForScoring('Colour!', 'basic', 'en').trim()).toBe('colour');
    expect(normalizeForScoring('Colour!', 'none', 'en')).toBe('Colour!');
    expect(() => normalizeForScoring('a', 'jiwer' as 'none')).toThrow(
      /whisper, english, basic or none.*jiwer/,
    );
  });
});

describe('scoreUtterance', () => {
  it('counts and aligns normalised words', () => {
    const pair = {
      reference: 'The quick brown fox.',
      hypothesis: 'the quack brown fox jumps',
      language: 'en',
    };
    const score = scoreUtterance(pair, 'whisper');
    expect(score.words).toEqual({ hits: 3, substitutions: 1, deletions: 0, insertions: 1 });
    expect(score.edits).toEqual([
      { type: 'equal', reference: 'the', hypothesis: 'the' },
      { type: 'substitute', reference: 'quick', hypothesis: 'quack' },
      { type: 'equal', reference: 'brown', hypothesis: 'brown' },
      { type: 'equal', reference: 'fox', hypothesis: 'fox' },
      { type: 'insert', hypothesis: 'jumps' },
    ]);
  });

  it('keeps a deleted word', () => {
    const { edits } = scoreUtterance({ reference: 'a b', hypothesis: 'b' }, 'none');
    expect(edits[0]).toEqual({ type: 'delete', reference: 'a' });
  });
});

const pairs = [
  ['press one to continue', 'press one to continue'],
  ['press pound', 'press the pound'],
  ['goodbye', ''],
  ['', 'thank you'],
] as const;

describe('poolScores', () => {
  it('adds counts up before it takes a rate, as measureWords does', () => {
    const scores = pairs.map(([reference, hypothesis]) => scoreUtterance({ reference, hypothesis }, 'none'));
    const pooled = poolScores(scores);
    const whole = measureWords(
      pairs.map(([reference]) => reference),
      pairs.map(([, hypothesis]) => hypothesis),
    );
    expect(pooled.utterances).toBe(4);
    expect(pooled.wordErrorRate).toBe(whole.wordErrorRate);
    expect(pooled.words).toEqual({ hits: 6, substitutions: 0, deletions: 1, insertions: 3 });
    expect(pooled.wordErrorRateInterval.low).toBeLessThan(pooled.wordErrorRate);
    expect(pooled.wordErrorRateInterval.high).toBeGreaterThan(pooled.wordErrorRate);
  });

  it('needs scores', () => {
    expect(() => poolScores([])).toThrow(RangeError);
  });
});

/** Utterances of ten words with so many errors. */
function scoresOf(errors: readonly number[]): UtteranceScore[] {
  return errors.map((count) => {
    const counts = { hits: 10 - count, substitutions: count, deletions: 0, insertions: 0 };
    return { words: counts, characters: counts, edits: [] };
  });
}

describe('compareScores', () => {
  it('tells a clear difference from none', () => {
    const poor = scoresOf(Array.from({ length: 40 }, () => 3));
    const good = scoresOf(Array.from({ length: 40 }, (_, i) => i % 3));
    expect(compareScores(good, poor).interval.high).toBeLessThan(0);
    expect(compareScores(good, good)).toMatchObject({ difference: 0, interval: { low: 0, high: 0 } });
  });
});

describe('recommendModel', () => {
  const good = scoresOf(Array.from({ length: 40 }, (_, i) => (i % 20 === 0 ? 1 : 0)));
  const tied = good.map((score, i) => (i === 1 ? scoresOf([1])[0]! : score));
  const poor = scoresOf(Array.from({ length: 40 }, () => 3));
  const model = (name: string, scores: UtteranceScore[], speed: number, peakMemory = 1e8) => ({
    name,
    scores,
    speed,
    firstResultSeconds: 1 / speed,
    peakMemory,
  });

  it('takes the fastest of those that accuracy does not tell apart', () => {
    const models = [model('slow', good, 2), model('fast', tied, 8), model('poor', poor, 50)];
    const { choice, ranking, excluded } = recommendModel(models);
    expect(choice).toBe('fast');
    expect(ranking.map(({ name, isTied }) => [name, isTied])).toEqual([
      ['slow', true],
      ['fast', true],
      ['poor', false],
    ]);
    expect(ranking[2]!.difference!.difference).toBeCloseTo(0.3 - 2 / 400, 10);
    expect(excluded).toEqual([]);
  });

  it('takes the most accurate where the others are worse', () => {
    expect(recommendModel([model('poor', poor, 50), model('good', good, 2)]).choice).toBe('good');
  });

  it('keeps to the limits and says what breaks them', () => {
    const models = [model('slow', good, 2, 5e8), model('poor', poor, 50)];
    const limits = { maxMemory: 2e8, maxLatency: 0.25, minSpeed: 3 };
    expect(recommendModel(models, limits)).toMatchObject({
      choice: 'poor',
      excluded: [
        {
          name: 'slow',
          reasons: [
            'takes 500 MB of memory, more than 200 MB',
            'gives its first result after 0.5 s, later than 0.25 s',
            'runs 2 times as fast as speech, slower than 3 times',
          ],
        },
      ],
    });
    const none = recommendModel(models, { minSpeed: 100 });
    expect(none.choice).toBeUndefined();
    expect(none.excluded).toHaveLength(2);
  });
});
