import type { SpeechSegmenterOptions } from '@org/asr-core';

/** Options by the names of silero-vad. */
export interface PythonVadOptions {
  readonly threshold?: number;
  readonly neg_threshold?: number;
  readonly min_speech_duration_ms?: number;
  readonly min_silence_duration_ms?: number;
  readonly speech_pad_ms?: number;
  readonly max_speech_duration_s?: number;
  readonly min_silence_at_max_speech?: number;
  readonly use_max_poss_sil_at_max_speech?: boolean;
}

/** The same by our names. */
export function translateVadOptions(options: PythonVadOptions): SpeechSegmenterOptions {
  const milliseconds: Readonly<Record<string, string>> = {
    min_speech_duration_ms: 'minSpeechDuration',
    min_silence_duration_ms: 'minSilenceDuration',
    speech_pad_ms: 'speechPadding',
    min_silence_at_max_speech: 'minSilenceAtMaxSpeech',
  };
  const translated: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(options)) {
    if (name in milliseconds) translated[milliseconds[name]!] = Number(value) / 1000;
    else if (name === 'threshold') translated['threshold'] = value;
    else if (name === 'neg_threshold') translated['negativeThreshold'] = value;
    else if (name === 'max_speech_duration_s') translated['maxSpeechDuration'] = value;
    else if (name === 'use_max_poss_sil_at_max_speech') translated['cutAt'] = value ? 'longest' : 'last';
    else throw new Error(`option ${name} has no translation`);
  }
  return translated;
}
