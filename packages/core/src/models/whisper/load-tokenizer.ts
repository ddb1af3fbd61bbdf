import { AsrError } from '../../errors.js';
import type { ModelFiles } from '../../hub/model-files.js';
import type { BytePairFiles } from '../../text/byte-pair-files.js';
import { parseJsonObject } from '../../text/json-file.js';
import { parseTokenizerJson } from '../../text/tokenizer-json.js';
import { createWhisperTokenizer, type WhisperTokenizer } from '../../text/whisper-tokenizer.js';

/** Options of {@link loadWhisperTokenizer}. */
export interface LoadWhisperTokenizerOptions {
  /** Width of the model's logits, where it is known from the graphs; else `vocab_size` of `config.json` is taken. */
  readonly modelVocabularySize?: number;
  /** Aborts the reading of files. */
  readonly signal?: AbortSignal;
}

/**
 * Reads the tokenizer of a Whisper model: `tokenizer.json`; else `vocab.json` with `merges.txt` (and
 * `added_tokens.json`); else sherpa-onnx's `<name>-tokens.txt`. `generation_config.json` and `config.json` are used
 * where they are there.
 *
 * @throws AsrError `MODEL_NOT_FOUND` when there is none of them; `MODEL_INVALID` when one is damaged or contradicts
 * another; `MODEL_UNSUPPORTED` when it is not a byte-level BPE tokenizer.
 */
export async function loadWhisperTokenizer(
  files: ModelFiles,
  options: LoadWhisperTokenizerOptions = {},
): Promise<WhisperTokenizer> {
  const { signal } = options;
  const names = await files.list(signal);
  const read = async (name: string): Promise<Uint8Array> => (await files.open(name, signal)).bytes(signal);
  const readJson = async (name: string) =>
    names.includes(name) ? parseJsonObject(await read(name), name) : undefined;

  const [pairs, generationConfig, config] = await Promise.all([
    readBytePairFiles(files.origin, names, read),
    readJson('generation_config.json'),
    readJson('config.json'),
  ]);
  const stated = config?.['vocab_size'];
  return createWhisperTokenizer(pairs, {
    generationConfig,
    modelVocabularySize: options.modelVocabularySize ?? (typeof stated === 'number' ? stated : undefined),
  });
}

async function readBytePairFiles(
  origin: string,
  names: readonly string[],
  read: (name: string) => Promise<Uint8Array>,
): Promise<BytePairFiles> {
  if (names.includes('tokenizer.json')) return parseTokenizerJson(await read('tokenizer.json'));
  if (names.includes('vocab.json') && names.includes('merges.txt')) {
    const added = names.includes('added_tokens.json') ? await read('added_tokens.json') : undefined;
    const { parseVocabularyFiles } = await import('../../text/vocabulary-files.js');
    return parseVocabularyFiles(await read('vocab.json'), await read('merges.txt'), added);
  }
  const tokens = names.filter((name) => /^([^/]+-)?tokens\.txt$/u.test(name));
  if (tokens.length === 1) {
    const { parseTokensText } = await import('../../text/tokens-text.js');
    return parseTokensText(await read(tokens[0]!), tokens[0]!);
  }
  throw new AsrError(
    'MODEL_NOT_FOUND',
    `${origin}: expected a Whisper tokenizer, one of tokenizer.json, vocab.json with merges.txt, or one ` +
      `<name>-tokens.txt; found ${tokens.length > 1 ? tokens.join(', ') : `${names.length} files and none of these`}.`,
  );
}
