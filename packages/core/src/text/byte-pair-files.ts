import { AsrError } from '../errors.js';
import { bytesToByteLevel, isByteLevel } from './byte-level.js';
import { describe, isJsonObject, parseJsonObject, type JsonObject } from './json-file.js';
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
const MAX_ID = 1 << 21;

/**
 * Reads `tokenizer.json` (Hugging Face).
 *
 * @throws AsrError `MODEL_INVALID` when it is damaged; `MODEL_UNSUPPORTED` when it is not byte-level BPE.
 */
export function parseTokenizerJson(bytes: Uint8Array, name = 'tokenizer.json'): BytePairFiles {
  const json = parseJsonObject(bytes, name);
  const model = json['model'];
  if (!isJsonObject(model)) {
    throw new AsrError('MODEL_INVALID', `${name}: expected an object "model", found ${describe(model)}.`);
  }
  // Files written before the "type" field existed have none.
  if (model['type'] !== undefined && model['type'] !== 'BPE') {
    throw new AsrError(
      'MODEL_UNSUPPORTED',
      `${name}: "model.type" is ${describe(model['type'])}, Whisper needs "BPE" (byte-level).`,
    );
  }
  const pieces = readPieces(model['vocab'], name, 'model.vocab');
  const added = readAddedTokens(json['added_tokens'], name);
  checkByteLevel(pieces, added, name);
  const merges = readMerges(model['merges'], name);
  const ranked = isPlainGpt2(json) && mergesAreRanks(pieces, merges) && [...added.values()].every(isControl);
  return {
    origin: name,
    pieces,
    added,
    ranked,
    ...(ranked ? {} : { definition: withoutControlTokens(json) }),
  };
}

/**
 * Reads `vocab.json`, `merges.txt` and, where there is one, `added_tokens.json` (the older Hugging Face files).
 *
 * @throws AsrError `MODEL_INVALID` when one is damaged.
 */
export function parseVocabularyFiles(
  vocab: Uint8Array,
  merges: Uint8Array,
  addedTokens?: Uint8Array,
): BytePairFiles {
  const name = 'vocab.json';
  const vocabulary = parseJsonObject(vocab, name);
  const added = new Map<number, AddedToken>();
  if (addedTokens) {
    for (const [content, id] of Object.entries(parseJsonObject(addedTokens, 'added_tokens.json'))) {
      added.set(readId(id, 'added_tokens.json', content), { content, special: isControlName(content) });
    }
  }
  const pieces = readPieces(vocabulary, name, 'it');
  // Control tokens may stand in vocab.json itself.
  pieces.forEach((piece, id) => {
    if (piece !== undefined && isControlName(piece)) added.set(id, { content: piece, special: true });
  });
  checkByteLevel(pieces, added, name);
  const pairs = new TextDecoder()
    .decode(merges)
    .split(/\r?\n/u)
    .filter((line, i) => line !== '' && !(i === 0 && line.startsWith('#version')));
  const list = readMerges(pairs, 'merges.txt');
  if (mergesAreRanks(pieces, list) && [...added.values()].every(isControl)) {
    return { origin: name, pieces, added, ranked: true };
  }
  const byteLevel = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true };
  const definition = withoutControlTokens({
    version: '1.0',
    added_tokens: [...added].map(([id, token]) => ({ id, ...token, single_word: false, normalized: false })),
    normalizer: null,
    pre_tokenizer: byteLevel,
    post_processor: null,
    decoder: byteLevel,
    model: { type: 'BPE', vocab: vocabulary, merges: pairs },
  });
  return { origin: name, pieces, added, ranked: false, definition };
}

/**
 * Reads sherpa-onnx's `<name>-tokens.txt`: one `base64 id` a line, the byte-pair tokens only. Control tokens have no
 * line; their ids follow from the size of the model's vocabulary.
 *
 * @throws AsrError `MODEL_INVALID` when a line is damaged or an id is missing.
 */
