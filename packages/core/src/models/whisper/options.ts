/** Whisper's own decoding options. Defaults are openai/whisper's; each says why. */
export interface WhisperDecoding {
  readonly type: 'whisper';
  /**
   * A window is skipped when its no-speech probability is above this and its mean log-probability is not above
   * `logProbThreshold`. Default 0.6.
   */
  readonly noSpeechThreshold?: number;
  /** Mean log-probability below which a window counts as failed. Default −1. */
  readonly logProbThreshold?: number;
}
