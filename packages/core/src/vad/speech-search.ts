import { OptionReader } from '../option-reader.js';
import { resolveSegmenterOptions, type SpeechSegmenterOptions } from './segmenter-options.js';
import type { Vad, VadOptions } from './vad.js';

/** Looser than the detector's own default: a word that is missed is lost, a click that is heard costs little. */
export const SEARCH_THRESHOLDS: SpeechSegmenterOptions = { minSpeechDuration: 0.1 };
/** How a transcription looks for speech: its `vad` option, checked. */
export interface SpeechSearch {
  readonly vad: Vad;
  readonly thresholds: SpeechSegmenterOptions;
  /** Seconds; undefined: the default of what is done with the pauses. */
  readonly maxPause: number | undefined;
}

/**
 * Checks the `vad` option.
 *
 * @throws TypeError, RangeError naming the option that can't be.
 */
export function planSpeechSearch(option: Vad | VadOptions | undefined): SpeechSearch | undefined {
  if (option === undefined) return undefined;
  if (isVad(option)) return planSpeechSearch({ model: option });
  const { model, maxPause, ...thresholds } = { ...option };
  if (!isVad(model)) {
    throw new TypeError('vad: expected what loadVad returns, or { model } with it and thresholds.');
  }
  resolveSegmenterOptions(thresholds, undefined, 'vad');
  return {
    vad: model,
    thresholds: { ...SEARCH_THRESHOLDS, ...thresholds },
    maxPause: new OptionReader('vad', { maxPause }).optionalNumber('maxPause', { from: 0 }),
  };
}

function isVad(value: unknown): value is Vad {
  return (
    typeof value === 'object' && value !== null && 'detect' in value && typeof value.detect === 'function'
  );
}
