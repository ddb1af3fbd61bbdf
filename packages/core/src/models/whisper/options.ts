import type { ClipRange } from '../../decoding/whisper/clip-ranges.js';

/**
 * Whisper's own decoding options. All are optional; each default says why it is what it is. Thresholds are
 * openai/whisper's, with which the models were evaluated. `false` turns a threshold off.
 */
export interface WhisperDecoding {
  /** Says that these are Whisper's options. */
  readonly type: 'whisper';

  /**
   * Temperatures that a window is decoded at, in order, until the result passes the thresholds; or a single one. 0 is
   * deterministic (beam or greedy search), above it tokens are sampled.
   *
   * Default `[0, 0.2, 0.4, 0.6, 0.8, 1]`: nearly all windows pass at 0, and those that loop are rescued.
   */
  readonly temperature?: number | readonly number[];
  /**
   * What to keep of a window that fails at every temperature. `best`: the likeliest result that is no loop, as
   * faster-whisper does. `last`: the last one, as openai/whisper does.
   *
   * Default `best`: at temperature 1 the last one is close to random text.
   */
  readonly whenAllFail?: 'best' | 'last';

  /**
   * Hypotheses that are followed side by side at temperature 0, an integer from 1 (greedy) to 32.
   *
   * Default 1: five beams take half as long again per token and change few words.
   */
  readonly beamSize?: number;
  /**
   * A beam search stops when `round(beamSize · patience)` hypotheses have ended. Above 0. Needs `beamSize` above 1.
   *
   * Default 1: more rarely pays off.
   */
  readonly patience?: number;
  /**
   * Exponent α, 0 to 1, of the length penalty ((5 + length) / 6)^α by which log-probabilities are divided when beams or
   * samples are compared. Default: none; they are divided by the length, which favours no length.
   */
  readonly lengthPenalty?: number;
  /**
   * Samples drawn at temperatures above 0, of which the likeliest is kept. An integer from 1 to 32.
   *
   * Default 5: they share one run of the model per token, and a window that fell back to sampling needs the help.
   */
  readonly bestOf?: number;
  /**
   * Most texts to return of every window, in `segment.nBest` and, where one window holds all of the audio, in
   * `transcript.nBest`; the kept text is the first of them. From 0 to `beamSize`, or to `bestOf` where `temperature` leaves
   * out 0. Beams that read the same count once, so there may be fewer.
   *
   * Default 0: none.
   */
  readonly nBest?: number;
  /**
   * Seed of the sampling, an integer. The same seed, audio and weights give the same text.
   *
   * Default 0: results are reproducible unless asked otherwise.
   */
  readonly seed?: number;

  /**
   * A window whose text compresses better than this (UTF-8 bytes by zlib size) is a repetition loop and has failed.
   * Default 2.4.
   */
  readonly compressionRatioThreshold?: number | false;
  /** A window whose mean log-probability is below this has failed. Default −1. */
  readonly logProbThreshold?: number | false;
  /**
   * A window is skipped as silence when its no-speech probability is above this and its mean log-probability is not above
   * `logProbThreshold`. Default 0.6.
   */
  readonly noSpeechThreshold?: number | false;

  /**
   * Whether a window is told the text before it.
   *
   * Default true: names and style stay the same throughout. `false` keeps a mistake or a loop from spreading, and is the
   * default with `vad`: the windows then begin and end at pauses, and copies of the model (`replicas`) decode several
   * at once.
   */
  readonly conditionOnPreviousText?: boolean;
  /**
   * The text so far is forgotten after a window that needed a temperature above this.
   *
   * Default 0.5: such text is unreliable and would mislead the next window.
   */
  readonly promptResetTemperature?: number;
  /**
   * Whether every window is told the `prompt`, or only until the text so far takes its place.
   *
   * Default false: the text so far is the better context.
   */
  readonly carryInitialPrompt?: boolean;
  /** The known beginning of the transcript; decoding continues it, and it is part of the result. Default: none. */
  readonly prefix?: string;
  /**
   * Words to listen for, told to every window. Default: none. Words that are not spoken may be heard nevertheless.
   */
  readonly hotwords?: string;

  /**
   * Token ids that are never decoded, and `non-speech` for those of sounds, brackets, speaker marks and music notes.
   *
   * Default `['non-speech']`: captions in the training data had them for what is not said.
   */
  readonly suppressTokens?: readonly (number | 'non-speech')[];
  /** Tokens whose text matches are never decoded, besides `suppressTokens`. Default: none. */
  readonly suppressPattern?: RegExp;
  /** Whether a transcript may not begin with a blank or end at once. Default true: silence has rules of its own. */
  readonly suppressBlank?: boolean;
  /**
   * Latest time of the first timestamp of a window, in seconds; `false` for none.
   *
   * Default 1: the model otherwise skips speech at the beginning of a window now and then.
   */
  readonly maxInitialTimestamp?: number | false;
  /** Most tokens decoded in a window, at least 1. Default: half the model's context, 224; what goes on longer is a loop. */
  readonly maxNewTokens?: number;
  /**
   * Above 1, text that a window has already said becomes less likely; below 1, more likely. Above 0.
   *
   * Default 1 (off): speech does repeat words.
   */
  readonly repetitionPenalty?: number;
  /** No run of this many tokens may occur twice in a window; an integer. Default 0 (off): speech does repeat phrases. */
  readonly noRepeatNgramSize?: number;

