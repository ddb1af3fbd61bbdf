import type { CtcVocabulary } from '../../decoding/ctc/vocabulary.js';
import { caseOfLabels, toCase } from './letter-case.js';

/** A stretch of the text that is aligned as one. */
export interface TextUnit {
  /** As it stands in the text. */
  readonly text: string;
  /** Its labels: one, or several where it is spelled in bytes; the vocabulary's size stands for the wildcard. */
  readonly ids: readonly number[];
}

/** A word of the text and what it is aligned by; none when nothing of it can be heard (punctuation). */
export interface TargetWord {
  readonly text: string;
  readonly units: readonly TextUnit[];
}

/** Not spoken, and so nothing to align where there is no label for it. */
const SILENT = /^[\p{P}\p{S}\p{C}]$/u;

/**
 * Splits text into the labels of a vocabulary: characters, or the fewest word pieces that spell a word. Punctuation without a
 * label is left out; other characters without one are spelled in bytes where there are labels for them, and become a
 * wildcard else, one for a run of them.
 */
export class TextTargets {
  readonly #vocabulary: CtcVocabulary;
  readonly #ids = new Map<string, number>();
  readonly #longest: number;
  readonly #wordPieces: boolean;
  readonly #case: ReturnType<typeof caseOfLabels>;

  constructor(vocabulary: CtcVocabulary) {
    this.#vocabulary = vocabulary;
    this.#case = caseOfLabels(vocabulary);
    vocabulary.pieces.forEach((piece, id) => {
      if (id === vocabulary.blank || piece === '' || piece === ' ') return;
      if (!this.#ids.has(piece)) this.#ids.set(piece, id);
    });
    this.#wordPieces = [...this.#ids.keys()].some((piece) => piece.startsWith(' ') && piece.length > 1);
    this.#longest = Math.max(...[...this.#ids.keys()].map((piece) => piece.length), 1);
  }

  /** Words between white space, with their labels. */
  split(text: string): readonly TargetWord[] {
    return text
      .split(/\s+/u)
      .filter((word) => word !== '')
      .map((word) => ({ text: word, units: this.#units(word) }));
  }

  /** The labels of all words, the vocabulary's word delimiter between them. */
  join(words: readonly TargetWord[]): readonly number[] {
    const { wordDelimiter } = this.#vocabulary;
    const targets: number[] = [];
    for (const { units } of words) {
      if (units.length === 0) continue;
      if (targets.length > 0 && wordDelimiter !== undefined && !this.#wordPieces) targets.push(wordDelimiter);
      targets.push(...units.flatMap(({ ids }) => ids));
    }
    return targets;
  }

  get #wildcard(): number {
    return this.#vocabulary.pieces.length;
  }

  #units(word: string): TextUnit[] {
    // Composed, as vocabularies are written: é is one character.
    const spoken = [...word.normalize('NFC')].filter(
      (character) => !SILENT.test(character) || this.#ids.has(this.#written(character)),
    );
    return mergeWildcards(this.#wordPieces ? this.#spell(spoken) : this.#letters(spoken), this.#wildcard);
  }

  #written(character: string): string {
    const written = toCase(character, this.#case);
    // Letters such as ß have no single capital; they stay what they are.
    return [...written].length === 1 ? written : character;
  }

  #letters(characters: readonly string[]): TextUnit[] {
    return characters.map((text) => {
      const written = this.#written(text);
      const id = this.#ids.get(written);
      return { text, ids: id === undefined ? (this.#inBytes(written) ?? [this.#wildcard]) : [id] };
    });
  }

  /** Labels of a character's bytes, where there are all of them. */
  #inBytes(character: string): readonly number[] | undefined {
    const { byteLabels } = this.#vocabulary;
    if (!byteLabels) return undefined;
    const ids = Array.from(new TextEncoder().encode(character), (byte) => byteLabels.get(byte));
    return ids.every((id) => id !== undefined) ? ids : undefined;
  }

  /** The spelling with the fewest unknown characters, then the fewest pieces; of those, the one with the longest first pieces. */
  #spell(characters: readonly string[]): TextUnit[] {
    const written = characters.map((character) => this.#written(character));
    const costs: number[] = Array.from<number>({ length: characters.length + 1 }).fill(Infinity);
    const choices: TextUnit[] = [];
    const lengths: number[] = [];
    costs[characters.length] = 0;
    for (let at = characters.length - 1; at >= 0; at--) {
      for (let end = Math.min(characters.length, at + this.#longest); end > at; end--) {
        const ids = this.#labelsOf(written.slice(at, end), at === 0);
        if (!ids) continue;
        const cost = costs[end]! + (ids.includes(this.#wildcard) ? 1000 : ids.length);
        if (cost >= costs[at]!) continue;
        costs[at] = cost;
        choices[at] = { text: characters.slice(at, end).join(''), ids };
        lengths[at] = end - at;
      }
    }
    const units: TextUnit[] = [];
    for (let at = 0; at < characters.length; at += lengths[at]!) units.push(choices[at]!);
    return units;
  }

  /** Labels of some characters as one unit: a piece; of a single one also its bytes, or the wildcard. */
  #labelsOf(characters: readonly string[], first: boolean): readonly number[] | undefined {
    const text = characters.join('');
    const piece = this.#ids.get(first ? ` ${text}` : text);
    if (piece !== undefined) return [piece];
    if (characters.length > 1) return undefined;
    const { wordDelimiter } = this.#vocabulary;
    const own = this.#ids.get(text);
    const inside = own === undefined ? this.#inBytes(text) : [own];
    // A word may also begin with a boundary and go on like the inside of a word.
    const ids = inside && first && wordDelimiter !== undefined ? [wordDelimiter, ...inside] : inside;
    return ids && (!first || ids !== inside) ? ids : [this.#wildcard];
  }
}

/** Wildcards side by side would need a blank between them; one stands for the run. */
function mergeWildcards(units: readonly TextUnit[], wildcard: number): TextUnit[] {
  const merged: TextUnit[] = [];
  for (const unit of units) {
    const last = merged.at(-1);
    if (last?.ids[0] === wildcard && unit.ids[0] === wildcard) {
      merged[merged.length - 1] = { text: last.text + unit.text, ids: [wildcard] };
    } else merged.push(unit);
  }
  return merged;
}
