export { AsrError } from './errors.js';
export type { AsrErrorCode } from './errors.js';
export { sniffContainer } from './audio/container.js';
export type { AudioContainer } from './audio/container.js';
export { checkPcm, mixdown } from './audio/pcm.js';
export type { AudioInput, ByteStream, Pcm } from './audio/pcm.js';
export { prepareAudio, readAudio } from './audio/read-audio.js';
export type { AudioPlatform } from './audio/read-audio.js';
export { resample, resampledLength, Resampler } from './audio/resampler.js';
export { readWav } from './audio/wav-reader.js';
export type { WavAudio } from './audio/wav-reader.js';
export type { WavEncoding } from './audio/wav-format.js';
export { writeWav } from './audio/wav-writer.js';
export type { WriteWavOptions } from './audio/wav-writer.js';
export { WhisperLogMel, whisperLogMel } from './features/whisper-log-mel.js';
export type {
  LogMel,
  WhisperLogMelOptions,
  WhisperLogMelSourceOptions,
  WhisperWindowOptions,
} from './features/whisper-log-mel.js';
export type {
  ExecutionProvider,
  GraphOptimization,
  InferenceBackend,
  InferenceSession,
  ProviderFallback,
  SessionOptions,
  TensorInfo,
} from './inference/backend.js';
export { checkFeeds, checkOutputNames } from './inference/check-feeds.js';
export { checkSessionOptions } from './inference/check-options.js';
export { connectBackend } from './inference/remote/connect-backend.js';
export type { ConnectOptions, RemoteBackend } from './inference/remote/connect-backend.js';
export type { MessageEndpoint } from './inference/remote/protocol.js';
export { serveBackend } from './inference/remote/serve-backend.js';
export { createTensor, disposeTensors, elementCount } from './inference/tensor.js';
export type { Tensor, TensorData, TensorDataMap, TensorType } from './inference/tensor.js';
export { memoryFiles, missingFile } from './hub/memory-files.js';
export type {
  FolderSource,
  MemorySource,
  ModelFile,
  ModelFiles,
  ModelSource,
  PackagedModel,
} from './hub/model-files.js';
export { loadNgramModel } from './lm/load-ngram-model.js';
export { NgramState, UNKNOWN_WORD } from './lm/ngram-model.js';
export type { NgramModel } from './lm/ngram-model.js';
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
export { parseTokenizerJson, parseTokensText, parseVocabularyFiles } from './text/byte-pair-files.js';
export type { BytePairFiles } from './text/byte-pair-files.js';
export { IncrementalDetokenizer } from './text/incremental-detokenizer.js';
export type { TokenBytes } from './text/incremental-detokenizer.js';
export type { AddedToken, TokenTable } from './text/token-vocabulary.js';
export { resolveLanguage, whisperLanguages } from './text/whisper-languages.js';
export { resolveSpecialTokens } from './text/whisper-special-tokens.js';
export type { SpecialTokenSources, WhisperSpecialTokens } from './text/whisper-special-tokens.js';
export { createWhisperTokenizer } from './text/whisper-tokenizer.js';
export type { WhisperTokenizer, WhisperTokenizerOptions } from './text/whisper-tokenizer.js';
export { chooseWhisperFiles, detectWhisper } from './models/whisper/choose-files.js';
export type { WhisperFileChoice, WhisperLayoutName } from './models/whisper/choose-files.js';
export type { DecoderRun, EncodedAudio, WhisperGraphs } from './models/whisper/graphs.js';
export { loadWhisperTokenizer } from './models/whisper/load-tokenizer.js';
export type { LoadWhisperTokenizerOptions } from './models/whisper/load-tokenizer.js';
export { openWhisperGraphs } from './models/whisper/open-graphs.js';
export type { OpenedWhisperGraphs, OpenWhisperGraphsOptions } from './models/whisper/open-graphs.js';
export type { Segment, Transcript, Word } from './transcript/transcript.js';
export { alignSequences } from './metrics/alignment.js';
export type { AlignmentChunk } from './metrics/alignment.js';
export { characterErrorRate, measureCharacters, measureWords, wordErrorRate } from './metrics/error-rates.js';
export type {
  CharacterMeasures,
  EditCounts,
  ErrorRateOptions,
  Sentences,
  WordMeasures,
} from './metrics/error-rates.js';
export { visualizeAlignment } from './metrics/visualize.js';
export type { VisualizeOptions } from './metrics/visualize.js';
export { alignCtc } from './decoding/ctc/forced-alignment.js';
export type { CtcAlignment } from './decoding/ctc/forced-alignment.js';
export { decodeCtcGreedy, GreedyCtcDecoder } from './decoding/ctc/greedy.js';
export type { CtcHypothesis, CtcToken } from './decoding/ctc/hypothesis.js';
export type { Hotword } from './decoding/ctc/hotwords.js';
export { LanguageModelScorer } from './decoding/ctc/language-model-scorer.js';
export type { LanguageModelScorerOptions } from './decoding/ctc/language-model-scorer.js';
export { toLogProbs } from './decoding/ctc/log-probs.js';
export type { CtcOutputKind, LogProbMatrix } from './decoding/ctc/log-probs.js';
export { mergeTexts } from './decoding/ctc/merge-texts.js';
export type { CtcTextHypothesis } from './decoding/ctc/merge-texts.js';
export { decodeCtcBeam, PrefixBeamDecoder } from './decoding/ctc/prefix-beam.js';
export type { PrefixBeamOptions } from './decoding/ctc/prefix-beam.js';
export { NO_SCORER } from './decoding/ctc/prefix-scorer.js';
export type { PrefixScorer } from './decoding/ctc/prefix-scorer.js';
export { createCtcVocabulary, groupWords } from './decoding/ctc/vocabulary.js';
export type { CtcVocabulary, CtcVocabularyOptions, CtcWord } from './decoding/ctc/vocabulary.js';
export { alignmentMatrix } from './decoding/whisper/alignment-matrix.js';
export type { AlignmentMatrix, TokenAttention } from './decoding/whisper/alignment-matrix.js';
export { dynamicTimeWarping } from './decoding/whisper/dtw.js';
export type { WarpingPath } from './decoding/whisper/dtw.js';
export { medianFilter } from './decoding/whisper/median-filter.js';
export { mergePunctuation } from './decoding/whisper/punctuation.js';
export { addWordTimestamps } from './decoding/whisper/segment-words.js';
export type { UntimedSegment, WordTimestampOptions } from './decoding/whisper/segment-words.js';
export { splitIntoCharacters, splitIntoWords } from './decoding/whisper/word-split.js';
export type { WordSplitTokenizer, WordTokens } from './decoding/whisper/word-split.js';
export { alignWords, tokenStartTimes } from './decoding/whisper/word-timing.js';
export type { AlignedWord } from './decoding/whisper/word-timing.js';
export {
  isSegmentAnomalous,
  lastWordEnd,
  seekAfterWords,
  skipHallucinations,
  wordAnomalyScore,
} from './decoding/whisper/hallucination.js';
export type {
  HallucinationVerdict,
  HallucinationWindow,
  WordedSegment,
} from './decoding/whisper/hallucination.js';
export { normalizeBasic } from './text/basic-normalizer.js';
export type { BasicNormalizerOptions } from './text/basic-normalizer.js';
export { normalizeEnglish, normalizeEnglishSpelling } from './text/english-normalizer.js';
export { normalizeEnglishNumbers } from './text/english-numbers.js';
