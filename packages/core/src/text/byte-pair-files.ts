import { AsrError } from '../errors.js';
import { isByteLevel } from './byte-level.js';
import { describe, isJsonObject, type JsonObject } from './json-file.js';
import type { AddedToken, TokenTable } from './token-vocabulary.js';

/** A byte-level BPE tokenizer as its files state it. */
export interface BytePairFiles extends TokenTable {
  /**
   * Whether encoding by rank gives what the merge list gives: ids are in merge order and nothing but GPT-2's pre-split
   * happens before. True for every published Whisper vocabulary.
   */
  readonly ranked: boolean;
  /** The `tokenizer.json` to encode with where `ranked` is false. */
  readonly definition?: JsonObject;
}

/** Ids far above every vocabulary; a greater one is damage, and would make a list of that length. */
export const MAX_ID = 1 << 21;

export function readPieces(vocab: unknown, name: string, field: string): (string | undefined)[] {
  if (!isJsonObject(vocab)) {
    throw new AsrError(
      'MODEL_INVALID',
      `${name}: expected an object of tokens in ${field}, found ${describe(vocab)}.`,
    );
  }
  const pieces: (string | undefined)[] = [];
  for (const [piece, id] of Object.entries(vocab)) pieces[readId(id, name, piece)] = piece;
  if (pieces.length === 0) throw new AsrError('MODEL_INVALID', `${name}: ${field} holds no tokens.`);
  return pieces;
}

/** Found here and not when the token is first decoded, in the middle of a transcription. */
export function checkByteLevel(
  pieces: readonly (string | undefined)[],
  added: ReadonlyMap<number, AddedToken>,
  name: string,
): void {
  const bad = pieces.findIndex((piece, id) => piece !== undefined && !isByteLevel(piece) && !added.has(id));
  if (bad < 0) return;
  throw new AsrError(
    'MODEL_INVALID',
    `${name}: token ${bad} is ${JSON.stringify(pieces[bad])}, which is not written in byte-level characters ` +
      `(GPT-2's). Whisper needs a byte-level BPE vocabulary; get the tokenizer of this checkpoint again.`,
  );
}

export function readId(id: unknown, name: string, token: string): number {
  if (typeof id === 'number' && Number.isInteger(id) && id >= 0 && id < MAX_ID) return id;
  throw new AsrError(
    'MODEL_INVALID',
    `${name}: the id of token ${JSON.stringify(token)} is ${describe(id)}, expected a whole number from 0 to ${MAX_ID - 1}.`,
  );
}

type Merge = string | readonly [string, string];

/** The merge list: pairs joined by a space, or lists of two in newer files. */
export function readMerges(merges: unknown, name: string): readonly Merge[] {
  if (!Array.isArray(merges)) {
    throw new AsrError('MODEL_INVALID', `${name}: expected a list of merges, found ${describe(merges)}.`);
  }
  const bad = (merges as readonly unknown[]).findIndex((pair) => !isMerge(pair));
  if (bad >= 0) {
    throw new AsrError(
      'MODEL_INVALID',
      `${name}: merge ${bad} is ${describe((merges as readonly unknown[])[bad])}, expected two tokens.`,
    );
  }
  return merges as readonly Merge[];
}

function isMerge(pair: unknown): pair is Merge {
  if (typeof pair !== 'string') {
    return Array.isArray(pair) && pair.length === 2 && pair.every((part) => typeof part === 'string');
  }
  const space = pair.indexOf(' ');
  return space > 0 && space < pair.length - 1 && pair.indexOf(' ', space + 1) < 0;
}

/** Whether merge i makes token 256 + i. Compares in place: joining 50 000 pairs would take longer than all the rest. */
export function mergesAreRanks(pieces: readonly (string | undefined)[], merges: readonly Merge[]): boolean {
  return (
    singleBytesFirst(pieces) &&
    merges.every((pair, i) => {
      const piece = pieces[256 + i];
      if (piece === undefined) return false;
      if (typeof pair !== 'string') return piece === pair[0] + pair[1];
      const space = pair.indexOf(' ');
      return (
        piece.length === pair.length - 1 &&
        piece.startsWith(pair.slice(0, space)) &&
        piece.endsWith(pair.slice(space + 1))
      );
    })
  );
}

export function singleBytesFirst(pieces: readonly (string | undefined)[]): boolean {
  return (
    new Set(pieces.slice(0, 256)).size === 256 && pieces.slice(0, 256).every((piece) => piece?.length === 1)
  );
}

/** Control tokens are left out of what encodes text, so that a prompt can't smuggle them in. */
export function withoutControlTokens(json: JsonObject): JsonObject {
  const list = (json['added_tokens'] as readonly JsonObject[]).filter(
    (token) => token['special'] !== true && !isControlName(String(token['content'])),
  );
  return { ...json, added_tokens: list };
}

export function isControl(token: AddedToken): boolean {
  return token.special;
}

export function isControlName(content: string): boolean {
  return /^<\|.*\|>$/u.test(content);
}
