import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toMilliseconds } from './format-timestamp.js';
import { toSrt, toVtt } from './subtitles.js';
import { toJson, toLrc, toPlainText, toTsv } from './text-exports.js';
import type { Segment } from './transcript.js';

const words = (start: number, ...texts: string[]): Segment => {
  const spoken = texts.map((text, i) => ({ text, start: start + i, end: start + i + 1 }));
  return { start, end: start + texts.length, text: texts.join(''), words: spoken };
};

describe('toVtt', () => {
  it('escapes what WebVTT would read as a tag, but not its own marks', () => {
    const transcript = { segments: [words(0, ' R&D', ' <b>')] };
    expect(toVtt(transcript)).toContain('R&amp;D &lt;b>');
    expect(toVtt(transcript, { highlightWords: true })).toContain('<u>R&amp;D</u> &lt;b>');
  });

  it('never writes a blank line inside a cue', () => {
    expect(toVtt({ segments: [{ start: 0, end: 1, text: 'a\n \n\nb' }] })).toBe(
      'WEBVTT\n\n00:00.000 --> 00:01.000\na\nb\n\n',
    );
  });

  it('keeps the text of a segment that has no words among others that have', () => {
    const segments = [words(0, ' one', ' two'), { start: 3, end: 4, text: ' three' }];
    expect(toVtt({ segments }, { maxWordsPerLine: 1 })).toContain('00:03.000 --> 00:04.000\nthree\n');
  });
});

describe('toSrt', () => {
  it('honours all limits together', () => {
    const segments = [words(0, ' a', ' b', ' c', ' d')];
    const options = { maxLineWidth: 40, maxLineCount: 2, maxWordsPerLine: 3 };
    expect(toSrt({ segments }, options)).toBe(
      '1\n00:00:00,000 --> 00:00:03,000\na b c\n\n2\n00:00:03,000 --> 00:00:04,000\nd\n\n',
    );
  });

  it.each([{ maxLineWidth: 0 }, { maxLineCount: 1.5 }, { maxWordsPerLine: Number.NaN }])(
    'refuses %j',
    (options) => {
      expect(() => toSrt({ segments: [] }, options)).toThrow(RangeError);
    },
  );

  it('says which time is wrong', () => {
    expect(() => toSrt({ segments: [{ start: -1, end: 0, text: 'a' }] })).toThrow(/-1/);
  });

  it('writes every word once, in lines no wider than asked', () => {
    const word = fc
      .string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 12 })
      .filter((text) => /^\w+$/.test(text));
    fc.assert(
      fc.property(
        fc.array(fc.array(word, { minLength: 1, maxLength: 12 }), { maxLength: 6 }),
        fc.integer({ min: 12, max: 40 }),
        fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined }),
        (texts, maxLineWidth, maxLineCount) => {
          const segments = texts.map((own, i) => words(20 * i, ...own.map((text) => ` ${text}`)));
          const srt = toSrt({ segments }, { maxLineWidth, ...(maxLineCount && { maxLineCount }) });
          const blocks = srt.split('\n\n').filter((block) => block !== '');
          const lines = blocks.map((block) => block.split('\n').slice(2));
          expect(lines.flat().flatMap((line) => line.split(' '))).toEqual(texts.flat());
          expect(lines.flat().every((line) => line.length <= maxLineWidth)).toBe(true);
          expect(lines.every((own) => own.length <= (maxLineCount ?? Infinity))).toBe(true);
        },
      ),
    );
  });
});

describe('other formats', () => {
  const segments = [
    words(59.996, ' one', '\ttwo'),
    { start: 4000, end: 4001, text: '' },
    words(4000.5, ' three'),
  ];

  it('LRC has minutes beyond the hour and leaves out empty lines', () => {
    expect(toLrc({ segments })).toBe('[01:00.00]one\ttwo\n[66:40.50]three\n');
    expect(toLrc({ segments }, { words: true })).toBe(
      '[01:00.00]<01:00.00> one <01:01.00> two\n[66:40.50]<66:40.50> three\n',
    );
  });

  it('TSV and plain text have one line per segment', () => {
    expect(toTsv({ segments })).toBe(
      'start\tend\ttext\n59996\t61996\tone two\n4000000\t4001000\t\n4000500\t4001500\tthree\n',
    );
    expect(toPlainText({ segments })).toBe('one\ttwo\n\nthree\n');
  });

  it('JSON gives the transcript back', () => {
    const transcript = { text: ' one', language: 'en', duration: 61, segments };
    expect(JSON.parse(toJson(transcript))).toEqual(transcript);
  });
});

describe('toMilliseconds', () => {
  it('rounds halves to even and refuses what is no time', () => {
    expect(toMilliseconds(0.0005)).toBe(0);
    expect(toMilliseconds(0.0015)).toBe(2);
    expect(() => toMilliseconds(Number.NaN)).toThrow(RangeError);
    expect(() => toMilliseconds(Infinity)).toThrow(RangeError);
  });
});
