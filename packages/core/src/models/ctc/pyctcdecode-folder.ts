import { createCtcVocabulary, type CtcVocabulary } from '../../decoding/ctc/vocabulary.js';
import { AsrError } from '../../errors.js';
import type { ModelFiles } from '../../hub/model-files.js';
import { loadNgramModel } from '../../lm/load-ngram-model.js';
import type { NgramModel } from '../../lm/ngram-model.js';
import { describe, parseJsonObject, type JsonObject } from '../../text/json-file.js';

/** The beam search settings in a pyctcdecode folder; may be spread into `decoding` as they are. */
export interface PyctcdecodeSettings {
  readonly languageModel?: NgramModel;
  readonly alpha?: number;
  readonly beta?: number;
  readonly unknownPenalty?: number;
  readonly sentenceBoundaries?: boolean;
  readonly unigrams?: readonly string[];
}

/** What `BeamSearchDecoderCTC.save_to_dir` wrote. */
export interface PyctcdecodeFolder {
  readonly vocabulary: CtcVocabulary;
  readonly settings: PyctcdecodeSettings;
}

const ALPHABET = 'alphabet.json';
const ATTRIBUTES = 'attrs.json';
const UNIGRAMS = 'unigrams.txt';

/**
 * Reads a folder that pyctcdecode saved, as it also lies in the folders of Hugging Face's `Wav2Vec2ProcessorWithLM`:
 * `alphabet.json`, and `language_model/` with `attrs.json`, `unigrams.txt` and one ARPA or KenLM file.
 *
 * @throws AsrError `MODEL_NOT_FOUND` without `alphabet.json`, `MODEL_INVALID` for files that contradict the format.
 */
export async function loadPyctcdecodeFolder(
  files: ModelFiles,
  options: { readonly signal?: AbortSignal } = {},
): Promise<PyctcdecodeFolder> {
  const { signal } = options;
  const alphabet = await files.open(ALPHABET, signal);
  const vocabulary = readAlphabet(parseJsonObject(await alphabet.bytes(signal), ALPHABET));
  const folder = 'language_model/';
  const names = (await files.list(signal)).filter((name) => name.startsWith(folder));
  const models = names.filter((name) => isModelName(name.slice(folder.length)));
  if (names.length === 0) return { vocabulary, settings: {} };
  const [model] = models;
  if (model === undefined || models.length > 1) {
    throw new AsrError(
      'MODEL_INVALID',
      `${files.origin}: ${folder} must hold one language model beside ${ATTRIBUTES} and ${UNIGRAMS}, found ` +
        `${models.length === 0 ? 'none' : models.join(', ')}.`,
    );
  }
  const read = async (name: string): Promise<Uint8Array | undefined> =>
    names.includes(folder + name) ? (await files.open(folder + name, signal)).bytes(signal) : undefined;
  const attributes = await read(ATTRIBUTES);
  const unigrams = await read(UNIGRAMS);
  return {
    vocabulary,
    settings: {
      ...(attributes &&
        readAttributes(parseJsonObject(attributes, folder + ATTRIBUTES), folder + ATTRIBUTES)),
      ...(unigrams && { unigrams: readLines(unigrams, folder + UNIGRAMS) }),
      languageModel: await loadNgramModel(await files.open(model, signal), signal ? { signal } : {}),
    },
  };
}

/** Anything else in the folder would be taken for the model by pyctcdecode; hidden files and notes are not one here. */
function isModelName(name: string): boolean {
  return /^[^./][^/]*\.(arpa|arpa\.gz|bin|binary|klm|mmap|trie)$/.test(name);
}

function readAlphabet({ labels }: JsonObject): CtcVocabulary {
  if (!Array.isArray(labels) || !labels.every((label): label is string => typeof label === 'string')) {
    throw new AsrError('MODEL_INVALID', `${ALPHABET}: "labels" must be a list of strings.`);
  }
  const blank = labels.indexOf('');
  if (blank < 0) {
    throw new AsrError('MODEL_INVALID', `${ALPHABET}: none of the ${labels.length} labels is the blank, "".`);
  }
  return createCtcVocabulary(labels, { blank });
}

function readAttributes(attributes: JsonObject, name: string): PyctcdecodeSettings {
  const number = (key: string): number => {
    const value = attributes[key];
    if (typeof value === 'number') return value;
    throw new AsrError('MODEL_INVALID', `${name}: "${key}" must be a number, found ${describe(value)}.`);
  };
  const boundaries = attributes['score_boundary'];
  if (typeof boundaries !== 'boolean') {
    throw new AsrError(
      'MODEL_INVALID',
      `${name}: "score_boundary" must be true or false, found ${describe(boundaries)}.`,
    );
  }
  return {
    alpha: number('alpha'),
    beta: number('beta'),
    unknownPenalty: number('unk_score_offset'),
    sentenceBoundaries: boundaries,
  };
}

function readLines(bytes: Uint8Array, name: string): string[] {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return text
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '');
  } catch (cause) {
    throw new AsrError('MODEL_INVALID', `${name}: not a text in UTF-8.`, { cause });
  }
}
