import { toJson, toLrc, toPlainText, toSrt, toTsv, toVtt } from '@org/asr-node';
import type { SubtitleOptions, Transcript } from '@org/asr-node';

/** What a transcript can be written as; the names are the files' extensions, too. */
export const FORMATS = ['txt', 'srt', 'vtt', 'tsv', 'json', 'lrc'] as const;
export type Format = (typeof FORMATS)[number];

/** Formats that {@link SubtitleOptions} are for. */
export const SUBTITLE_FORMATS: readonly Format[] = ['srt', 'vtt'];

/** A transcript as the content of a file. */
export function formatTranscript(transcript: Transcript, format: Format, options: SubtitleOptions): string {
  switch (format) {
    case 'txt':
      return toPlainText(transcript);
    case 'srt':
      return toSrt(transcript, options);
    case 'vtt':
      return toVtt(transcript, options);
    case 'tsv':
      return toTsv(transcript);
    case 'json':
      return toJson(transcript);
    case 'lrc':
      return toLrc(transcript);
  }
}
