import { AsrError } from '../errors.js';
import { BytePairEncoder } from './byte-pair-encoder.js';
import type { BytePairFiles } from './byte-pair-files.js';
import type { TokenBytes } from './incremental-detokenizer.js';
import type { JsonObject } from './json-file.js';
import { TokenVocabulary } from './token-vocabulary.js';
import { findNonSpeechTokens } from './whisper-non-speech.js';
import { resolveSpecialTokens, type WhisperSpecialTokens } from './whisper-special-tokens.js';

/** Whisper's text ⇄ token ids. */
export interface WhisperTokenizer extends TokenBytes {
  /** Ids of control tokens, languages and timestamps. */
  readonly special: WhisperSpecialTokens;
  /** Number of ids: one more than the greatest, timestamps and the model's padding included. */
  readonly vocabularySize: number;
  /** Token ids of a text, without control tokens; text that looks like one (`<|en|>`) stays text. */
  encode(text: string): number[];
  /**
   * Text of tokens, timestamps dropped; other control tokens appear by name. Bytes that are no UTF-8 become U+FFFD.
   *
   * @throws RangeError for an id outside the vocabulary.
   */
  decode(ids: Iterable<number>): string;
  /** As {@link decode}, with timestamps in the form `<|1.08|>`. */
  decodeWithTimestamps(ids: Iterable<number>): string;
  /** As {@link decode}, before UTF-8 is decoded: for grouping tokens into characters and words. */
  decodeBytes(ids: Iterable<number>): Uint8Array;
  /** Whether an id is text: below the end of text, or a word a fine-tune added. */
  isText(id: number): boolean;
  /** Whether an id is one of the timestamps, `<|0.00|>` … `<|30.00|>`. */
  isTimestamp(id: number): boolean;
  /** Seconds from the start of the window that a timestamp token stands for. */
  timestampSeconds(id: number): number;
  /** Ids of `suppress_tokens: -1`, ascending; see `findNonSpeechTokens`. */
  nonSpeechTokens(): readonly number[];
}

/** What goes with the tokenizer's own files. */
export interface WhisperTokenizerOptions {
  /** Parsed `generation_config.json`. */
  readonly generationConfig?: JsonObject | undefined;
  /** Width of the model's logits (`vocab_size`); needed for sherpa-onnx's token files, checked for the others. */
  readonly modelVocabularySize?: number | undefined;
}

/**
 * Makes a tokenizer of parsed files (`parseTokenizerJson`, `parseVocabularyFiles`, `parseTokensText`).
 *
 * Decoding always reads the id → bytes table. Published vocabularies are encoded by rank, as the reference does it
 * (`tiktoken`); a vocabulary of another make is handed to `@huggingface/tokenizers`, which takes some 50 ms more to load.
 *
 * @throws AsrError `MODEL_INVALID` when the files contradict each other.
 */
export async function createWhisperTokenizer(
  files: BytePairFiles,
  options: WhisperTokenizerOptions = {},
): Promise<WhisperTokenizer> {
  const names = new Map<string, number>();
  for (const [id, { content }] of files.added) names.set(content, id);
  const special = resolveSpecialTokens({
    origin: files.origin,
    names,
    basePairs: countBasePairs(files),
    generationConfig: options.generationConfig,
    modelVocabularySize: options.modelVocabularySize,
  });
  const encode = files.definition ? await libraryEncoder(files.definition, files.origin) : rankEncoder(files);
  const vocabulary = new TokenVocabulary(files);
  const size = Math.max(vocabulary.size, special.timestampEnd + 1, options.modelVocabularySize ?? 0);
  return new BytePairTokenizer(vocabulary, special, size, encode);
}

const utf8 = /* @__PURE__ */ new TextEncoder();

function decodeUtf8(bytes: Uint8Array): string {
  // A byte order mark in the middle of a transcript is text like any other.
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
}

/** Byte-pair tokens come before all others; `vocab` may hold control tokens too. */
function countBasePairs(files: BytePairFiles): number {
  let count = files.pieces.length;
  for (const id of files.added.keys()) count = Math.min(count, id);
  return count;
}

function rankEncoder(files: BytePairFiles): (text: string) => number[] {
  // Built on first use, so that loading a model does not wait for it.
  let encoder: BytePairEncoder | undefined;
  return (text) => (encoder ??= new BytePairEncoder(textPieces(files))).encode(text);
}

