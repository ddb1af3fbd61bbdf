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
}

export function textOfWords(words: readonly HeardWord[]): string {
  return words.map(({ text }) => text).join('');
}
