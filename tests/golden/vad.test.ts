import { segmentSpeech, SpeechSegmenter } from '@org/asr-core';
import type { SpeechEvent, SpeechSegmenterOptions, SpeechSpan } from '@org/asr-core';
import { repositoryFile } from '@org/asr-testkit';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { translateVadOptions, type PythonVadOptions } from './vad-options.js';

interface Segments {
  readonly options: PythonVadOptions;
  readonly samples: readonly (readonly [start: number, end: number])[];
}
interface Recording {
  readonly wav: string;
  readonly samples: number;
  readonly probabilities: readonly number[];
  readonly segments: readonly Segments[];
  readonly iterator: readonly { readonly start?: number; readonly end?: number }[];
}
interface Curve {
  readonly probabilities: readonly number[];
  readonly samples: number;
  readonly options: PythonVadOptions;
  readonly segments: readonly (readonly [start: number, end: number])[];
}

const read = (name: string): unknown[] =>
  (
    JSON.parse(readFileSync(repositoryFile(`tests/golden/vectors/vad/${name}`), 'utf8')) as {
      cases: unknown[];
    }
  ).cases;
const curves = read('segments.json') as readonly Curve[];

const inSamples = (spans: readonly SpeechSpan[]): number[][] =>
  spans.map(({ start, end }) => [Math.round(start * 16_000), Math.round(end * 16_000)]);

function runOnline(
  probabilities: readonly number[],
  samples: number,
  options: SpeechSegmenterOptions,
): readonly SpeechEvent[] {
  const segmenter = new SpeechSegmenter(options);
  return [
    ...probabilities.flatMap((probability) => segmenter.push(probability)),
    ...segmenter.finish(samples),
  ];
}

describe('segments of probability curves, exactly those of silero-vad', () => {
  it.each(curves.map((curve, index) => ({ ...curve, index })))(
    'curve $index, $options',
    ({ probabilities, samples, options, segments }) => {
      const spans = segmentSpeech(probabilities, samples, translateVadOptions(options));
      expect(inSamples(spans)).toEqual(segments);
    },
  );
});

// The file keeps the first 1500 probabilities only, which is not all of long.wav.
const recordings = (read('silero.json') as readonly Recording[]).filter(
  ({ samples, probabilities }) => probabilities.length === Math.ceil(samples / 512),
);

describe.each(recordings)(
  '$wav, from its probabilities',
  ({ probabilities, samples, segments, iterator }) => {
    it.each(segments)('gives the segments of $options', ({ options, samples: expected }) => {
      expect(inSamples(segmentSpeech(probabilities, samples, translateVadOptions(options)))).toEqual(
        expected,
      );
    });

    it('gives the events of VADIterator, which knows no shortest speech', () => {
      const events = runOnline(probabilities, samples, { minSpeechDuration: 0 });
      const expected = iterator.map(({ start, end }) => [
        'speech-' + (end === undefined ? 'start' : 'end'),
        start ?? end,
      ]);
      // The iterator doesn't end speech when the audio ends.
      const found = events.map(({ type, sample }) => [type, sample]);
      expect(found.slice(0, expected.length)).toEqual(expected);
      expect(found.length - expected.length).toBe(expected.at(-1)?.[0] === 'speech-start' ? 1 : 0);
    });
  },
);
