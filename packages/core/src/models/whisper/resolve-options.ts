import { checkClipRanges, type ClipRange } from '../../decoding/whisper/clip-ranges.js';
import { APPENDED_PUNCTUATION, PREPENDED_PUNCTUATION } from '../../decoding/whisper/punctuation.js';
import { OptionReader } from '../../option-reader.js';
import type { WhisperDecoding } from './options.js';

/** {@link WhisperDecoding} with every default filled in. What may be absent is off when it is undefined. */
export interface ResolvedWhisperDecoding {
  readonly temperatures: readonly number[];
  readonly whenAllFail: 'best' | 'last';
  readonly beamSize: number;
  readonly patience: number;
  readonly lengthPenalty: number | undefined;
  readonly bestOf: number;
  readonly nBest: number;
  readonly seed: number;
  readonly compressionRatioThreshold: number | false;
  readonly logProbThreshold: number | false;
  readonly noSpeechThreshold: number | false;
  readonly conditionOnPreviousText: boolean;
  readonly promptResetTemperature: number;
  readonly carryInitialPrompt: boolean;
  readonly prefix: string;
  readonly hotwords: string;
  readonly suppressTokens: readonly (number | 'non-speech')[];
  readonly suppressPattern: RegExp | undefined;
  readonly suppressBlank: boolean;
  /** Seconds. */
  readonly maxInitialTimestamp: number | undefined;
  /** Undefined: half the model's context. */
  readonly maxNewTokens: number | undefined;
  readonly repetitionPenalty: number;
  readonly noRepeatNgramSize: number;
  readonly clipRanges: readonly ClipRange[];
  /** Seconds of padding behind a window; undefined: it is filled up to 30 s. */
  readonly audioPadding: number | undefined;
  readonly hallucinationSilenceThreshold: number | undefined;
  readonly wordAlignment: 'decoding' | 'teacher-forced';
  readonly wordConfidence: 'decoding' | 'teacher-forced';
  readonly trimSilence: boolean;
  readonly prependPunctuation: string;
  readonly appendPunctuation: string;
  readonly languageDetectionWindows: number;
  readonly languageDetectionThreshold: number;
  readonly multilingualAudio: boolean;
}

/** Rows of one decoder run; more would only exhaust memory. */
const MAX_ROWS = 32;

/**
 * Checks decoding options and fills in the defaults.
 *
 * @param speechOnly Whether the windows are cut at pauses by a detector, and so don't need each other.
 * @throws TypeError when an option has the wrong type or is unknown, RangeError when its value can't work; both name it.
 */