function textPieces(files: BytePairFiles): readonly (string | undefined)[] {
  return files.pieces.map((piece, id) => (files.added.has(id) ? undefined : piece));
}

async function libraryEncoder(definition: JsonObject, origin: string): Promise<(text: string) => number[]> {
  const { Tokenizer } = await import('@huggingface/tokenizers');
  try {
    const tokenizer = new Tokenizer(definition, {});
    return (text) => (text === '' ? [] : tokenizer.encode(text, { add_special_tokens: false }).ids);
  } catch (cause) {
    throw new AsrError(
      'MODEL_INVALID',
      `${origin}: @huggingface/tokenizers can't read it (${String(cause)}). Save it again with transformers' ` +
        `save_pretrained().`,
      { cause },
    );
  }
}

class BytePairTokenizer implements WhisperTokenizer {
  readonly special: WhisperSpecialTokens;
  readonly vocabularySize: number;
  readonly #vocabulary: TokenVocabulary;
  readonly #encode: (text: string) => number[];
  #nonSpeech: readonly number[] | undefined;
  #controlNames: ReadonlyMap<number, string> | undefined;

  constructor(
    vocabulary: TokenVocabulary,
    special: WhisperSpecialTokens,
    size: number,
    encode: (text: string) => number[],
  ) {
    this.special = special;
    this.vocabularySize = size;
    this.#vocabulary = vocabulary;
    this.#encode = encode;
  }

  encode(text: string): number[] {
    return this.#encode(text);
  }

  decode(ids: Iterable<number>): string {
    return decodeUtf8(this.#bytes(ids, false));
  }

  decodeWithTimestamps(ids: Iterable<number>): string {
    return decodeUtf8(this.#bytes(ids, true));
  }

  decodeBytes(ids: Iterable<number>): Uint8Array {
    return this.#bytes(ids, false);
  }

  isText(id: number): boolean {
    if (id < this.special.endOfText) return true;
    return this.#vocabulary.table.added.get(id)?.special === false && !this.isTimestamp(id);
  }

  isTimestamp(id: number): boolean {
    return id >= this.special.timestampBegin && id <= this.special.timestampEnd;
  }

  timestampSeconds(id: number): number {
    if (!this.isTimestamp(id)) throw new RangeError(`token ${id} is not a timestamp`);
    return (id - this.special.timestampBegin) / 50;
  }

  nonSpeechTokens(): readonly number[] {
    return (this.#nonSpeech ??= findNonSpeechTokens((text) => this.#encode(text)));
  }

  #bytes(ids: Iterable<number>, timestamps: boolean): Uint8Array {
    const parts: Uint8Array[] = [];
    let length = 0;
    for (const id of ids) {
      if (!Number.isInteger(id) || id < 0 || id >= this.vocabularySize) {
        throw new RangeError(`token id ${id} is outside the vocabulary of ${this.vocabularySize} tokens`);
      }
      if (this.isTimestamp(id) && !timestamps) continue;
      const bytes = this.#tokenBytes(id);
      parts.push(bytes);
      length += bytes.length;
    }
    const all = new Uint8Array(length);
    let at = 0;
    for (const part of parts) {
      all.set(part, at);
      at += part.length;
    }
    return all;
  }

  #tokenBytes(id: number): Uint8Array {
    // Files that name no control tokens (sherpa-onnx) or no timestamps (tiny.en) get the usual names.
    if (id < this.special.endOfText || this.#vocabulary.table.added.has(id))
      return this.#vocabulary.bytes(id);
    if (this.isTimestamp(id)) return utf8.encode(`<|${this.timestampSeconds(id).toFixed(2)}|>`);
    const name = (this.#controlNames ??= controlNames(this.special)).get(id);
    return name === undefined ? this.#vocabulary.bytes(id) : utf8.encode(`<|${name}|>`);
  }
}

function controlNames(special: WhisperSpecialTokens): ReadonlyMap<number, string> {
  const names = new Map([...special.languages].map(([code, id]) => [id, code]));
  names.set(special.endOfText, 'endoftext');
  names.set(special.startOfTranscript, 'startoftranscript');
  names.set(special.translate, 'translate');
  names.set(special.transcribe, 'transcribe');
  names.set(special.startOfLm, 'startoflm');
  names.set(special.startOfPrevious, 'startofprev');
  names.set(special.noSpeech, 'nospeech');
  names.set(special.noTimestamps, 'notimestamps');
  return names;
}
