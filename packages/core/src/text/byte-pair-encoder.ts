import { bytesToByteLevel } from './byte-level.js';

/**
 * GPT-2's pre-split. `\p{White_Space}` and not `\s`: JavaScript's `\s` leaves out U+0085 and adds U+FEFF, unlike the
 * references (tiktoken, Rust tokenizers).
 */
const WORDS =
  /'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\p{White_Space}\p{L}\p{N}]+|\p{White_Space}+(?!\P{White_Space})|\p{White_Space}+/gu;

/** No merge: greater than every rank. */
const NONE = 0x7fffffff;

/**
 * Byte-pair encoding by rank, as tiktoken does it: of all neighbours whose joined bytes are a token, the pair with
 * the lowest token id is joined first. It needs no merge list, only a vocabulary whose ids are in merge order, as
 * those of GPT-2 and Whisper are.
 */
export class BytePairEncoder {
  readonly #ranks = new Map<string, number>();

  /** @param pieces Byte-level pieces by id, in merge order. */
  constructor(pieces: readonly (string | undefined)[]) {
    pieces.forEach((piece, id) => {
      if (piece) this.#ranks.set(piece, id);
    });
  }

  /** Token ids of a text. Text that looks like a control token (`<|en|>`) is encoded as the characters it is. */
  encode(text: string): number[] {
    const ids: number[] = [];
    const utf8 = new TextEncoder();
    for (const [word] of text.matchAll(WORDS)) this.#encodeWord(bytesToByteLevel(utf8.encode(word)), ids);
    return ids;
  }

  #encodeWord(word: string, ids: number[]): void {
    const whole = this.#ranks.get(word);
    if (whole !== undefined) {
      ids.push(whole);
      return;
    }
    // Symbol i is word[starts[i], starts[i + 1]); ranks[i] is the rank of symbols i and i + 1 joined. After a merge
    // only its two neighbours are looked up again, so a long run costs n² integer compares, not n² look-ups.
    const starts = Int32Array.from({ length: word.length + 1 }, (_, i) => i);
    let symbols = word.length;
    const rankAt = (i: number): number =>
      i >= 0 && i + 2 <= symbols ? (this.#ranks.get(word.slice(starts[i], starts[i + 2])) ?? NONE) : NONE;
    const ranks = Int32Array.from({ length: word.length }, (_, i) => rankAt(i));
    for (;;) {
      let best = 0;
      for (let i = 1; i < symbols - 1; i++) if (ranks[i]! < ranks[best]!) best = i;
      if (symbols < 2 || ranks[best] === NONE) break;
      starts.copyWithin(best + 1, best + 2, symbols + 1);
      ranks.copyWithin(best + 1, best + 2, symbols);
      symbols--;
      ranks[best] = rankAt(best);
      if (best > 0) ranks[best - 1] = rankAt(best - 1);
    }
    for (let i = 0; i < symbols; i++) {
      const id = this.#ranks.get(word.slice(starts[i], starts[i + 1]));
      // Every byte is a token of the vocabularies this is used for (checked by the one who builds it).
      if (id !== undefined) ids.push(id);
    }
  }
}
