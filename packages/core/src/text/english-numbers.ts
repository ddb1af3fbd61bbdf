import { NUMBER_PREFIXES, numberWords } from './english-number-words.js';
import type { NumberWord } from './english-number-words.js';
import { isPlainNumber, multiply, parsePlainNumber } from './number-text.js';
import type { NumberText } from './number-text.js';
import { splitWhitespace, WHITESPACE } from './whitespace.js';
import { WORD_END, WORD_START } from './word-boundary.js';

/**
 * Spelled-out English numbers as digits, with signs, currencies, percents, ordinals and plurals: "forty eight
 * and a half dollars" becomes "$48.5", "double oh seven" "007". Equal to openai/whisper's
 * `EnglishNumberNormalizer`, its known oddities included ("one second" becomes "12nd"): error rates are
 * compared with published ones. 1 alone stays the word "one".
 *
 * @param text Lower case.
 */
export function normalizeEnglishNumbers(text: string): string {
  const words = splitWhitespace(spaceOut(replaceHalves(text)));
  return tidyCurrencies(new NumberReader(words).read().join(' '));
}

const HALF = /* @__PURE__ */ new RegExp(`${WORD_START}and${WHITESPACE}+a${WHITESPACE}+half${WORD_END}`, 'u');
const SUFFIX_GAP = /* @__PURE__ */ new RegExp(`([0-9])${WHITESPACE}+(st|nd|rd|th|s)${WORD_END}`, 'gu');
const WHOLE_AND_CENTS = /* @__PURE__ */ new RegExp(`([€£$])([0-9]+) (?:and )?¢([0-9]{1,2})${WORD_END}`, 'gu');
const ONLY_CENTS = /* @__PURE__ */ new RegExp(`[€£$]0.([0-9]{1,2})${WORD_END}`, 'gu');
const ONE = /* @__PURE__ */ new RegExp(`${WORD_START}1(s?)${WORD_END}`, 'gu');

/** "three and a half" → "three point five", after a number word. */
function replaceHalves(text: string): string {
  const parts = text.split(HALF);
  const out: string[] = [];
  for (const [index, part] of parts.entries()) {
    const last = splitWhitespace(part).at(-1);
    if (last === undefined) continue;
    out.push(part);
    if (index === parts.length - 1) continue;
    const word = numberWords().get(last);
    out.push(word !== undefined && (isDecimal(word) || isMultiplier(word)) ? 'point five' : 'and a half');
  }
  return out.join(' ');
}

/** Spaces between digits and letters, except before an ending: "10km" → "10 km", "3 rd" → "3rd". */
function spaceOut(text: string): string {
  return text
    .replace(/([a-z])([0-9])/gu, '$1 $2')
    .replace(/([0-9])([a-z])/gu, '$1 $2')
    .replace(SUFFIX_GAP, '$1$2');
}

/** "$2 and ¢7" → "$2.07"; "$0.36" → "¢36"; 1 → "one". */
function tidyCurrencies(text: string): string {
  return text
    .replace(WHOLE_AND_CENTS, (_, currency: string, whole: string, cents: string) => {
      return `${currency}${whole}.${cents.padStart(2, '0')}`;
    })
    .replace(ONLY_CENTS, (_, cents: string) => `¢${Number(cents)}`)
    .replace(ONE, 'one$1');
}

function isCardinal(word: NumberWord | undefined, type: 'one' | 'ten'): boolean {
  return word?.type === type && word.suffix === '';
}

function isDecimal(word: NumberWord | undefined): boolean {
  return word?.type === 'zero' || isCardinal(word, 'one') || isCardinal(word, 'ten');
}

function isMultiplier(word: NumberWord | undefined): boolean {
  return word?.type === 'multiplier' && word.suffix === '';
}

/**
 * Reads words from left to right and assembles numbers. A number ends where a word can't continue it; it is then
 * put out with the symbol that was set for it.
 */
class NumberReader {
  readonly #words: readonly string[];
  readonly #out: string[] = [];
  /** The number so far. */
  #value: NumberText | undefined;
  /** Sign or currency of the number so far. */
  #prefix = '';

  constructor(words: readonly string[]) {
    this.#words = words;
  }

  read(): string[] {
    const known = numberWords();
    for (let i = 0; i < this.#words.length; i++) {
      const current = this.#words[i]!;
      const next = this.#words[i + 1];
      const word = known.get(current);
      const [first = ''] = current;
      const unsigned = NUMBER_PREFIXES.includes(first) ? current.slice(first.length) : current;
      if (isPlainNumber(unsigned)) this.#readDigits(current, unsigned);
      else if (word === undefined) this.#putWord(current);
      else {
        const previousWord = known.get(this.#words[i - 1] ?? '');
        const nextWord = next === undefined ? undefined : known.get(next);
        const beforeNumber = nextWord !== undefined || (next !== undefined && isPlainNumber(next));
        const usedNext = this.#readWord(word, current, { previousWord, nextWord, next, beforeNumber });
        if (usedNext) i++;
      }
    }
    this.#flush();
    return this.#out;
  }

  /** Puts out the number so far, if any. */
  #flush(): void {
    if (this.#value !== undefined) this.#put(String(this.#value));
  }

  /** Puts out a number with its symbol. */
  #put(number: string): void {
    this.#out.push(this.#prefix + number);
    this.#value = undefined;
    this.#prefix = '';
  }

