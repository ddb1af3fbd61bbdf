import { AsrError } from '../errors.js';
import {
  checkByteLevel,
  isControl,
  isControlName,
  mergesAreRanks,
  readId,
  readMerges,
  readPieces,
  withoutControlTokens,
  type BytePairFiles,
} from './byte-pair-files.js';
import { describe, isJsonObject, parseJsonObject, type JsonObject } from './json-file.js';
import type { AddedToken } from './token-vocabulary.js';

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
