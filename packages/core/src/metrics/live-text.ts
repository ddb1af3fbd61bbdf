import { alignSequences } from './alignment.js';

/** A text as it was shown at a moment: all that was read so far, or what of it was confirmed. */
export interface ShownText {
  /** Seconds, of any clock. */
  readonly time: number;
  /** All of the text, not what was added. */
  readonly text: string;
}

/** A word of the last text that was shown. */
export interface WordEmission {
  /** Normalised. */
  readonly word: string;
  /** Since when it stood, and all before it. Seconds. */
  readonly time: number;
}

/** Options of the measures of live text. */
export interface LiveTextOptions {
  /** Applied to every word before words are compared; words that become empty don't count. Default: nothing. */
  readonly normalize?: (word: string) => string;
}

/**
 * How much of what was shown was taken back, in words per word of the final text: Σ (|oᵢ₋₁| − |common beginning of oᵢ₋₁ and
 * oᵢ|) / |final|. 0 for text that only grew. Normalised erasure of Arivazhagan et al. 2020, "Re-translation versus Streaming
 * for Simultaneous Translation", section 2.
 *
 * @param texts In order; the last is the final text. For an empty final text: the number of words taken back.
 */
export function normalizedErasure(texts: readonly string[], options: LiveTextOptions = {}): number {
  let erased = 0;
  let shown: readonly string[] = [];
  for (const text of texts) {
    const words = wordsOf(text, options);
    erased += shown.length - commonLength(shown, words);
    shown = words;
  }
  return shown.length === 0 ? erased : erased / shown.length;
}

/**
 * When each word of the final text came to stay: the time from which on it and all words before it were not changed.
 *
 * @param history In order of time; the last is the final text.
 */
export function wordEmissions(
  history: readonly ShownText[],
  options: LiveTextOptions = {},
): readonly WordEmission[] {
  let standing: WordEmission[] = [];
  for (const { time, text } of history) {
    const words = wordsOf(text, options);
    const kept = commonLength(
      standing.map(({ word }) => word),
      words,
    );
    standing = [...standing.slice(0, kept), ...words.slice(kept).map((word) => ({ word, time }))];
  }
  return standing;
}

/** How late a word of the reference came. */
export interface EmissionDelay {
  /** Of the word in the reference. */
  readonly index: number;
  /** Seconds from the end of the word to its emission; negative where it was guessed. */
  readonly delay: number;
}

/**
 * How long after it was said each word came. Words that only one side has are left out (minimal alignment, as for the word
 * error rate).
 *
 * @param reference The words that were said and when each ends, by the clock of the emissions.
 */
export function emissionDelays(
  reference: readonly { readonly text: string; readonly end: number }[],
  emissions: readonly WordEmission[],
  options: LiveTextOptions = {},
): readonly EmissionDelay[] {
  const said = reference.flatMap(({ text, end }, index) =>
    wordsOf(text, options).map((word) => ({ word, end, index })),
  );
  const chunks = alignSequences(
    said.map(({ word }) => word),
    emissions.map(({ word }) => word),
  );
  return chunks
    .filter(({ type }) => type === 'equal')
    .flatMap(({ referenceStart, referenceEnd, hypothesisStart }) =>
      said.slice(referenceStart, referenceEnd).map(({ end, index }, i) => ({
        index,
        delay: emissions[hypothesisStart + i]!.time - end,
      })),
    );
}

function wordsOf(text: string, { normalize = (word) => word }: LiveTextOptions): readonly string[] {
  return text
    .split(/\s+/)
    .map((word) => normalize(word))
    .filter((word) => word !== '');
}

function commonLength(a: readonly string[], b: readonly string[]): number {
  let length = 0;
  while (length < a.length && length < b.length && a[length] === b[length]) length++;
  return length;
}
