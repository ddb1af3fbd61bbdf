import { AsrError } from '../../errors.js';
import {
  byteOf,
  composeEscapes,
  replaceEscapes,
  settledLength,
  startsWithEscape,
} from '../../text/byte-escapes.js';
import type { CtcToken } from './hypothesis.js';
import { detectByteLevel, labelText, namedByte, type ByteLevel } from './label-bytes.js';

/** What the labels of a CTC head stand for. */
export interface CtcVocabulary {
  /**
   * Text of every label; a space is a word boundary, the blank is the empty string. Labels may hold parts of characters: a
   * byte that makes no whole character is the lone surrogate U+DC00 + byte.
   */
  readonly pieces: readonly string[];
  /** Index of the blank label. */
  readonly blank: number;
  /** The label that is a word boundary and nothing else, in character vocabularies. */
  readonly wordDelimiter?: number;
  /** Labels that are one byte each (`<0xE4>`): their index by the byte. Absent when there are none. */
  readonly byteLabels?: ReadonlyMap<number, number>;
  /**
   * Where a word boundary counts: `ascii` only behind printable ASCII. icefall's byte-level BPE puts one before every
   * Chinese, Japanese or Korean character, which is none in the text. Absent: everywhere.
   */
  readonly boundariesAfter?: 'ascii';
}

/** Options of {@link createCtcVocabulary}. */
export interface CtcVocabularyOptions {
  /** Index of the blank label. Default: the label named `<pad>`, `[PAD]`, `<blk>`, `<blank>`, `<eps>`, `<epsilon>` or empty. */
  readonly blank?: number;
  /** Label between words in a character vocabulary. Default: `|`, a space or `▁`. */
  readonly wordDelimiter?: string;
  /**
   * Whether the labels are byte-level BPE, and with whose stand-ins for bytes. Default: `gpt2` or `icefall` where all labels
   * are such and one of them can be nothing else, `none` otherwise. Labels named `<0xE4>` are bytes in any case.
   */
  readonly byteLevel?: ByteLevel;
}

const BLANKS: readonly string[] = ['<pad>', '[PAD]', '<blk>', '<blank>', '<eps>', '<epsilon>', ''];
const UNKNOWNS: ReadonlySet<string> = new Set(['<unk>', '[UNK]']);
/** What a label outside of any text is shown as. */
const UNKNOWN_PIECE = '⁇';
/** SentencePiece's mark of a word's beginning (U+2581). */
const WORD_START = '▁';
/** BERT's mark of a piece that is no word's beginning. */
const CONTINUATION = '##';

/**
 * Reads a list of labels: characters with `|` or a space between words (wav2vec2, DeepSpeech, NeMo characters), word pieces
 * with `▁` in front of words (SentencePiece) or `##` in front of the others (BERT), with or without bytes for rare
 * characters (`<0xE4>`), or byte-level BPE (GPT-2, icefall).
 *
 * @throws AsrError `MODEL_INVALID` when the blank can't be told or the delimiter is missing.
 */
export function createCtcVocabulary(
  labels: readonly string[],
  options: CtcVocabularyOptions = {},
): CtcVocabulary {
  const blank = findBlank(labels, options.blank);
  const byteLevel = options.byteLevel ?? detectByteLevel(labels);
  const spelled = labels.some((label) => label.startsWith(CONTINUATION)) ? fromContinuations(labels) : labels;
  const wordPieces =
    byteLevel !== 'none' || spelled.some((label) => label.startsWith(WORD_START) && label !== WORD_START);
  const delimiter = findDelimiter(labels, options.wordDelimiter, wordPieces);
  const pieces = spelled.map((label, id) => {
    if (id === blank) return '';
    if (id === delimiter) return ' ';
    if (UNKNOWNS.has(label)) return wordPieces ? ` ${UNKNOWN_PIECE} ` : UNKNOWN_PIECE;
    return labelText(label, byteLevel);
  });
  const byteLabels = new Map<number, number>();
  labels.forEach((label, id) => {
    const byte = byteLevel === 'none' ? namedByte(label) : byteOf(pieces[id]!);
    if (byte !== undefined) byteLabels.set(byte, id);
  });
  const boundary = delimiter >= 0 ? delimiter : pieces.indexOf(' ');
  return {
    pieces,
    blank,
    ...(boundary >= 0 && { wordDelimiter: boundary }),
    ...(byteLabels.size > 0 && { byteLabels }),
    ...(byteLevel === 'icefall' && { boundariesAfter: 'ascii' }),
  };
}

function findBlank(labels: readonly string[], wanted: number | undefined): number {
  const blank = wanted ?? labels.findIndex((label) => BLANKS.includes(label));
  if (blank >= 0 && blank < labels.length) return blank;
  throw new AsrError(
    'MODEL_INVALID',
    wanted === undefined
      ? `vocabulary: none of its ${labels.length} labels is a blank (${BLANKS.filter(Boolean).join(', ')}); say which index is.`
      : `vocabulary: blank ${blank} is outside of its ${labels.length} labels.`,
  );
}

/** `##a` goes on a word; what is neither that nor a control label begins one. */
function fromContinuations(labels: readonly string[]): readonly string[] {
  return labels.map((label) => {
    if (label.startsWith(CONTINUATION)) return label.slice(CONTINUATION.length);
    return label === '' || label === WORD_START || /^[<[].+[>\]]$/u.test(label) ? label : WORD_START + label;
  });
}

function findDelimiter(labels: readonly string[], wanted: string | undefined, wordPieces: boolean): number {
  if (wanted !== undefined) {
    const found = labels.indexOf(wanted);
    if (found < 0) {
      throw new AsrError('MODEL_INVALID', `vocabulary: no label is the word delimiter "${wanted}".`);
    }
    return found;
  }
  // Among word pieces | is a character like others.
  const names = wordPieces ? [WORD_START] : ['|', ' ', WORD_START];
  return names.map((label) => labels.indexOf(label)).find((id) => id >= 0) ?? -1;
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
    if (text !== '') words.push({ text: replaceEscapes(text), tokens: members });
    text = '';
    members = [];
  };
  for (const token of tokens) {
    const parts = (vocabulary.pieces[token.id] ?? '').split(' ');
    parts.forEach((part, i) => {
      if (i > 0 && isBoundary(text, vocabulary)) close();
      if (part === '') return;
      text = composeEscapes(text + part);
      if (members.at(-1) !== token) members.push(token);
    });
  }
  close();
  return words;
}

/** Whether a boundary behind `text` is one. */
function isBoundary(text: string, { boundariesAfter }: CtcVocabulary): boolean {
  return boundariesAfter !== 'ascii' || /[!-~]$/u.test(text);
}

/** Labels that belong together because only together they are text, and that text. */
export interface SpelledTokens {
  readonly text: string;
  readonly tokens: readonly [CtcToken, ...CtcToken[]];
}

/** Joins labels that hold parts of one character; every other label stands alone. */
export function spellTokens(
  tokens: readonly CtcToken[],
  { pieces }: CtcVocabulary,
): readonly SpelledTokens[] {
  const units: { text: string; tokens: [CtcToken, ...CtcToken[]] }[] = [];
  let open = false;
  for (const token of tokens) {
    const piece = pieces[token.id] ?? '';
    const last = units.at(-1);
    if (last && open && startsWithEscape(piece)) {
      last.text = composeEscapes(last.text + piece);
      last.tokens.push(token);
    } else units.push({ text: piece, tokens: [token] });
    const { text } = units.at(-1)!;
    open = settledLength(text) < text.length;
  }
  return units.map((unit) => ({ ...unit, text: replaceEscapes(unit.text) }));
}
