import { OptionReader } from './option-reader.js';
import type { LoadOptions, Quantization, TranscribeOptions } from './speech-model.js';
import type { StreamOptions } from './streaming/stream-options.js';

const MAX_REPLICAS = 16;

/** Every name an option has; the compiler sees to it that none is forgotten. */
type Names<T> = Readonly<Record<keyof T, true>>;

const LOAD_OPTIONS: Names<LoadOptions> = {
  quantization: true,
  provider: true,
  threads: true,
  graphOptimization: true,
  offThread: true,
  replicas: true,
  ctc: true,
  download: true,
  backend: true,
  signal: true,
  onProgress: true,
};

const TRANSCRIBE_OPTIONS: Names<TranscribeOptions> = {
  language: true,
  task: true,
  timestamps: true,
  prompt: true,
  channels: true,
  vad: true,
  decoding: true,
  signal: true,
  onProgress: true,
};

const STREAM_OPTIONS: Names<StreamOptions> = {
  language: true,
  task: true,
  timestamps: true,
  prompt: true,
  vad: true,
  decoding: true,
  signal: true,
  format: true,
  mode: true,
  endpoint: true,
  partials: true,
};

const QUANTIZATIONS: Names<Record<Quantization, unknown>> = {
  fp32: true,
  fp16: true,
  int8: true,
  uint8: true,
  q4: true,
  q4f16: true,
  bnb4: true,
};

/**
 * Checks the names of `loadModel`'s options and the values that no other part checks.
 *
 * @throws TypeError for a name that is no option, such as one of another library; RangeError for an unknown precision or a number
 * of replicas that can't be.
 */
export function checkLoadOptions(options: LoadOptions): void {
  refuseUnknown(options, LOAD_OPTIONS);
  const { quantization, replicas = 1 } = options;
  if (!Number.isInteger(replicas) || replicas < 1 || replicas > MAX_REPLICAS) {
    throw new RangeError(
      `replicas must be a whole number from 1 to ${MAX_REPLICAS}; got ${String(replicas)}`,
    );
  }
  if (quantization !== undefined && !Object.hasOwn(QUANTIZATIONS, quantization)) {
    throw new RangeError(
      `quantization must be one of ${Object.keys(QUANTIZATIONS).join(', ')}; got ${String(quantization)}`,
    );
  }
}

/**
 * Checks the names of `transcribe`'s options, of which none may be ignored.
 *
 * @throws TypeError for a name that is no option.
 */
export function checkTranscribeOptions(options: TranscribeOptions): void {
  refuseUnknown(options, TRANSCRIBE_OPTIONS);
}

/**
 * Checks the names of the options of live streams, of which none may be ignored.
 *
 * @throws TypeError for a name that is no option.
 */
export function checkStreamOptionNames(options: StreamOptions): void {
  refuseUnknown(options, STREAM_OPTIONS);
}

function refuseUnknown(options: object, names: Readonly<Record<string, true>>): void {
  new OptionReader('options', options, Object.keys(names)).finish();
}
