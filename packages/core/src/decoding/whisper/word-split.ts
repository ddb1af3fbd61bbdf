/** One word with the tokens that spell it. The text keeps its leading space. */
export interface WordTokens {
  /** With its leading space. */
  readonly text: string;
  /** Token ids, in order. */
  readonly tokens: readonly number[];
}

/** What splitting needs of a tokenizer; core's `WhisperTokenizer` satisfies it. */
export interface WordSplitTokenizer {
  /** Text of tokens, timestamps included; incomplete UTF-8 becomes U+FFFD. */
  decodeWithTimestamps(ids: Iterable<number>): string;
  /** Whether an id is text, and not a control token or timestamp. */
  isText(id: number): boolean;
}

/** Languages that are written without spaces between words. */
const SPACELESS: ReadonlySet<string> = new Set(['zh', 'ja', 'th', 'lo', 'my', 'yue']);

const PUNCTUATION = '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~';
const REPLACEMENT = '�';

/**
 * Groups tokens into words: by spaces and punctuation, or into single characters (the smallest groups of tokens
 * that are whole characters) for zh, ja, th, lo, my and yue. Rules of openai/whisper `tokenizer.py`. Every token
 * ends up in exactly one word.
 *
 * @param language Whisper language code.
 */
export function splitIntoWords(
  tokens: readonly number[],
  tokenizer: WordSplitTokenizer,
  language: string | undefined,
): WordTokens[] {
  const parts = splitIntoCharacters(tokens, tokenizer);
  if (language !== undefined && SPACELESS.has(language)) return parts;
  const words: { text: string; tokens: number[] }[] = [];
  for (const part of parts) {
    const last = words.at(-1);
    const startsWord =
      last === undefined ||
      !tokenizer.isText(part.tokens[0]!) ||
      part.text.startsWith(' ') ||
      // A substring on purpose, as in the reference: "..." is none, ".," is none, "" is one.
      PUNCTUATION.includes(part.text.trim());
    if (startsWord) {
      words.push({ text: part.text, tokens: [...part.tokens] });
    } else {
      last.text += part.text;
      last.tokens.push(...part.tokens);
    }
  }
  return words;
}

/**
 * The smallest groups of tokens that decode to whole characters. Bytes that are no UTF-8 at all count as
 * characters where the whole text has U+FFFD at the same place.
 */
export function splitIntoCharacters(tokens: readonly number[], tokenizer: WordSplitTokenizer): WordTokens[] {
  const whole = tokenizer.decodeWithTimestamps(tokens);
  const parts: { text: string; tokens: number[] }[] = [];
  let current: number[] = [];
  let offset = 0;
  for (const token of tokens) {
    current.push(token);
    const text = tokenizer.decodeWithTimestamps(current);
    const broken = text.indexOf(REPLACEMENT);
    if (broken >= 0 && whole[offset + broken] !== REPLACEMENT) continue;
    parts.push({ text, tokens: current });
    offset += text.length;
    current = [];
  }
  if (current.length > 0) {
    // A character that never ends: the bytes belong to what was written last.
    const last = parts.at(-1);
    if (last === undefined) parts.push({ text: tokenizer.decodeWithTimestamps(current), tokens: current });
    else last.tokens.push(...current);
  }
  return parts;
}
