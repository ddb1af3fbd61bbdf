import type { Segment, Transcript } from '../transcript/transcript.js';
import type { EarlierReading } from './confirmation.js';
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

/** The words of successive readings, from the first that is not confirmed. */
export interface OpenWords<W extends HeardWord> {
  readonly words: readonly W[];
  /** Of the readings of the same stretch before, the latest last. */
  readonly earlier: readonly EarlierReading<W>[];
  /** Length of the audio that was read. Seconds. */
  readonly heard: number;
}

/** A model that hears whole recordings, as live decoding uses it: it reads the same audio again as there comes more of it. */
export interface UtteranceModel<W extends HeardWord = HeardWord> {
  /** Hz. */
  readonly sampleRate: number;
  /** Longest audio that it reads at once. Seconds. */
  readonly maxLength: number;
  /**
   * Transcribes the audio of one stretch from its start to its end.
   *
   * @param confirmed What the transcript begins with; found before in the same audio, by a shorter reading.
   * @param final Whether the speech may be over with this audio.
   * @returns All words, the confirmed ones first, which may have new times; no others where there is no speech. Undefined
   *   for a reading that is not final and made no sense.
   */
  read(audio: Float32Array, confirmed: readonly W[], final: boolean): Promise<readonly W[] | undefined>;
  /** How many of the words of the latest reading, from the first that is not confirmed, will not be revised. */
  countConfirmable(open: OpenWords<W>): number;
  /** Segments of the words of the latest reading, which was the last one of its stretch. */
  conclude(words: readonly W[], span: StretchSpan): readonly Segment[];
  /** All that was concluded. */
  transcript(duration: number): Transcript;
}
