import { describe, expect, it } from 'vitest';
import { resolveWhisperDecoding } from './resolve-options.js';

const resolve = (options: object) => resolveWhisperDecoding({ type: 'whisper', ...options });

describe('resolveWhisperDecoding', () => {
  it('fills in the documented defaults', () => {
    expect(resolveWhisperDecoding()).toEqual({
      temperatures: [0, 0.2, 0.4, 0.6, 0.8, 1],
      whenAllFail: 'best',
      beamSize: 1,
      patience: 1,
      lengthPenalty: undefined,
      bestOf: 5,
      nBest: 0,
      seed: 0,
      compressionRatioThreshold: 2.4,
      logProbThreshold: -1,
      noSpeechThreshold: 0.6,
      conditionOnPreviousText: true,
      promptResetTemperature: 0.5,
      carryInitialPrompt: false,
      prefix: '',
      hotwords: '',
      suppressTokens: ['non-speech'],
      suppressPattern: undefined,
      suppressBlank: true,
      maxInitialTimestamp: 1,
      maxNewTokens: undefined,
      repetitionPenalty: 1,
      noRepeatNgramSize: 0,
      clipRanges: [],
      audioPadding: undefined,
      hallucinationSilenceThreshold: undefined,
      wordAlignment: 'teacher-forced',
      wordConfidence: 'decoding',
      trimSilence: true,
      prependPunctuation: '"\'“¿([{-',
      appendPunctuation: '"\'.。,，!！?？:：”)]}、',
      languageDetectionWindows: 1,
      languageDetectionThreshold: 0.5,
      multilingualAudio: false,
    });
  });

  it('draws the confidence of words from the second reading where a threshold was made for that', () => {
    const confidence = (options: object) => resolve(options).wordConfidence;
    const hallucinationSilenceThreshold = 2;
    expect(confidence({ hallucinationSilenceThreshold })).toBe('teacher-forced');
    expect(confidence({ hallucinationSilenceThreshold, wordConfidence: 'decoding' })).toBe('decoding');
    expect(confidence({ hallucinationSilenceThreshold, wordAlignment: 'decoding' })).toBe('decoding');
    expect(confidence({ wordConfidence: 'teacher-forced' })).toBe('teacher-forced');
  });

  it('decodes windows on their own behind a detector, unless asked otherwise', () => {
    expect(resolveWhisperDecoding(undefined, true).conditionOnPreviousText).toBe(false);
    const asked = resolveWhisperDecoding({ type: 'whisper', conditionOnPreviousText: true }, true);
    expect(asked.conditionOnPreviousText).toBe(true);
  });

  it('takes what is given', () => {
    const options = {
      beamSize: 5,
      patience: 2,
      lengthPenalty: 0,
      logProbThreshold: false,
      maxInitialTimestamp: 0,
      suppressTokens: [5, 'non-speech'],
      suppressPattern: /\d/,
      clipRanges: [{ start: 1, end: 2 }, { start: 2 }],
    };
    expect(resolve({ ...options, temperature: 0 })).toMatchObject({
      ...options,
      temperatures: [0],
      clipRanges: [
        { start: 1, end: 2 },
        { start: 2, end: undefined },
      ],
    });
    expect(resolve({ maxInitialTimestamp: false }).maxInitialTimestamp).toBeUndefined();
    expect(resolve({ temperature: [0, 0.5] }).temperatures).toEqual([0, 0.5]);
  });

  it.each([
    [{ temperature: [] }, /temperature/],
    [{ temperature: -0.1 }, /temperature: expected a number or an array of them from 0, found -0.1/],
    [{ temperature: Number.NaN }, /temperature/],
    [{ beamSize: 0 }, /beamSize: expected a number from 1 to 32, found 0/],
    [{ beamSize: 2.5 }, /beamSize: expected an integer, found 2.5/],
    [{ patience: 2 }, /patience: needs beamSize above 1/],
    [{ nBest: 2 }, /nBest: 2 texts need beamSize 2 or more, found 1/],
    [{ nBest: 6, temperature: [0.5, 1] }, /nBest: 6 texts need bestOf 6 or more, found 5/],
    [{ beamSize: 2, patience: 0 }, /patience: expected a number above 0/],
    [{ lengthPenalty: 1.5 }, /lengthPenalty/],
    [{ bestOf: 1000 }, /bestOf/],
    [{ seed: 0.5 }, /seed/],
    [{ audioContext: { padding: 0 } }, /audioContext\.padding: expected a number from 1 to 30, found 0/],
    [{ compressionRatioThreshold: Infinity }, /compressionRatioThreshold/],
    [{ logProbThreshold: 1 }, /logProbThreshold/],
    [{ noSpeechThreshold: 2 }, /noSpeechThreshold/],
    [{ suppressTokens: [-1] }, /suppressTokens: expected token ids, found -1/],
    [{ maxInitialTimestamp: 31 }, /maxInitialTimestamp/],
    [{ maxNewTokens: 0 }, /maxNewTokens/],
    [{ repetitionPenalty: 0 }, /repetitionPenalty/],
    [{ noRepeatNgramSize: -1 }, /noRepeatNgramSize/],
    [{ whenAllFail: 'first' }, /whenAllFail: expected 'best' or 'last', found 'first'/],
    [{ clipRanges: [{ start: 2, end: 1 }] }, /clipRanges\[0\]/],
    [{ clipRanges: [{ start: 0, end: 3 }, { start: 2 }] }, /clipRanges\[1\]/],
    [{ clipRanges: [{ start: 0 }, { start: 5 }] }, /clipRanges\[1\]/],
    [{ clipRanges: [{ end: 5 }] }, /clipRanges\[0\]/],
  ])('refuses %o', (options, message) => {
    expect(() => resolve(options)).toThrow(RangeError);
    expect(() => resolve(options)).toThrow(message);
  });

  it.each([
    [{ temperature: '0' }, /temperature: expected a number or an array of them, found '0'/],
    [{ beamSize: '5' }, /beamSize: expected a number, found '5'/],
    [{ noSpeechThreshold: true }, /noSpeechThreshold: expected a number or false, found true/],
    [{ conditionOnPreviousText: 1 }, /conditionOnPreviousText: expected a boolean/],
    [{ prefix: 5 }, /prefix: expected a string, found 5/],
    [{ audioContext: 'half' }, /audioContext: expected an object, found 'half'/],
    [{ audioContext: { padding: '5' } }, /audioContext\.padding: expected a number, found '5'/],
    [{ audioContext: { padding: 5, end: 1 } }, /audioContext\.end: there is no such option/],
    [{ suppressTokens: 'non-speech' }, /suppressTokens: expected an array/],
    [{ suppressTokens: ['speech'] }, /suppressTokens/],
    [{ suppressPattern: 'x' }, /suppressPattern: expected a RegExp/],
    [{ clipRanges: [3] }, /clipRanges/],
    [{ clipRanges: [{ start: 1, stop: 2 }] }, /clipRanges\[\]\.stop: there is no such option/],
    [{ beemSize: 5 }, /decoding\.beemSize: there is no such option/],
  ])('refuses the type of %o', (options, message) => {
    expect(() => resolve(options)).toThrow(TypeError);
    expect(() => resolve(options)).toThrow(message);
  });

  it('refuses what is no object', () => {
    expect(() => resolveWhisperDecoding(null as never)).toThrow(TypeError);
  });
});
