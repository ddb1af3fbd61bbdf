import { detectLanguage } from '../../decoding/whisper/language-detection.js';
import type { WindowRange } from '../../decoding/whisper/window-source.js';
import type { WhisperSpecialTokens } from '../../text/whisper-special-tokens.js';
import type { TranscriptionPlan } from './transcription-plan.js';
import type { WindowEncoder } from './window-encoder.js';

/**
 * The language of live audio, where it is to be detected: told anew by every reading until an utterance was heard to its end
 * and one language is probable enough. With `multilingualAudio` every utterance is told its own.
 */
export class LiveLanguage {
  readonly #plan: TranscriptionPlan;
  readonly #special: WhisperSpecialTokens;
  #code: string | undefined;
  #probability: number | undefined;
  #settled: boolean;

  constructor(plan: TranscriptionPlan, special: WhisperSpecialTokens) {
    this.#plan = plan;
    this.#special = special;
    this.#settled = plan.language !== 'auto';
    if (this.#settled) this.#code = plan.language ?? 'en';
  }

  /** Whisper's code; undefined before the first reading. */
  get code(): string | undefined {
    return this.#code;
  }

  /** Of a detected language. */
  get probability(): number | undefined {
    return this.#probability;
  }

  /** Listens to a window that is about to be read. */
  async listen(encoder: WindowEncoder, window: WindowRange, final: boolean): Promise<void> {
    if (this.#settled) return;
    const { languages, startOfTranscript } = this.#special;
    const { languageDetectionThreshold: threshold, multilingualAudio } = this.#plan.decoding;
    const { language, probability } = await detectLanguage(
      (index) => (index === 0 ? encoder.scoreStart(window, startOfTranscript) : Promise.resolve(undefined)),
      languages,
      { maxWindows: 1, threshold },
    );
    this.#code = language;
    this.#probability = probability;
    this.#settled = final && !multilingualAudio && probability > threshold;
  }
}
