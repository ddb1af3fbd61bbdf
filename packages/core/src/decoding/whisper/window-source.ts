import type { SearchResult } from './search.js';
import type { AlignedWord } from './word-timing.js';

/** Audio cut into windows of up to 30 s, as the long-form loop reads it. */
export interface WindowSource {
  /** Prepares a window (features, encoder) for any number of decodings. The loop disposes it. */
  open(window: WindowRange): Promise<WindowDecoder>;
  /**
   * Whether a window surely holds no speech: it is then passed over unopened. The model is no judge of that, it hears
   * "you" in digital silence. Default: every window is decoded.
   */
  isSilent?(window: WindowRange): boolean;
}

/** A stretch of the audio in frames of 10 ms. */
export interface WindowRange {
  /** First frame, from the start of the audio. */
  readonly seek: number;
  /** Frames that hold audio, 1 … 3000; the model's window is padded beyond them. */
  readonly size: number;
}

/** One window, ready to be decoded. */
export interface WindowDecoder {
  /** Language of this window where the source decides it window by window; copied to its segments. */
  readonly language?: string;
  /**
   * Decodes the window once, in the way asked for; the loop decides whether to keep the result.
   *
   * @throws The signal's reason when aborted; AsrError `BACKEND_FAILED` from the graphs.
   */
  decode(attempt: WindowAttempt): Promise<SearchResult>;
  /**
   * Makes a decoder that hears a short window without filling it up to 30 s hear it so from now on, as the model was trained:
   * the loop asks for it when what was decoded first has failed.
   *
   * @returns Whether anything has changed. Default: it never does.
   */
  widen?(): Promise<boolean>;
  /**
   * Times the words of a transcript of this window. Needed only when words are asked for.
   *
   * @param textTokens Text tokens of all its segments, in order.
   * @returns Words with times from the start of the window, as from `alignWords`.
   */
  alignWords?(textTokens: readonly number[]): Promise<readonly AlignedWord[]>;
  /** Frees what `open` prepared. The loop calls it once, also after a failure. */
  dispose(): void | Promise<void>;
}

/** How to decode a window this time. */
export interface WindowAttempt {
  /** 0: the likeliest token every time, or beam search. Above 0: sampling. */
  readonly temperature: number;
  /** Tokens of the text before this window, at most `previousTextLimit` of them. Empty: no context. */
  readonly previous: readonly number[];
  /** Tokens with which the transcript of this window begins; empty but for the first window. */
  readonly prefix: readonly number[];
}
