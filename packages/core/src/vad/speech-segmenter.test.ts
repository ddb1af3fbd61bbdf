import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SpeechSegmenterOptions } from './segmenter-options.js';
import { segmentSpeech, SpeechSegmenter, type SpeechEvent } from './speech-segmenter.js';

/** Runs of one level each, so that speech and pauses have lengths that matter. */
const curve = fc
  .array(fc.tuple(fc.constantFrom(0.05, 0.2, 0.4, 0.6, 0.95), fc.integer({ min: 1, max: 12 })), {
    maxLength: 30,
  })
  .map((runs) => runs.flatMap(([level, length]) => Array.from({ length }, () => level)));
const options: fc.Arbitrary<SpeechSegmenterOptions> = fc.record(
  {
    threshold: fc.constantFrom(0.3, 0.5, 0.7),
    negativeThreshold: fc.constantFrom(0.1, 0.3),
    minSpeechDuration: fc.constantFrom(0, 0.05, 0.25, 1),
    maxSpeechDuration: fc.constantFrom(1, 2, Infinity),
    minSilenceDuration: fc.constantFrom(0, 0.1, 0.3),
    speechPadding: fc.constantFrom(0, 0.03, 0.4),
    cutAt: fc.constantFrom('longest', 'last'),
  },
  { requiredKeys: [] },
);

function run(
  probabilities: readonly number[],
  settings: SpeechSegmenterOptions,
  samples?: number,
): SpeechEvent[] {
  const segmenter = new SpeechSegmenter(settings);
  return [...probabilities.flatMap((one) => segmenter.push(one)), ...segmenter.finish(samples)];
}

describe('SpeechSegmenter', () => {
  it('gives starts and ends in turn, in order, inside of the audio', () => {
    fc.assert(
      fc.property(curve, options, fc.nat(511), (probabilities, settings, missing) => {
        const samples = Math.max(0, probabilities.length * 512 - missing);
        const events = run(probabilities, settings, samples);
        expect(events.map(({ type }) => type)).toEqual(
          events.map((_, i) => (i % 2 === 0 ? 'speech-start' : 'speech-end')),
        );
        const positions = [0, ...events.map(({ sample }) => sample), samples];
        expect(positions).toEqual(positions.toSorted((a, b) => a - b));
        for (const { sample, time } of events) expect(time).toBe(sample / 16_000);
      }),
    );
  });

  it('never takes back what it told: the events of a beginning are those of the whole', () => {
    fc.assert(
      fc.property(curve, curve, options, (beginning, rest, settings) => {
        const segmenter = new SpeechSegmenter(settings);
        const told = beginning.flatMap((one) => segmenter.push(one));
        expect(run([...beginning, ...rest], settings).slice(0, told.length)).toEqual(told);
      }),
    );
  });

  it('has every window above the threshold in speech, but for speech that is too short', () => {
    fc.assert(
      fc.property(curve, options, (probabilities, { minSpeechDuration: _, ...settings }) => {
        const spans = segmentSpeech(probabilities, undefined, { ...settings, minSpeechDuration: 0 });
        for (const [i, probability] of probabilities.entries()) {
          if (probability < (settings.threshold ?? 0.5)) continue;
          const time = (i * 512) / 16_000;
          // Speech that is cut because it is too long starts again with the window after the cut.
          const found = spans.some(({ start, end }) => start <= time && time <= end);
          expect(found).toBe(true);
        }
      }),
    );
  });

  it('tells of speech under way before it is long enough to be told', () => {
    const segmenter = new SpeechSegmenter();
    expect(segmenter.speaking).toBe(false);
    expect(segmenter.push(0.9)).toEqual([]);
    expect(segmenter.speaking).toBe(true);
    for (let i = 0; i < 5; i++) expect(segmenter.push(0)).toEqual([]);
    expect(segmenter.speaking).toBe(false);
    expect(segmenter.finish()).toEqual([]);
  });

  it('works in windows of other sizes and rates', () => {
    const windows = { sampleRate: 8000, windowSize: 256 };
    const probabilities = [
      ...Array<number>(20).fill(0),
      ...Array<number>(30).fill(1),
      ...Array<number>(20).fill(0),
    ];
    expect(segmentSpeech(probabilities, undefined, {}, windows)).toEqual(segmentSpeech(probabilities));
  });

  it('refuses options that can not be, and use after the end', () => {
    const make = (settings: unknown) => () => new SpeechSegmenter(settings as SpeechSegmenterOptions);
    expect(make({ threshold: 0 })).toThrow(/options\.threshold/);
    expect(make({ threshold: 0.4, negativeThreshold: 0.5 })).toThrow(/options\.negativeThreshold/);
    expect(make({ maxSpeechDuration: 0.05 })).toThrow(/options\.maxSpeechDuration/);
    expect(make({ speechPadding: '1' })).toThrow(TypeError);
    expect(make({ padding: 1 })).toThrow(/options\.padding: there is no such option/);
    const segmenter = new SpeechSegmenter();
    expect(() => segmenter.push(NaN)).toThrow(RangeError);
    segmenter.push(0.5);
    expect(() => segmenter.finish(513)).toThrow(RangeError);
    expect(segmenter.finish(1)).toEqual([]);
    expect(() => segmenter.push(0.5)).toThrow(TypeError);
    expect(() => segmenter.finish()).toThrow(TypeError);
  });
});
