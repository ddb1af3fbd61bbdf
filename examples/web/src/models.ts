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
  { id: 'folder', label: 'A folder on this device…' },
];

/** The files of a folder that the user has chosen, by their paths inside it. */
export function folderSource(files: Iterable<File>): ModelSource {
  const pathOf = (file: File): string => file.webkitRelativePath.split('/').slice(1).join('/') || file.name;
  return { files: Object.fromEntries([...files].map((file) => [pathOf(file), file])) };
}
