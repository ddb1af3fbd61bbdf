/** A word, or a mark, of an utterance under way. */
export interface HeardWord {
  /** With the space before it. */
  readonly text: string;
  /** Seconds from the start of the audio that was read. Absent where the model can't align its text with the audio. */
  readonly start?: number;
  /** Seconds from the start of the audio that was read. */
  readonly end?: number;
  /** 0–1. */
  readonly probability: number;
  /** How near another word came: its probability relative to that of this one. From 0; absent where that is not known. */
  readonly rival?: number;
}

export function textOfWords(words: readonly HeardWord[]): string {
  return words.map(({ text }) => text).join('');
}
