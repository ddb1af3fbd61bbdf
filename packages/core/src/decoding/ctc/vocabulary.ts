import { AsrError } from '../../errors.js';
import type { CtcToken } from './hypothesis.js';

/** What the labels of a CTC head stand for. */
export interface CtcVocabulary {
  /** Text of every label; a space is a word boundary, the blank is the empty string. */
  readonly pieces: readonly string[];
  /** Index of the blank label. */
  readonly blank: number;
  /** The label that is a word boundary and nothing else, in character vocabularies. */
  readonly wordDelimiter?: number;
}

/** Options of {@link createCtcVocabulary}. */
export interface CtcVocabularyOptions {
  /** Index of the blank label. Default: the label named `<pad>`, `[PAD]`, `<blk>`, `<blank>`, `<eps>`, `<epsilon>` or empty. */
  readonly blank?: number;
  /** Label between words in a character vocabulary. Default: `|`, or a space. */
  readonly wordDelimiter?: string;
}

const BLANKS: readonly string[] = ['<pad>', '[PAD]', '<blk>', '<blank>', '<eps>', '<epsilon>', ''];
const UNKNOWNS: ReadonlySet<string> = new Set(['<unk>', '[UNK]']);
/** What a label outside of any text is shown as. */
const UNKNOWN_PIECE = '⁇';
/** SentencePiece's mark of a word's beginning (U+2581). */
const WORD_START = '▁';

/**
 * Reads a list of labels: characters with `|` or a space between words (wav2vec2, DeepSpeech, NeMo characters) or
 * word pieces with `▁` in front of words (SentencePiece).
 *
 * @throws AsrError `MODEL_INVALID` when the blank can't be told or the delimiter is missing.
 */
export function createCtcVocabulary(
  labels: readonly string[],
  options: CtcVocabularyOptions = {},
): CtcVocabulary {
  const blank = options.blank ?? labels.findIndex((label) => BLANKS.includes(label));
  if (blank < 0 || blank >= labels.length) {
    throw new AsrError(
      'MODEL_INVALID',
      options.blank === undefined
        ? `vocabulary: none of its ${labels.length} labels is a blank (${BLANKS.filter(Boolean).join(', ')}); say which index is.`
        : `vocabulary: blank ${blank} is outside of its ${labels.length} labels.`,
    );
  }
  const delimiter = findDelimiter(labels, options.wordDelimiter);
  const wordPieces = labels.some((label) => label.startsWith(WORD_START) && label !== WORD_START);
  const pieces = labels.map((label, id) => {
    if (id === blank) return '';
    if (id === delimiter) return ' ';
    if (UNKNOWNS.has(label)) return wordPieces ? ` ${UNKNOWN_PIECE} ` : UNKNOWN_PIECE;
    return label.replaceAll(WORD_START, ' ');
  });
  return delimiter < 0 ? { pieces, blank } : { pieces, blank, wordDelimiter: delimiter };
}

function findDelimiter(labels: readonly string[], wanted: string | undefined): number {
  if (wanted !== undefined) {
    const found = labels.indexOf(wanted);
    if (found < 0) {
      throw new AsrError('MODEL_INVALID', `vocabulary: no label is the word delimiter "${wanted}".`);
    }
    return found;
  }
  return ['|', ' ', WORD_START].map((label) => labels.indexOf(label)).find((id) => id >= 0) ?? -1;
}

/** A word and the tokens it was read from. */
export interface CtcWord {
  /** Spelling, without spaces. */
  readonly text: string;
  /** The labels that spell it. */
  readonly tokens: readonly CtcToken[];
}

/** Groups the tokens of a hypothesis into words; boundary labels belong to none. */
export function groupWords(tokens: readonly CtcToken[], vocabulary: CtcVocabulary): CtcWord[] {
  const words: CtcWord[] = [];
  let text = '';
  let members: CtcToken[] = [];
  const close = (): void => {
    if (text !== '') words.push({ text, tokens: members });
    text = '';
    members = [];
  };
  for (const token of tokens) {
    const parts = (vocabulary.pieces[token.id] ?? '').split(' ');
    parts.forEach((part, i) => {
      if (i > 0) close();
      if (part === '') return;
      text += part;
      if (members.at(-1) !== token) members.push(token);
    });
  }
  close();
  return words;
}