export function parseTokensText(bytes: Uint8Array, name: string): BytePairFiles {
  const pieces: (string | undefined)[] = [];
  const lines = new TextDecoder().decode(bytes).split(/\r?\n/u);
  lines.forEach((line, i) => {
    if (line.trim() === '') return;
    const [, encoded, digits] = /^(\S+)\s+(\d+)\s*$/u.exec(line) ?? [];
    const id = Number(digits);
    const piece = encoded === undefined ? undefined : decodeBase64(encoded);
    if (piece === undefined || id >= MAX_ID) {
      throw new AsrError(
        'MODEL_INVALID',
        `${name}, line ${i + 1}: expected a token in base64 and its id, found ${describe(line)}.`,
      );
    }
    pieces[id] = piece;
  });
  const missing = pieces.findIndex((piece) => piece === undefined);
  if (missing >= 0 || pieces.length < 256 || !singleBytesFirst(pieces)) {
    throw new AsrError(
      'MODEL_INVALID',
      `${name}: expected the tokens 0, 1, 2 … of Whisper, the 256 bytes first; ` +
        (missing >= 0 ? `token ${missing} is missing.` : `found ${pieces.length} tokens in another order.`),
    );
  }
  return { origin: name, pieces, added: new Map(), ranked: true };
}

function readPieces(vocab: unknown, name: string, field: string): (string | undefined)[] {
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
function checkByteLevel(
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

function readId(id: unknown, name: string, token: string): number {
  if (typeof id === 'number' && Number.isInteger(id) && id >= 0 && id < MAX_ID) return id;
  throw new AsrError(
    'MODEL_INVALID',
    `${name}: the id of token ${JSON.stringify(token)} is ${describe(id)}, expected a whole number from 0 to ${MAX_ID - 1}.`,
  );
}

function readAddedTokens(list: unknown, name: string): Map<number, AddedToken> {
  if (!Array.isArray(list)) {
    throw new AsrError('MODEL_INVALID', `${name}: expected a list "added_tokens", found ${describe(list)}.`);
  }
  const added = new Map<number, AddedToken>();
  for (const entry of list as readonly unknown[]) {
    const content = isJsonObject(entry) ? entry['content'] : undefined;
    if (!isJsonObject(entry) || typeof content !== 'string') {
      throw new AsrError('MODEL_INVALID', `${name}: an entry of "added_tokens" has no text "content".`);
    }
    const special = entry['special'] === true || isControlName(content);
    added.set(readId(entry['id'], name, content), { content, special });
  }
  return added;
}

type Merge = string | readonly [string, string];

/** The merge list: pairs joined by a space, or lists of two in newer files. */
function readMerges(merges: unknown, name: string): readonly Merge[] {
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
function mergesAreRanks(pieces: readonly (string | undefined)[], merges: readonly Merge[]): boolean {
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

function singleBytesFirst(pieces: readonly (string | undefined)[]): boolean {
  return (
    new Set(pieces.slice(0, 256)).size === 256 && pieces.slice(0, 256).every((piece) => piece?.length === 1)
  );
}

/** No normaliser, and GPT-2's pre-split without a space put in front. */
function isPlainGpt2(json: JsonObject): boolean {
  const split = json['pre_tokenizer'];
  return (
    (json['normalizer'] ?? null) === null &&
    isJsonObject(split) &&
    split['type'] === 'ByteLevel' &&
    split['add_prefix_space'] === false &&
    split['use_regex'] !== false
  );
}

/** Control tokens are left out of what encodes text, so that a prompt can't smuggle them in. */
function withoutControlTokens(json: JsonObject): JsonObject {
  const list = (json['added_tokens'] as readonly JsonObject[]).filter(
    (token) => token['special'] !== true && !isControlName(String(token['content'])),
  );
  return { ...json, added_tokens: list };
}

function isControl(token: AddedToken): boolean {
  return token.special;
}

function isControlName(content: string): boolean {
  return /^<\|.*\|>$/u.test(content);
}

function decodeBase64(encoded: string): string | undefined {
  // The multilingual vocabulary ends with an empty token, written as a bare "=".
  if (encoded === '=') return '';
  try {
    return bytesToByteLevel(Uint8Array.from(atob(encoded), (character) => character.charCodeAt(0)));
  } catch {
    return undefined;
  }
}
