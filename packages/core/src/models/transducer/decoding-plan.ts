import { AsrError } from '../../errors.js';
import { OptionReader } from '../../option-reader.js';
import type { TranscribeOptions } from '../../speech-model.js';
import { refuseUnhonoured } from '../ctc/decoding-plan.js';
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
  refuseUnhonoured(options, 'a transducer');
  const { timestamps = 'segment', decoding = { type: 'transducer-greedy' } } = options;
  if (timestamps !== 'none' && timestamps !== 'segment' && timestamps !== 'word') {
    throw new TypeError(`timestamps: expected none, segment or word, found ${String(timestamps)}`);
  }
  if (typeof decoding !== 'object' || decoding === null) {
    throw new TypeError(`decoding: expected an object with a type, found ${String(decoding)}.`);
  }
  if (decoding.type !== 'transducer-greedy' && decoding.type !== 'transducer-beam') {
    throw new AsrError(
      'OPTION_UNSUPPORTED',
      `decoding.type: "${String(decoding.type)}" is for another family; a transducer takes "transducer-greedy" or ` +
        '"transducer-beam".',
    );
  }
  const read = new OptionReader('decoding', decoding, ['type']);
  const segmentPause = read.number('segmentPause', 0.8, { from: 0 });
  const beamWidth = decoding.type === 'transducer-beam' ? read.integer('beamWidth', 4, 1, 100) : undefined;
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
