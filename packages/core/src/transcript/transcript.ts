/** One recognised word. Times are seconds from the start of the audio. */
export interface Word {
  /** With the space before it where the language writes one: the words of a segment joined are its text. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** 0–1; how it is derived is documented per family. Absent when the model can't say. */
  readonly confidence?: number;
}

/** A stretch of speech that the decoder closed with times of its own. Plain data, JSON-safe. */
export interface Segment {
  readonly start: number;
  readonly end: number;
  readonly text: string;
  /** Present when word timestamps were asked for. */
  readonly words?: readonly Word[];
  /** 0–1: Whisper: `exp(avgLogProb)`. */
  readonly confidence?: number;
  /** Language of this segment where the model decides it. */
  readonly language?: string;
  /** Token ids of the segment, timestamps included. */
  readonly tokens?: readonly number[];
  /** Natural log-probability of each of `tokens`. */
  readonly tokenLogProbs?: readonly number[];
  /** Whisper: mean natural log-probability of the tokens of the window that this segment is from. */
  readonly avgLogProb?: number;
  /** Whisper: probability that the window holds no speech. */
  readonly noSpeechProb?: number;
  /** Whisper: bytes of the window's text divided by its zlib size; above 2.4 it is likely a loop. */
  readonly compressionRatio?: number;
  /** Sampling temperature that produced the window; 0 is greedy or beam. */
  readonly temperature?: number;
}

/** What `transcribe` resolves to. Plain data, JSON-safe. */
export interface Transcript {
  readonly text: string;
  /** ISO 639-1 code (Whisper's own codes where it has others); absent when unknown. */
  readonly language?: string;
  /** Probability of `language` where it was detected. */
  readonly languageProbability?: number;
  /** Length of the audio in seconds. */
  readonly duration: number;
  readonly segments: readonly Segment[];
}
