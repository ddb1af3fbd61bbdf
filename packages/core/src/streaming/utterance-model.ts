import type { Segment, Transcript } from '../transcript/transcript.js';
import type { HeardWord } from './heard-word.js';

/** Where a stretch of audio lies that was read to its end. Seconds from the start of the stream. */
export interface StretchSpan {
  /** Where the audio begins that was read. */
  readonly start: number;
  /** Where it ends. */
  readonly end: number;
  /** Where speech in it begins and ends. */
  readonly speech: { readonly start: number; readonly end: number };
}

/** A model that hears whole recordings, as live decoding uses it: it reads the same audio again as there comes more of it. */
export interface UtteranceModel {
  /** Hz. */
  readonly sampleRate: number;
  /** Longest audio that it reads at once. Seconds. */
  readonly maxLength: number;
  /**
   * Transcribes audio from its start to its end.
   *
   * @param confirmed What the transcript begins with; found before in the same audio, by a shorter reading.
   * @param final Whether nothing will follow this audio.
   * @returns All words, the confirmed ones first, which may have new times; no others where there is no speech. Undefined
   *   for a reading that is not final and made no sense.
   */
  read(
    audio: Float32Array,
    confirmed: readonly HeardWord[],
    final: boolean,
  ): Promise<readonly HeardWord[] | undefined>;
  /** Segments of the words of a stretch, which are the context of what follows. */
  conclude(words: readonly HeardWord[], span: StretchSpan): readonly Segment[];
  /** All that was concluded. */
  transcript(duration: number): Transcript;
}
