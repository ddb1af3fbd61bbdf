import type { Segment, Word } from './transcript.js';

/** How subtitles are cut and marked. The options need words; a transcript without words is cut by segments. */
export interface SubtitleOptions {
  /** Longest line in characters (code points); a longer word has a line of its own. Default: unlimited. */
  readonly maxLineWidth?: number;
  /**
   * Most lines in one subtitle. Together with `maxLineWidth` subtitles are cut where they are full or speech
   * pauses for 3 s, not where segments end. Default: unlimited.
   */
  readonly maxLineCount?: number;
  /** Most words in one subtitle. Default: unlimited. */
  readonly maxWordsPerLine?: number;
  /** One cue per word, in which that word is underlined. Default false. */
  readonly highlightWords?: boolean;
}

/** One subtitle: text that is shown from `start` to `end` seconds. */
export interface Cue {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** A pause that ends a subtitle when subtitles are not cut by segments, in seconds. */
const LONG_PAUSE = 3;

/**
 * Cuts a transcript into subtitles, with the rules of openai/whisper's writers.
 *
 * @param escape Applied to text, but not to the marks of highlighted words.
 * @param toTick What two times must have in common to count as the same when gaps between words are filled.
 */
export function makeCues(
  segments: readonly Segment[],
  options: SubtitleOptions,
  escape: (text: string) => string,
  toTick: (seconds: number) => number,
): Cue[] {
  checkLimit('maxLineWidth', options.maxLineWidth);
  checkLimit('maxLineCount', options.maxLineCount);
  checkLimit('maxWordsPerLine', options.maxWordsPerLine);
  if (!segments.some((segment) => segment.words !== undefined)) {
    return segments.map(({ start, end, text }) => {
      return { start, end, text: escape(withoutBlankLines(text.trim().replaceAll('-->', '->'))) };
    });
  }
  const cues: Cue[] = [];
  for (const words of groupWords(segments, options)) {
    if (options.highlightWords) cues.push(...highlight(words, escape, toTick));
    else {
      const text = withoutBlankLines(words.map((word) => word.text).join(''));
      cues.push({ start: words[0]!.start, end: words.at(-1)!.end, text: escape(text) });
    }
  }
  return cues;
}

function checkLimit(name: string, value: number | undefined): void {
  if (value !== undefined && !(Number.isInteger(value) && value > 0)) {
    throw new RangeError(`${name} must be a positive integer, got ${value}`);
  }
}

/** A blank line would end the subtitle. */
function withoutBlankLines(text: string): string {
  return text.replace(/\n(?:[^\S\n]*\n)+/gu, '\n');
}

/** The words of each subtitle, spaces and line breaks in their texts. */
function groupWords(segments: readonly Segment[], options: SubtitleOptions): Word[][] {
  const { maxLineWidth, maxLineCount, maxWordsPerLine = Infinity } = options;
  const width = maxLineWidth ?? Infinity;
  const keepsSegments = maxLineCount === undefined || maxLineWidth === undefined;
  const groups: Word[][] = [];
  let group: Word[] = [];
  let lineLength = 0;
  let lines = 1;
  let lastStart = segments[0]?.words?.[0]?.start ?? segments[0]?.start ?? 0;

  for (const segment of segments) {
    for (const [index, word] of wordsOf(segment).entries()) {
      const pauses = !keepsSegments && word.start - lastStart > LONG_PAUSE;
      const isDue = keepsSegments ? index % maxWordsPerLine === 0 : group.length >= maxWordsPerLine;
      const opensPart = group.length > 0 && isDue;
      const fits = lineLength + length(word.text) <= width;
      let { text } = word;
      if (lineLength > 0 && fits && !pauses && !opensPart) {
        lineLength += length(text);
      } else {
        text = text.trim();
        const isFull = maxLineCount !== undefined && (pauses || lines >= maxLineCount);
        const breaksLine = lineLength > 0;
        lineLength = length(text);
        if (opensPart || (group.length > 0 && isFull)) {
          groups.push(group);
          group = [];
          lines = 1;
        } else if (breaksLine) {
          lines++;
          text = `\n${text}`;
        }
      }
      group.push({ ...word, text });
      lastStart = word.start;
    }
  }
  if (group.length > 0) groups.push(group);
  return groups;
}

/** A segment without words counts as one word. */
function wordsOf(segment: Segment): readonly Word[] {
  return segment.words ?? [{ text: segment.text, start: segment.start, end: segment.end }];
}

function length(text: string): number {
  return [...text].length;
}

/** One cue per word, and one for each gap between words, in which none is marked. */
function highlight(
  words: readonly Word[],
  escape: (text: string) => string,
  toTick: (seconds: number) => number,
): Cue[] {
  const texts = words.map((word) => escape(word.text));
  const cues: Cue[] = [];
  let last = words[0]!.start;
  for (const [index, { start, end }] of words.entries()) {
    if (toTick(last) !== toTick(start)) {
      cues.push({ start: last, end: start, text: withoutBlankLines(texts.join('')) });
    }
    const marked = texts.with(index, texts[index]!.replace(/^(\s*)(.*)$/u, '$1<u>$2</u>'));
    cues.push({ start, end, text: withoutBlankLines(marked.join('')) });
    last = end;
  }
  return cues;
}
