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
import { parseJsonObject } from './json-file.js';
import type { AddedToken } from './token-vocabulary.js';

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
