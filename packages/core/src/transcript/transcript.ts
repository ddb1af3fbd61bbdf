/** One recognised word. Times are seconds from the start of the audio. */
export interface Word {
  /** With the space before it where the language writes one: the words of a segment joined and trimmed are its text. */
  readonly text: string;
  /** Seconds from the start of the audio. */
  readonly start: number;
  /** Seconds from the start of the audio; at least `start`. */
  readonly end: number;
  /** 0–1; how it is derived is documented per family. Absent when the model can't say. */
  readonly confidence?: number;
}

/** A stretch of speech that the decoder closed with times of its own. Plain data, JSON-safe. */
export interface Segment {
  /** Seconds from the start of the audio. */
  readonly start: number;
  /** Seconds from the start of the audio; at least `start`. */
  readonly end: number;
  /** What was said in it, without spaces at its ends. */
  readonly text: string;
  /** Present when word timestamps were asked for. */
  readonly words?: readonly Word[];
  /** 0–1: Whisper: `exp(avgLogProb)`; CTC: mean of its words' confidence. */
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
  /**
   * Whisper: the best texts of the window that begins with this segment, which several segments may be from; best first,
   * where `decoding.nBest` asked for them. Live CTC: those of the utterance that begins with it.
   */
  readonly nBest?: readonly TranscriptAlternative[];
  /** Index of the audio channel it was spoken in, from 0, where channels were transcribed apart. */
  readonly channel?: number;
  /** Whisper: bytes of the window's text divided by its zlib size; above 2.4 it is likely a loop. */
  readonly compressionRatio?: number;
  /** Sampling temperature that produced the window; 0 is greedy or beam. */
  readonly temperature?: number;
}

/** A text that a beam search or sampling found. */
export interface TranscriptAlternative {
  /** What it reads. */
  readonly text: string;
  /**
   * What it was ranked by. CTC: `logProb` plus what language models and hotwords added, in nats. Whisper: `logProb` by
   * length, see `decoding.lengthPenalty`.
   */
  readonly score: number;
  /** Natural log-probability that the acoustic model gives it. */
  readonly logProb: number;
  /** Whisper: its token ids, timestamps included. */
  readonly tokens?: readonly number[];
  /** Whisper: natural log-probability of each of `tokens`. */
  readonly tokenLogProbs?: readonly number[];
}

/** What `transcribe` resolves to. Plain data, JSON-safe. */
export interface Transcript {
  /** All that was said. */
  readonly text: string;
  /** ISO 639-1 code (Whisper's own codes where it has others); absent when unknown. */
  readonly language?: string;
  /** Probability of `language` where it was detected. */
  readonly languageProbability?: number;
  /** Length of the audio in seconds. */
  readonly duration: number;
  /** In order of time. */
  readonly segments: readonly Segment[];
  /**
   * The best texts of the whole audio, best first, where they were asked for; the first is `text`. Whisper: where the audio
   * was decoded as one window; else each window's are with its first segment.
   */
  readonly nBest?: readonly TranscriptAlternative[];
  /**
   * One transcript per channel, where channels were transcribed apart. `segments` then holds those of all channels by
   * start time, and `text` has a line per turn.
   */
  readonly channels?: readonly Transcript[];
}
