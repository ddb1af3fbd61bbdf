import type { LabelLexicon } from './label-lexicon.js';
import { AsrError } from '../errors.js';
import type { ModelFile } from '../hub/model-files.js';
import { openFstLexicon } from './fst-lexicon.js';
import { isKenlmBinary, openKenlmTables } from './kenlm-binary.js';
import type { NgramModel } from './ngram-model.js';

/** What a DeepSpeech or Coqui STT `.scorer` package holds. */
export interface DeepSpeechScorer {
  readonly languageModel: NgramModel;
  /** Factor on the language model's natural log-probability that the package was tuned to. */
  readonly alpha: number;
  /** Added per word, in nats. */
  readonly beta: number;
  /** The words that the package's decoder may write, over the labels of the model that it was made for. */
  readonly lexicon: LabelLexicon;
}

/** The four characters `TRIE` as a 32-bit number, written little endian. */
const MAGIC = 0x54524945;
const VERSION = 6;
/** Magic, version, a byte for the alphabet mode, two doubles. */
const TRAILER_BYTES = 4 + 4 + 1 + 8 + 8;

/**
 * Reads a `.scorer` package: a KenLM binary, a trailer (`native_client/ctcdecode/scorer.cpp` of DeepSpeech) and the lexicon.
 * Its content may be spread into `decoding`. With `sentenceBoundaries: 'start'`, texts are scored as DeepSpeech scores them;
 * by default the end of the sentence counts too.
 *
 * @throws AsrError `MODEL_INVALID` for a damaged file, `MODEL_UNSUPPORTED` for another version and for packages of
 * the bytes mode, whose language model is over characters.
 */
export async function loadDeepSpeechScorer(
  file: ModelFile | Uint8Array,
  options: { readonly name?: string; readonly signal?: AbortSignal } = {},
): Promise<DeepSpeechScorer> {
  const { signal } = options;
  const bytes = file instanceof Uint8Array ? file : await file.bytes(signal);
  const name = options.name ?? (file instanceof Uint8Array ? 'scorer' : file.name);
  signal?.throwIfAborted();
  if (!isKenlmBinary(bytes)) {
    throw new AsrError(
      'MODEL_INVALID',
      `${name}: a .scorer package begins with a KenLM binary, this doesn't.`,
    );
  }
  const { model, end } = openKenlmTables(bytes, name);
  const rest = bytes.length - end;
  if (rest < TRAILER_BYTES) {
    throw new AsrError(
      'MODEL_INVALID',
      `${name}: ${rest} bytes behind the language model, a .scorer package has at least ${TRAILER_BYTES}; ` +
        `for a language model alone use loadNgramModel.`,
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset + end, rest);
  if (view.getUint32(0, true) !== MAGIC) {
    throw new AsrError('MODEL_INVALID', `${name}: no "TRIE" mark at byte ${end}, behind the language model.`);
  }
  const version = view.getInt32(4, true);
  if (version !== VERSION) {
    throw new AsrError(
      'MODEL_UNSUPPORTED',
      `${name}: scorer version ${version}, expected ${VERSION} (DeepSpeech 0.7 and later); make the package again.`,
    );
  }
  if (view.getUint8(8) !== 0) {
    throw new AsrError(
      'MODEL_UNSUPPORTED',
      `${name}: made for the bytes output mode, whose language model is over characters; only words are supported.`,
    );
  }
  const alpha = view.getFloat64(9, true);
  const beta = view.getFloat64(17, true);
  if (!Number.isFinite(alpha) || !Number.isFinite(beta)) {
    throw new AsrError('MODEL_INVALID', `${name}: weights alpha ${alpha} and beta ${beta} behind the model.`);
  }
  const lexicon = openFstLexicon(
    new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength),
    end + TRAILER_BYTES,
    name,
  );
  return { languageModel: model, alpha, beta, lexicon };
}
