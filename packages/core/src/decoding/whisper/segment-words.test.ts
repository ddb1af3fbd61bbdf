import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addWordTimestamps } from './segment-words.js';

const END_OF_TEXT = 100;
const isText = (token: number): boolean => token < END_OF_TEXT;
const texts = [' hello', ' a', 'b', '.', ',', ' "', '"', '!', ' (', '。', '', ' '];

describe('addWordTimestamps', () => {
  it('keeps words ordered and inside the audio, whatever the alignment', () => {
    const word = fc.record({
      text: fc.constantFrom(...texts),
      tokens: fc.array(fc.integer({ min: 0, max: 99 }), { minLength: 1, maxLength: 3 }),
      length: fc.integer({ min: 0, max: 400 }),
      gap: fc.integer({ min: 0, max: 400 }),
    });
    fc.assert(
      fc.property(
        fc.array(word, { maxLength: 30 }),
        fc.array(fc.integer({ min: 0, max: 30 }), { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 0, max: 60 }),
        fc.integer({ min: 0, max: 30 }),
        fc.boolean(),
        (raw, cuts, timeOffset, audio, disordered) => {
          let clock = 0;
          const alignment = raw.map(({ text, tokens, length, gap }) => {
            const start = clock + gap / 50;
            // Broken attention may even send words backwards.
            clock = disordered ? gap / 50 : start + length / 50;
            return { text, tokens, start, end: start + length / 50, probability: 0.5 };
          });
          const tokens = alignment.flatMap((aligned) => aligned.tokens);
          let at = 0;
          const segments = cuts.map((cut, i) => {
            const own = tokens.slice(at, i + 1 === cuts.length ? undefined : (at += cut));
            return { start: timeOffset + i, end: timeOffset + i + 1, tokens: [...own, END_OF_TEXT + i] };
          });
          const audioEnd = timeOffset + audio;
          const timed = addWordTimestamps(segments, alignment, {
            isText,
            timeOffset,
            audioEnd,
            lastSpeechEnd: timeOffset,
          });
          let floor = timeOffset;
          for (const { start, end } of timed.flatMap((segment) => segment.words)) {
            expect(start).toBeGreaterThanOrEqual(floor);
            expect(end).toBeGreaterThanOrEqual(start);
            expect(end).toBeLessThanOrEqual(audioEnd);
            floor = end;
          }
          expect(timed.map((segment) => segment.tokens)).toEqual(segments.map((segment) => segment.tokens));
        },
      ),
      { numRuns: 500 },
    );
  });

  it('offsets times and leaves a segment without words alone', () => {
    const aligned = [{ text: ' hi', tokens: [1], start: 0.5, end: 0.9, probability: 0.8 }];
    const segments = [
      { start: 30, end: 31, tokens: [120, 1, 130] },
      { start: 31, end: 32, tokens: [130, 140] },
    ];
    const options = { isText, timeOffset: 30, audioEnd: 60, lastSpeechEnd: 29.9 };
    expect(addWordTimestamps(segments, aligned, options)).toEqual([
      {
        start: 30.5,
        end: 30.9,
        tokens: [120, 1, 130],
        words: [{ text: ' hi', start: 30.5, end: 30.9, confidence: 0.8 }],
      },
      { start: 31, end: 32, tokens: [130, 140], words: [] },
    ]);
  });

  it('takes punctuation sets of the caller', () => {
    const aligned = [' a', '~', ' b'].map((text, i) => ({
      text,
      tokens: [i],
      start: i,
      end: i + 1,
      probability: 1,
    }));
    const timed = addWordTimestamps([{ start: 0, end: 3, tokens: [0, 1, 2] }], aligned, {
      isText,
      timeOffset: 0,
      audioEnd: 3,
      lastSpeechEnd: 0,
      appendPunctuation: '~',
    });
    expect(timed[0]!.words.map((word) => word.text)).toEqual([' a~', ' b']);
  });
});
