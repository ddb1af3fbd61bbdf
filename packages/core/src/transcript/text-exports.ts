import { toMilliseconds } from './format-timestamp.js';
import type { Subtitled } from './subtitles.js';
import type { Transcript } from './transcript.js';

/** One line per segment. Equal to openai/whisper's `.txt` writer. */
export function toPlainText(transcript: Subtitled): string {
  return transcript.segments.map((segment) => `${segment.text.trim()}\n`).join('');
}

/**
 * Tab-separated values with a header line: start and end in whole milliseconds, text with tabs as spaces. Equal
 * to openai/whisper's `.tsv` writer.
 */
export function toTsv(transcript: Subtitled): string {
  const rows = transcript.segments.map(({ start, end, text }) => {
    return `${toMilliseconds(start)}\t${toMilliseconds(end)}\t${text.trim().replaceAll('\t', ' ')}\n`;
  });
  return `start\tend\ttext\n${rows.join('')}`;
}

/** The whole transcript as indented JSON. */
export function toJson(transcript: Transcript): string {
  return `${JSON.stringify(transcript, undefined, 2)}\n`;
}

/** Options of `toLrc`. */
export interface LrcOptions {
  /** Put a time before every word, too ("enhanced" LRC). Segments without words get none. Default false. */
  readonly words?: boolean;
}

/** Lyrics (`.lrc`): one line per segment that has text, with the time at which it starts, `[mm:ss.xx]`. */
export function toLrc(transcript: Subtitled, options: LrcOptions = {}): string {
  let out = '';
  for (const segment of transcript.segments) {
    const words = options.words ? (segment.words ?? []) : [];
    const text =
      words.length > 0
        ? words.map((word) => `<${formatLrcTime(word.start)}> ${oneLine(word.text)}`).join(' ')
        : oneLine(segment.text);
    if (text !== '') out += `[${formatLrcTime(segment.start)}]${text}\n`;
  }
  return out;
}

function oneLine(text: string): string {
  return text.trim().replace(/\s*\n\s*/gu, ' ');
}

/** Minutes, seconds and hundredths; the format has no hours. */
function formatLrcTime(seconds: number): string {
  const total = Math.round(toMilliseconds(seconds) / 10);
  const minutes = String(Math.floor(total / 6000)).padStart(2, '0');
  const rest = String(Math.floor(total / 100) % 60).padStart(2, '0');
  return `${minutes}:${rest}.${String(total % 100).padStart(2, '0')}`;
}
