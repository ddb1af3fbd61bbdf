/**
 * The special tokens that decoding needs, by id. The tokenizer's `WhisperSpecialTokens` satisfies this; people
 * who bring a tokenizer of their own fill in the ids of their vocabulary. Ids below `endOfText` are text, as are those
 * above `timestampEnd`, which are words that a fine-tune added.
 */
export interface WhisperTokenIds {
  /** `<|endoftext|>`; every id below it is text. */
  readonly endOfText: number;
  /** `<|startoftranscript|>` */
  readonly startOfTranscript: number;
  /** `<|translate|>` */
  readonly translate: number;
  /** `<|transcribe|>` */
  readonly transcribe: number;
  /** `<|startoflm|>` */
  readonly startOfLm: number;
  /** `<|startofprev|>`, opens the prompt. */
  readonly startOfPrevious: number;
  /** `<|nospeech|>` */
  readonly noSpeech: number;
  /** `<|notimestamps|>` */
  readonly noTimestamps: number;
  /** `<|0.00|>` */
  readonly timestampBegin: number;
  /** The last timestamp, `<|30.00|>`; the ids between step by 0.02 s. */
  readonly timestampEnd: number;
}

/** Seconds per timestamp token, which is also the length of an encoder position. */
export const TIMESTAMP_PRECISION = 0.02;
/** Feature frames per second (a hop of 10 ms). */
export const FRAMES_PER_SECOND = 100;
/** Feature frames per timestamp token. */
export const FRAMES_PER_TIMESTAMP = 2;
/** Feature frames of a full window of 30 s. */
export const WINDOW_FRAMES = 3000;

/** Whether an id is text. */
export function isTextToken(id: number, ids: Pick<WhisperTokenIds, 'endOfText' | 'timestampEnd'>): boolean {
  return id < ids.endOfText || id > ids.timestampEnd;
}

/** Whether an id is a timestamp. */
export function isTimestampToken(
  id: number,
  ids: Pick<WhisperTokenIds, 'timestampBegin' | 'timestampEnd'>,
): boolean {
  return id >= ids.timestampBegin && id <= ids.timestampEnd;
}
