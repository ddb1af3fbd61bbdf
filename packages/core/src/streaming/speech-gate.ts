import { AsrError } from '../errors.js';
import { SILERO_WINDOWS } from '../vad/segmenter-options.js';
import { SEARCH_THRESHOLDS, type SpeechSearch } from '../vad/speech-search.js';
import type { VadStream } from '../vad/vad.js';
import { EnergyGate } from './energy-gate.js';

/** A pause that ends what was said. Seconds. */
const CONCLUDING_PAUSE = 0.6;

/** What live audio is read by. */
export interface SpeechGate {
  /** Where somebody speaks; what it opens is the caller's. */
  readonly openGate: () => VadStream;
  /** A longer pause is not read. Seconds. */
  readonly maxPause: number;
}

/**
 * The detector that the caller brought, or else one by level alone.
 *
 * @throws AsrError `OPTION_UNSUPPORTED` for a detector with a model of another rate.
 */
export function openSpeechGate(search: SpeechSearch | undefined, sampleRate: number): SpeechGate {
  if (search && sampleRate !== SILERO_WINDOWS.sampleRate) {
    throw new AsrError(
      'OPTION_UNSUPPORTED',
      `vad: a detector hears ${SILERO_WINDOWS.sampleRate} Hz, this model ${sampleRate} Hz; leave it out.`,
    );
  }
  if (!search) {
    return { openGate: () => new EnergyGate(sampleRate, SEARCH_THRESHOLDS), maxPause: CONCLUDING_PAUSE };
  }
  const { vad, thresholds, maxPause = CONCLUDING_PAUSE } = search;
  return { openGate: () => vad.stream(thresholds), maxPause };
}
