import { toSrt, toVtt } from '@org/asr-node';
import type { Segment, TextAlignment } from '@org/asr-node';
import { toTextGrid } from './text-grid.js';

/** What an alignment can be written as. */
export const ALIGN_FORMATS = ['tsv', 'json', 'textgrid', 'srt', 'vtt'] as const;
export type AlignFormat = (typeof ALIGN_FORMATS)[number];

/** An alignment as the content of a file. @param text What was aligned; its lines are subtitles. */
export function formatAlignment(alignment: TextAlignment, text: string, format: AlignFormat): string {
  switch (format) {
    case 'tsv':
      return toTsv(alignment);
    case 'json':
      return `${JSON.stringify(alignment, undefined, 2)}\n`;
    case 'textgrid':
      return toTextGrid(alignment);
    case 'srt':
      return toSrt({ segments: lineSegments(alignment, text) });
    case 'vtt':
      return toVtt({ segments: lineSegments(alignment, text) });
  }
}

/** One word a line: start and end in seconds, score, text. */
function toTsv({ words }: TextAlignment): string {
  const rows = words.map(({ start, end, score, text }) => {
    return `${start.toFixed(3)}\t${end.toFixed(3)}\t${score.toFixed(3)}\t${text}\n`;
  });
  return `start\tend\tscore\ttext\n${rows.join('')}`;
}

/** The lines of the text with the times of their words. Lines of nothing but punctuation are left out. */
export function lineSegments({ words }: TextAlignment, text: string): readonly Segment[] {
  const segments: Segment[] = [];
  let next = 0;
  for (const line of text.split('\n')) {
    const first = next;
    for (const word of line.split(/\s+/u)) {
      // Words of nothing but punctuation were not aligned.
      if (word !== '' && words[next]?.text === word) next++;
    }
    if (next > first) {
      segments.push({ start: words[first]!.start, end: words[next - 1]!.end, text: line.trim() });
    }
  }
  return segments;
}
