/** One recording, or a part of one, and what is said in it. */
export interface Utterance {
  /** Unique in its set. */
  readonly id: string;
  /** Where the audio lies, as the manifest has it: mostly relative to the manifest's folder. */
  readonly audio: string;
  /** What was said: the reference that hypotheses are held against. Empty where nobody speaks. */
  readonly text: string;
  /** Where it begins in the recording, in seconds. Absent: at the recording's start. */
  readonly start?: number;
  /** Where it ends in the recording, in seconds. Absent: at the recording's end. */
  readonly end?: number;
  /** ISO 639-1 code of what is spoken, where the manifest says it. */
  readonly language?: string;
  /** Who speaks, where the manifest says it. */
  readonly speaker?: string;
  /** What it was recorded under (`car`, `far field`), where the manifest says it. */
  readonly condition?: string;
}