export function resolveWhisperDecoding(
  options: WhisperDecoding = { type: 'whisper' },
  speechOnly = false,
): ResolvedWhisperDecoding {
  const read = new OptionReader('decoding', options, ['type']);
  const beamSize = read.integer('beamSize', 1, 1, MAX_ROWS);
  const patience = read.optionalNumber('patience', { above: 0 });
  if (patience !== undefined && beamSize === 1) {
    throw new RangeError('decoding.patience: needs beamSize above 1.');
  }
  const bestOf = read.integer('bestOf', 5, 1, MAX_ROWS);
  const steps = temperatures(read);
  const searchesBeams = steps.includes(0);
  const nBest = read.integer('nBest', 0, 0, MAX_ROWS);
  const rows = searchesBeams ? beamSize : bestOf;
  if (nBest > rows) {
    throw new RangeError(
      `decoding.nBest: ${nBest} texts need ${searchesBeams ? 'beamSize' : 'bestOf'} ${nBest} or more, found ${rows}.`,
    );
  }
  const hallucinationSilenceThreshold = read.optionalNumber('hallucinationSilenceThreshold', { from: 0 });
  const wordAlignment = read.choice('wordAlignment', ['teacher-forced', 'decoding']);
  const maxInitialTimestamp = read.threshold('maxInitialTimestamp', 1, { from: 0, to: 30 });
  const resolved: ResolvedWhisperDecoding = {
    temperatures: steps,
    whenAllFail: read.choice('whenAllFail', ['best', 'last']),
    beamSize,
    patience: patience ?? 1,
    lengthPenalty: read.optionalNumber('lengthPenalty', { from: 0, to: 1 }),
    bestOf,
    nBest,
    seed: read.integer('seed', 0, Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER),
    compressionRatioThreshold: read.threshold('compressionRatioThreshold', 2.4, { from: 0 }),
    logProbThreshold: read.threshold('logProbThreshold', -1, { to: 0 }),
    noSpeechThreshold: read.threshold('noSpeechThreshold', 0.6, { from: 0, to: 1 }),
    conditionOnPreviousText: read.boolean('conditionOnPreviousText', !speechOnly),
    promptResetTemperature: read.number('promptResetTemperature', 0.5, { from: 0 }),
    carryInitialPrompt: read.boolean('carryInitialPrompt', false),
    prefix: read.string('prefix', ''),
    hotwords: read.string('hotwords', ''),
    suppressTokens: suppressTokens(read),
    suppressPattern: read.pattern('suppressPattern'),
    suppressBlank: read.boolean('suppressBlank', true),
    maxInitialTimestamp: maxInitialTimestamp === false ? undefined : maxInitialTimestamp,
    maxNewTokens: read.optionalInteger('maxNewTokens', 1, 1e6),
    repetitionPenalty: read.number('repetitionPenalty', 1, { above: 0 }),
    noRepeatNgramSize: read.integer('noRepeatNgramSize', 0, 0, 1e6),
    clipRanges: clipRanges(read),
    audioPadding: audioPadding(read),
    hallucinationSilenceThreshold,
    wordAlignment,
    // The first is the default.
    wordConfidence: read.choice(
      'wordConfidence',
      hallucinationSilenceThreshold !== undefined && wordAlignment === 'teacher-forced'
        ? ['teacher-forced', 'decoding']
        : ['decoding', 'teacher-forced'],
    ),
    trimSilence: read.boolean('trimSilence', true),
    prependPunctuation: read.string('prependPunctuation', PREPENDED_PUNCTUATION),
    appendPunctuation: read.string('appendPunctuation', APPENDED_PUNCTUATION),
    languageDetectionWindows: read.integer('languageDetectionWindows', 1, 1, 1e6),
    languageDetectionThreshold: read.number('languageDetectionThreshold', 0.5, { from: 0, to: 1 }),
    multilingualAudio: read.boolean('multilingualAudio', false),
  };
  read.finish();
  return resolved;
}

function temperatures(read: OptionReader): readonly number[] {
  const value = read.take('temperature') ?? [0, 0.2, 0.4, 0.6, 0.8, 1];
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (list.length === 0) read.refuse('temperature', 'at least one temperature', value);
  return list.map((item) =>
    read.checkNumber('temperature', item, { from: 0 }, 'a number or an array of them'),
  );
}

function suppressTokens(read: OptionReader): readonly (number | 'non-speech')[] {
  const list = read.list('suppressTokens') ?? ['non-speech'];
  return list.map((item) => {
    if (item === 'non-speech') return item;
    if (typeof item !== 'number') return read.mistype('suppressTokens', "token ids and 'non-speech'", item);
    return Number.isInteger(item) && item >= 0 ? item : read.refuse('suppressTokens', 'token ids', item);
  });
}

function audioPadding(read: OptionReader): number | undefined {
  const value = read.take('audioContext') ?? 'full';
  if (value === 'full') return undefined;
  const context = new OptionReader('decoding.audioContext', value === 'fit' ? {} : value);
  // Ten seconds: with seven or fifteen more words were wrong (docs/decisions/0018-short-audio-context.md).
  const padding = context.number('padding', 10, { from: 1, to: 30 });
  context.finish();
  return padding;
}

function clipRanges(read: OptionReader): readonly ClipRange[] {
  const ranges = (read.list('clipRanges') ?? []).map((item): ClipRange => {
    const range = new OptionReader('decoding.clipRanges[]', item);
    const start = range.number('start', Number.NaN, { from: 0 });
    const end = range.optionalNumber('end', { from: 0 });
    range.finish();
    return { start, end };
  });
  checkClipRanges(ranges);
  return ranges;
}
