import type { TranscribeOptions } from '../../speech-model.js';
import { readDecoding } from '../ctc/decoding-plan.js';
import type { TranscriptPlan } from '../ctc/transcript.js';

/** A transcription as it was asked for, checked and with every default filled in. */
export interface TransducerPlan extends TranscriptPlan {
  /** Absent for greedy decoding. */
  readonly beamWidth: number | undefined;
}

/**
 * Checks the options of `transcribe` against what transducers can do.
 *
 * @throws TypeError, RangeError for options that can't be; AsrError `OPTION_UNSUPPORTED` for those that only other
 * families honour.
 */
export function planTransducer(options: TranscribeOptions): TransducerPlan {
  const { timestamps, type, read } = readDecoding(options, 'a transducer', [
    'transducer-greedy',
    'transducer-beam',
  ]);
  const segmentPause = read.number('segmentPause', 0.8, { from: 0 });
  const beamWidth = type === 'transducer-beam' ? read.integer('beamWidth', 4, 1, 100) : undefined;
  const nBest = beamWidth === undefined ? undefined : read.optionalInteger('nBest', 1, beamWidth);
  read.finish();
  return {
    timestamps,
    segmentPause,
    confidence: { method: 'max-prob', aggregation: 'min' },
    beamWidth,
    beam: beamWidth === undefined ? undefined : { nBest: nBest ?? 1, wantsNBest: nBest !== undefined },
  };
}