  /** Parts of the audio to transcribe, in order and apart. Default: all of it. Times are those of the whole audio. */
  readonly clipRanges?: readonly ClipRange[];

  /**
   * How much the model hears of a window shorter than 30 s (whisper.cpp's audio context). `full`: it is filled up to 30 s,
   * as the model was trained and openai/whisper does. `fit`: the audio and 10 s of padding, in about half the time, with about
   * as many words wrong; a word may lie up to half a second from where it lies with `full`. `{ padding }`: other seconds than 10,
   * 1 to 30; with 5, 12 s take a quarter less again, and in sum no more words were wrong (docs/decisions/0018-short-audio-context.md
   * has the numbers). A fitted window whose text fails the thresholds, or goes
   * on beyond what can be said in its time, is decoded in 30 s before temperatures are raised. Languages are always told
   * by 30 s. Windows that reach 30 s with their padding are the same either way.
   *
   * Default `full`. The SDK's own layout takes short windows as it is; encoders of Hugging Face's layout are rewritten and opened
   * again for them, once, by the first transcription that asks. Other graphs are refused, and so is `multilingualAudio` beside it.
   * It suits single utterances and recordings behind `vad`: the last window of a long recording
   * that is told the text before it has more words wrong.
   */
  readonly audioContext?: 'fit' | 'full' | { readonly padding?: number };
  /**
   * With word timestamps: text that is likely made up is dropped where silence longer than this, in seconds, surrounds
   * it. Default: not done; it costs words of real speech now and then.
   */
  readonly hallucinationSilenceThreshold?: number;
  /**
   * What words are timed by. `teacher-forced`: the text is fed to the model once more, without timestamps, and the next window
   * starts where the last word ends, as openai/whisper does; times are openai/whisper's. `decoding`: the
   * attention with which the text was decoded; it costs no more than that, and the text is the same as without words. Beams and
   * samples are always fed once more.
   *
   * Default `teacher-forced`: of 471 words, 95 % lie within 0.06 s of these times with `decoding`, but single ones beside a
   * pause half a second and more away.
   */
  readonly wordAlignment?: 'decoding' | 'teacher-forced';
  /**
   * What the `confidence` of a word, the mean probability of its tokens, is drawn from. `decoding`: what each token was chosen
   * with, among all that the rules allowed (timestamps too). `teacher-forced`: its share among tokens of text when the text is fed
   * to the model once more, as in openai/whisper; that needs logits at every token, and the second reading takes twice as long.
   * Words of a `prefix`, which was not decoded, and of a text that is not the last one decoded, have the latter in any case.
   *
   * Default `decoding`; `teacher-forced` with `hallucinationSilenceThreshold`, whose limits were made for it. With
   * `wordAlignment: 'decoding'` there is no second reading, and `teacher-forced` is refused.
   */
  readonly wordConfidence?: 'decoding' | 'teacher-forced';
  /**
   * Whether the ends of segments move inwards over silence, as far as the audio is clearly silent there.
   *
   * Default true: Whisper likes whole seconds, and ends that lie seconds inside of a pause. `false` gives the times that
   * the model decoded.
   */
  readonly trimSilence?: boolean;
  /** Punctuation that is joined to the word after it. Default `"'“¿([{-`. */
  readonly prependPunctuation?: string;
  /** Punctuation that is joined to the word before it. Default `"'.。,，!！?？:：”)]}、`. */
  readonly appendPunctuation?: string;

  /**
   * Most windows that are listened to when the language is detected, at least 1.
   *
   * Default 1: the first 30 s nearly always tell, and every further window costs an encoder run.
   */
  readonly languageDetectionWindows?: number;
  /**
   * Detection stops at a language more probable than this, 0 to 1. Default 0.5: no other can be likelier.
   */
  readonly languageDetectionThreshold?: number;
  /**
   * Whether the audio is in several languages.
   *
   * With `vad`, which it should be used with: speech is joined over pauses below 0.5 s to utterances of up to 30 s, the language of each
   * is told by that utterance alone, a change of language costs 1.5 nats (Viterbi's algorithm over all of them), and windows hold one
   * language. That takes a run of the encoder for each utterance, before the first segment. `language` of the transcript
   * is the one that is spoken longest.
   *
   * Without `vad`: the language is detected anew for every window, which is 30 s long wherever languages change; that of
   * the transcript is told by the first.
   *
   * Default false: few words are easily mistaken for another language.
   */
  readonly multilingualAudio?: boolean;
}
