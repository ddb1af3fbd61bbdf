export { AsrError } from './errors.js';
export type { AsrErrorCode } from './errors.js';
export type { AudioInput, ByteStream, Pcm } from './audio/pcm.js';
export type {
  ExecutionProvider,
  GraphOptimization,
  InferenceBackend,
  InferenceSession,
  ProviderFallback,
  SessionOptions,
  TensorInfo,
} from './inference/backend.js';
export { createTensor, disposeTensors, elementCount } from './inference/tensor.js';
export type { Tensor, TensorData, TensorDataMap, TensorType } from './inference/tensor.js';
export type {
  FolderSource,
  MemorySource,
  ModelFile,
  ModelFiles,
  ModelSource,
  PackagedModel,
} from './hub/model-files.js';
export type { OpenModelOptions, Platform } from './platform.js';
export type {
  LoadOptions,
  LoadProgress,
  ModelInfo,
  Quantization,
  SpeechModel,
  TranscribeOptions,
  TranscribeProgress,
} from './speech-model.js';
export type { WhisperDecoding } from './models/whisper/options.js';
export type { Segment, Transcript, Word } from './transcript/transcript.js';
