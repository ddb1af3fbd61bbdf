import whisperTinyEn from '@org/asr-model-whisper-tiny-en';
import type { ModelSource } from '@org/asr-web';

/** A model that the page offers. */
export interface ModelChoice {
  readonly id: string;
  readonly label: string;
  /** Absent for the folder that the user is asked for. */
  readonly source?: ModelSource;
}

export const modelChoices: readonly ModelChoice[] = [
  { id: 'tiny.en', label: 'Whisper tiny, English (44 MB)', source: whisperTinyEn },
  { id: 'base', label: 'Whisper base, 99 languages (80 MB)', source: 'onnx-community/whisper-base' },
  { id: 'folder', label: 'A folder on this device…' },
];