  /** A word that is no part of a number. */
  #putWord(word: string): void {
    this.#flush();
    this.#put(word);
  }

  #readDigits(text: string, unsigned: string): void {
    if (typeof this.#value === 'string' && this.#value.endsWith('.')) {
      // Digits after "point", or the next part of a dotted address.
      this.#value += text;
      return;
    }
    this.#flush();
    if (text !== unsigned) this.#prefix = text.slice(0, text.length - unsigned.length);
    this.#value = parsePlainNumber(unsigned);
  }

  /** @returns Whether the next word was used up, too. */
  #readWord(word: NumberWord, current: string, around: Surroundings): boolean {
    switch (word.type) {
      case 'zero':
        this.#value = `${this.#digits()}0`;
        return false;
      case 'one':
      case 'ten':
        this.#readCardinal(word, around.previousWord);
        return false;
      case 'multiplier':
        this.#readMultiplier(word.value, word.suffix);
        return false;
      case 'sign':
        this.#flush();
        if (around.beforeNumber) this.#prefix = word.symbol;
        else this.#put(current);
        return false;
      case 'currency':
        if (this.#value === undefined) this.#put(current);
        else {
          this.#prefix = word.symbol;
          this.#flush();
        }
        return false;
      case 'percent':
        this.#put(this.#value === undefined ? current : `${this.#value}%`);
        return false;
      case 'per':
        if (this.#value === undefined || around.next !== 'cent') {
          this.#putWord(current);
          return false;
        }
        this.#put(`${this.#value}%`);
        return true;
      default:
        return this.#readConnector(word, current, around);
    }
  }

  /** Words that join parts of a number, and are words of their own before anything else. */
  #readConnector(
    word: NumberWord & { type: 'and' | 'repeat' | 'point' },
    current: string,
    { previousWord, nextWord, next, beforeNumber }: Surroundings,
  ): boolean {
    if (!beforeNumber) {
      this.#putWord(current);
      return false;
    }
    if (word.type === 'and') {
      // "one hundred and two"
      if (!isMultiplier(previousWord)) this.#putWord(current);
      return false;
    }
    if (word.type === 'point') {
      if (isDecimal(nextWord) || (next !== undefined && isPlainNumber(next)))
        this.#value = `${this.#digits()}.`;
      return false;
    }
    const repeated =
      nextWord?.type === 'zero'
        ? '0'
        : nextWord?.type === 'one' && nextWord.suffix === ''
          ? nextWord.value
          : '';
    if (repeated === '') {
      this.#putWord(current);
      return false;
    }
    this.#value = this.#digits() + String(repeated).repeat(word.times);
    return true;
  }

  /** The digits so far. An integer 0 counts as none, as in the reference. */
  #digits(): string {
    return this.#value === undefined || this.#value === 0n ? '' : String(this.#value);
  }

  #readCardinal(word: NumberWord & { type: 'one' | 'ten' }, previous: NumberWord | undefined): void {
    const number = this.#append(word, previous);
    if (word.suffix === '') this.#value = number;
    else this.#put(`${number}${word.suffix}`);
  }

  /** The number so far continued by 1–19 or a ten: added where there is room, else written behind. */
  #append(word: NumberWord & { type: 'one' | 'ten' }, previous: NumberWord | undefined): NumberText {
    const value = this.#value;
    if (value === undefined) return word.value;
    const isOne = word.type === 'one';
    const isDigit = isOne && word.value < 10n;
    if (typeof value === 'string' || (isOne && isCardinal(previous, 'one'))) {
      const text = String(value);
      // "nineteen ninety nine": the nine takes the place of ninety's zero.
      return isDigit && isCardinal(previous, 'ten')
        ? `${text.slice(0, -1)}${word.value}`
        : `${text}${word.value}`;
    }
    return value % (isDigit ? 10n : 100n) === 0n ? value + word.value : `${value}${word.value}`;
  }

  #readMultiplier(factor: bigint, suffix: string): void {
    const value = this.#value;
    let number: bigint;
    if (value === undefined) number = factor;
    else if (typeof value === 'bigint' && (value !== 0n || suffix !== '')) {
      // Only what is below a thousand is multiplied: "two thousand three hundred".
      const residual = value % 1000n;
      number = value - residual + residual * factor;
    } else {
      const product = multiply(value, factor);
      if (product === undefined) this.#flush();
      number = product ?? factor;
    }
    if (suffix === '') this.#value = number;
    else this.#put(`${number}${suffix}`);
  }
}

/** What stands around a word. */
interface Surroundings {
  readonly previousWord: NumberWord | undefined;
  readonly nextWord: NumberWord | undefined;
  readonly next: string | undefined;
  /** Whether the next word may be a number or a part of one. */
  readonly beforeNumber: boolean;
}
