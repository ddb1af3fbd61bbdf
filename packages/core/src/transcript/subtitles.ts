import { makeCues } from './cues.js';
import type { SubtitleOptions } from './cues.js';
import { formatTimestamp, toMilliseconds } from './format-timestamp.js';
import type { Transcript } from './transcript.js';

/** What the writers read of a transcript. */
export type Subtitled = Pick<Transcript, 'segments'>;

/** SubRip (`.srt`). Equal to openai/whisper's writer. @throws RangeError for a limit that is no positive integer. */
export function toSrt(transcript: Subtitled, options: SubtitleOptions = {}): string {
  const format = { alwaysHours: true, decimalMark: ',' };
  return makeCues(transcript.segments, options, (text) => text, toMilliseconds)
    .map(({ start, end, text }, index) => {
      return `${index + 1}\n${formatTimestamp(start, format)} --> ${formatTimestamp(end, format)}\n${text}\n\n`;
    })
    .join('');
}

/**
 * WebVTT (`.vtt`). Equal to openai/whisper's writer, except that `&` and `<` of the text are escaped, as the
 * format asks for. @throws RangeError for a limit that is no positive integer.
 */
export function toVtt(transcript: Subtitled, options: SubtitleOptions = {}): string {
  const escape = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return (
    'WEBVTT\n\n' +
    makeCues(transcript.segments, options, escape, toMilliseconds)
      .map(({ start, end, text }) => `${formatTimestamp(start)} --> ${formatTimestamp(end)}\n${text}\n\n`)
      .join('')
  );
}
