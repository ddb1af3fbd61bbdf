import { readFileSync } from 'node:fs';
import { repositoryFile } from '@org/asr-testkit';
import { formatTimestamp, toPlainText, toSrt, toTsv, toVtt } from '@org/asr-core';
import type { SubtitleOptions, Subtitled } from '@org/asr-core';
import { describe, expect, it } from 'vitest';

interface Result {
  readonly segments: readonly {
    readonly start: number;
    readonly end: number;
    readonly text: string;
    readonly words?: readonly { readonly word: string; readonly start: number; readonly end: number }[];
  }[];
}
interface Case {
  readonly result: string;
  readonly options: {
    readonly max_line_width?: number;
    readonly max_line_count?: number;
    readonly max_words_per_line?: number;
    readonly highlight_words?: boolean;
  };
  readonly srt?: string;
  readonly vtt?: string;
  readonly tsv?: string;
  readonly txt?: string;
}
interface Vectors {
  readonly results: Readonly<Record<string, Result>>;
  readonly cases: readonly Case[];
  readonly format_timestamp: readonly (readonly [number, string, string, string])[];
}

const vectors = JSON.parse(
  readFileSync(repositoryFile('tests/golden/vectors/text/subtitles.json'), 'utf8'),
) as Vectors;

/** The vectors' inputs are rounded to seven digits; these are as `scripts/subtitles.py` gave them to the writers. */
const restore = (seconds: number): number => (seconds === 3661.001 ? 3661.0005 : seconds);
const exactTimes = [
  0, 0.0004, 0.0005, 0.0015, 0.9994, 0.9995, 1.0005, 59.9994, 59.9996, 60, 61.5, 3599.9994, 3599.9996, 3600,
  3661.001, 86399.999, 360000.5,
];

function toTranscript(result: Result): Subtitled {
  return {
    segments: result.segments.map(({ words, ...segment }) => ({
      start: restore(segment.start),
      end: restore(segment.end),
      text: segment.text,
      ...(words && {
        words: words.map(({ word, start, end }) => ({
          text: word,
          start: restore(start),
          end: restore(end),
        })),
      }),
    })),
  };
}

function toOptions({ options }: Case): SubtitleOptions {
  return {
    ...(options.max_line_width && { maxLineWidth: options.max_line_width }),
    ...(options.max_line_count && { maxLineCount: options.max_line_count }),
    ...(options.max_words_per_line && { maxWordsPerLine: options.max_words_per_line }),
    ...(options.highlight_words && { highlightWords: true }),
  };
}

describe("openai/whisper's writers", () => {
  const writers = { srt: toSrt, vtt: toVtt, tsv: toTsv, txt: toPlainText } as const;
  const cases = vectors.cases.flatMap((example) =>
    (['srt', 'vtt', 'tsv', 'txt'] as const)
      .filter((format) => example[format] !== undefined)
      .map((format) => ({ ...example, format, expected: example[format] })),
  );

  it.each(cases)('$format of $result with $options', (example) => {
    const transcript = toTranscript(vectors.results[example.result]!);
    expect(writers[example.format](transcript, toOptions(example))).toBe(example.expected);
  });

  const times = vectors.format_timestamp.map(([, ...texts], i) => [exactTimes[i]!, ...texts] as const);
  it.each(times)('%d s', (seconds, plain, hours, srt) => {
    expect(formatTimestamp(seconds)).toBe(plain);
    expect(formatTimestamp(seconds, { alwaysHours: true })).toBe(hours);
    expect(formatTimestamp(seconds, { alwaysHours: true, decimalMark: ',' })).toBe(srt);
  });
});
