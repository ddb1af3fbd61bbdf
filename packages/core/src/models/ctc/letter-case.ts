import type { CtcVocabulary } from '../../decoding/ctc/vocabulary.js';
import type { NgramModel } from '../../lm/ngram-model.js';

/** A case that text is brought to. */
export type LetterCase = 'as-is' | 'lower' | 'upper';

/** Words of a language model that are looked at to tell its case. */
const SAMPLE = 2000;

export function toCase(text: string, letterCase: LetterCase): string {
  if (letterCase === 'lower') return text.toLowerCase();
  return letterCase === 'upper' ? text.toUpperCase() : text;
}

/** The one case that labels are written in; `as-is` when they have both or none. */
export function caseOfLabels({ pieces, byteLabels }: CtcVocabulary): LetterCase {
  const bytes = new Set(byteLabels?.values());
  // Whole names in brackets (<unk>, <s>) are no text, and bytes are there for any text.
  return caseOf(
    pieces.filter((piece, id) => !bytes.has(id) && !/^[<[].+[>\]]$/u.test(piece)),
    0,
  );
}

/** In which case labels have to be looked up in language models; see `CtcBeamDecoding.languageModelCase`. */
export function chooseCase(
  wanted: 'auto' | LetterCase,
  vocabulary: CtcVocabulary,
  models: readonly NgramModel[],
): LetterCase {
  if (wanted !== 'auto') return wanted;
  const labels = caseOfLabels(vocabulary);
  if (labels === 'as-is') return 'as-is';
  const cases = new Set(models.map(caseOfModel).filter((one) => one !== 'as-is'));
  const [only] = cases;
  return only !== undefined && cases.size === 1 ? only : labels;
}

const modelCases = new WeakMap<NgramModel, LetterCase>();

function caseOfModel(model: NgramModel): LetterCase {
  const known = modelCases.get(model);
  if (known) return known;
  const sample: string[] = [];
  for (const word of model.words() ?? []) {
    if (!word.startsWith('<')) sample.push(word);
    if (sample.length === SAMPLE) break;
  }
  // An odd "I" or "McDonald" doesn't make a mixed vocabulary.
  const found = caseOf(sample, 0.05);
  modelCases.set(model, found);
  return found;
}

/** @param strays Share of texts that may be of the other case. */
function caseOf(texts: readonly string[], strays: number): LetterCase {
  let lower = 0;
  let upper = 0;
  for (const text of texts) {
    if (text !== text.toUpperCase()) lower++;
    if (text !== text.toLowerCase()) upper++;
  }
  if (lower > 0 && upper <= strays * lower) return 'lower';
  return upper > 0 && lower <= strays * upper ? 'upper' : 'as-is';
}
