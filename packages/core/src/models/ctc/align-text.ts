import type { CtcToken } from '../../decoding/ctc/hypothesis.js';
import type { LogProbMatrix } from '../../decoding/ctc/log-probs.js';
import { alignLongCtc } from '../../decoding/ctc/long-alignment.js';
import type { CtcVocabulary } from '../../decoding/ctc/vocabulary.js';
import { withWildcard } from '../../decoding/ctc/wildcard.js';
import { TextTargets } from './text-targets.js';

/** A stretch of text with its place in the audio. Times are seconds. */
export interface AlignedUnit {
  /** As it stands in the text that was given. */
  readonly text: string;
  /** Seconds from the start of the audio. */
  readonly start: number;
  /** Seconds from the start of the audio. */
  readonly end: number;
  /** 0–1: the geometric mean of its label's probability over its frames (`exp` of torchaudio's score). */
  readonly score: number;
}

export interface AlignedTextWord extends AlignedUnit {
  /**
   * Its characters, or its word pieces where the model's labels are such. Characters that the model can't write are one
   * unit each run; punctuation that it can't write has none.
   */
  readonly units: readonly AlignedUnit[];
}

/** A text laid onto audio. */
export interface TextAlignment {
  /** In order; words of nothing but punctuation are left out. */
  readonly words: readonly AlignedTextWord[];
  /** Mean of the words' scores; 0 for a text without words. Low where text and audio don't belong together. */
  readonly score: number;
  /** Length of the audio in seconds. */
  readonly duration: number;
}

/** Options of {@link alignText}. */
export interface AlignTextOptions {
  readonly secondsPerFrame: number;
  readonly duration: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Lays a text onto the log-probabilities of its audio.
 *
 * @throws RangeError when the text has more labels than the audio has frames, or can't be followed through it.
 */
export function alignText(
  logProbs: LogProbMatrix,
  text: string,
  vocabulary: CtcVocabulary,
  { secondsPerFrame, duration, signal }: AlignTextOptions,
): TextAlignment {
  const targets = new TextTargets(vocabulary);
  const words = targets.split(text).filter(({ units }) => units.length > 0);
  const ids = targets.join(words);
  if (ids.length === 0) return { words: [], score: 0, duration };
  const wildcard = vocabulary.pieces.length;
  const matrix = ids.includes(wildcard) ? withWildcard(logProbs, vocabulary.blank) : logProbs;
  const { tokens } = alignLongCtc(matrix, ids, {
    blank: vocabulary.blank,
    onFrame: () => signal?.throwIfAborted(),
  });
  const place = (span: readonly CtcToken[]): Omit<AlignedUnit, 'text'> => {
    const frames = span.reduce((sum, token) => sum + token.end - token.start, 0);
    const logProb = span.reduce((sum, token) => sum + token.logProb, 0);
    return {
      start: toSeconds(span[0]!.start),
      end: toSeconds(span.at(-1)!.end),
      score: Math.exp(logProb / frames),
    };
  };
  const toSeconds = (frame: number): number =>
    Math.min(Math.round(frame * secondsPerFrame * 1e4) / 1e4, duration);
  const aligned: AlignedTextWord[] = [];
  let at = 0;
  for (const word of words) {
    const first = word.units[0]!.ids[0];
    // The labels between words belong to none.
    while (ids[at] !== first) at++;
    const start = at;
    const units = word.units.map((unit) => {
      const span = tokens.slice(at, (at += unit.ids.length));
      return { text: unit.text, ...place(span) };
    });
    aligned.push({ text: word.text, ...place(tokens.slice(start, at)), units });
  }
  return {
    words: aligned,
    score: aligned.reduce((sum, { score }) => sum + score, 0) / aligned.length,
    duration,
  };
}
