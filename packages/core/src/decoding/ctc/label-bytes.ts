import { composeEscapes, escapeBytes } from '../../text/byte-escapes.js';
import { byteLevelToBytes, isByteLevel } from '../../text/byte-level.js';
import { areIcefallBytes, icefallToBytes } from '../../text/icefall-bytes.js';

/**
 * How labels write bytes of characters, besides `<0xHH>`, which is a byte everywhere:
 *
 * - `none`: not at all.
 * - `gpt2`: byte-level BPE with GPT-2's stand-ins, `Ġ` for a space.
 * - `icefall`: byte-level BPE with icefall's stand-ins, `▁` for a space.
 */
export type ByteLevel = 'none' | 'gpt2' | 'icefall';

/** SentencePiece's mark of a word's beginning (U+2581). */
const WORD_START = '▁';
/** GPT-2's stand-in for a space. */
const GPT2_SPACE = 'Ġ';
/** SentencePiece's name of a byte label. */
const BYTE_NAME = /^<0x([0-9A-Fa-f]{2})>$/u;
/** Control labels: `<s>`, `[CLS]`. */
const CONTROL = /^[<[].+[>\]]$/u;

/** Which stand-ins labels use, as far as it can be told without doubt. */
export function detectByteLevel(labels: readonly string[]): ByteLevel {
  const text = labels.filter((label) => label !== '' && label !== ' ' && !CONTROL.test(label));
  const marked = text.some((label) => label.startsWith(WORD_START));
  // A letter Ġ of its own is Maltese.
  if (!marked && text.some((label) => label.length > 1 && label.startsWith(GPT2_SPACE))) {
    return text.every(isByteLevel) ? 'gpt2' : 'none';
  }
  return areIcefallBytes(text.map((label) => label.replaceAll(WORD_START, ''))) ? 'icefall' : 'none';
}

/** The byte that a label stands for, of labels that are named after one. */
export function namedByte(label: string): number | undefined {
  const [, digits] = BYTE_NAME.exec(label) ?? [];
  return digits === undefined ? undefined : Number.parseInt(digits, 16);
}

/** Text of a label; bytes of unfinished characters are escaped (`byte-escapes.ts`), all white space is a space. */
export function labelText(label: string, byteLevel: ByteLevel): string {
  const byte = namedByte(label);
  if (byte !== undefined) return spaced(escapeBytes([byte]));
  if (byteLevel === 'gpt2') {
    const bytes = byteLevelToBytes(label);
    return bytes ? spaced(escapeBytes(bytes)) : label;
  }
  if (byteLevel === 'icefall') {
    const parts = label.split(WORD_START).map((part) => icefallToBytes(part));
    if (parts.every((part) => part !== undefined)) {
      return spaced(composeEscapes(parts.map(escapeBytes).join(' ')));
    }
  }
  return label.replaceAll(WORD_START, ' ');
}

function spaced(text: string): string {
  return text.replaceAll(/[\t-\r]/gu, ' ');
}
