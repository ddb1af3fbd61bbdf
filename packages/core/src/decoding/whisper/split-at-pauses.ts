import { REACH, pausesInside, type Pause } from './pauses.js';
import type { WindowSegment } from './segments.js';
import type { AlignedWord } from './word-timing.js';

/**
 * Cuts segments at pauses that are known from elsewhere. Where a window has no text before it, Whisper often writes several
 * sentences as one segment; the words tell which of them were spoken before the pause.
 *
 * @param segments Segments of one window, in order.
 * @param words Of the text of all these segments, in order, as from `alignWords`.
 * @param pauses In order and apart.
 * @param timeOffset Where the window begins. Seconds.
 * @param isText Whether a token is text.
 * @returns The segments, or the parts of them. No token is lost.
 */
export function splitAtPauses(
  segments: readonly WindowSegment[],
  words: readonly AlignedWord[],
  pauses: readonly Pause[],
  timeOffset: number,
  isText: (token: number) => boolean,
): readonly WindowSegment[] {
  let next = 0;
  return segments.flatMap((segment) => {
    const textTokens = segment.tokens.filter(isText).length;
    const own: AlignedWord[] = [];
    for (let taken = 0; next < words.length && taken < textTokens; next++) {
      own.push(words[next]!);
      taken += words[next]!.tokens.length;
    }
    const cuts = findCuts(own, pausesInside(segment, pauses), timeOffset);
    return cuts.length === 0 ? [segment] : cutSegment(segment, own, cuts, isText);
  });
}

/** A pause and the word that is the first after it. */
interface Cut {
  readonly pause: Pause;
  readonly word: number;
}

function findCuts(
  words: readonly AlignedWord[],
  pauses: readonly Pause[],
  timeOffset: number,
): readonly Cut[] {
  const cuts: Cut[] = [];
  for (const pause of pauses) {
    let found = -1;
    let least = REACH;
    for (let word = (cuts.at(-1)?.word ?? 0) + 1; word < words.length; word++) {
      // Punctuation is of the word before it.
      if (!/[\p{L}\p{N}]/u.test(words[word]!.text)) continue;
      const boundary = timeOffset + words[word]!.start;
      const distance = Math.max(pause.start - boundary, boundary - pause.end, 0);
      if (distance >= least) continue;
      least = distance;
      found = word;
    }
    if (found >= 0) cuts.push({ pause, word: found });
  }
  return cuts;
}

function cutSegment(
  segment: WindowSegment,
  words: readonly AlignedWord[],
  cuts: readonly Cut[],
  isText: (token: number) => boolean,
): readonly WindowSegment[] {
  const textIndices = segment.tokens.flatMap((token, index) => (isText(token) ? [index] : []));
  const parts: WindowSegment[] = [];
  let from = 0;
  let { start } = segment;
  for (const { pause, word } of cuts) {
    const before = words.slice(0, word).reduce((sum, { tokens }) => sum + tokens.length, 0);
    const to = textIndices[before]!;
    parts.push({ start, end: pause.start, tokens: segment.tokens.slice(from, to) });
    from = to;
    start = pause.end;
  }
  return [...parts, { start, end: segment.end, tokens: segment.tokens.slice(from) }];
}
