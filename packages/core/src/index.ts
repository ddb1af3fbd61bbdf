export { joinBytes, joinFloats } from './join-arrays.js';
export { AsrError } from './errors.js';
export type { AsrErrorCode } from './errors.js';
export { sniffContainer } from './audio/container.js';
export type { AudioContainer } from './audio/container.js';
export { readMp3Header } from './audio/mp3-header.js';
export type { Mp3Header } from './audio/mp3-header.js';
export { checkPcm, mixdown } from './audio/pcm.js';
export type { AudioBufferLike, AudioInput, ByteStream, Pcm } from './audio/pcm.js';
export { prepareAudio, readAudio } from './audio/read-audio.js';
export type { AudioPlatform } from './audio/read-audio.js';
export { resample, resampledLength, Resampler } from './audio/resampler.js';
export { readWav, readWavInTurns } from './audio/wav-reader.js';
export type { WavAudio } from './audio/wav-reader.js';
export type { WavEncoding } from './audio/wav-format.js';
export { writeWav } from './audio/wav-writer.js';
export type { WriteWavOptions } from './audio/wav-writer.js';
export type { CepstrumOptions } from './features/cepstrum.js';
export { FeatureStream } from './features/feature-stream.js';
export type { FrameEdges, Framing } from './features/framing.js';
export { createFrontEnd, FrontEnd, transposeFeatures } from './features/front-end.js';
export type { Features } from './features/front-end.js';
export type {
  FilterScale,
  FrontEndConfig,
  SpectralFrontEndConfig,
  WaveFrontEndConfig,
} from './features/front-end-config.js';
export {
  deepSpeech2PaddlePreset,
  deepSpeech2PytorchPreset,
  mozillaPreset,
} from './features/presets/deepspeech.js';
export type {
  DeepSpeech2PytorchPresetOptions,
  MozillaPresetOptions,
  PaddlePresetOptions,
} from './features/presets/deepspeech.js';
export { statisticsFromDeviation, statisticsFromSums } from './features/presets/global-statistics.js';
export type { GlobalStatistics } from './features/presets/global-statistics.js';
export { kaldiFbankPreset, kaldiLfrPreset, kaldiMfccPreset } from './features/presets/kaldi.js';
export type {
  KaldiLfrPresetOptions,
  KaldiMfccPresetOptions,
  KaldiPresetOptions,
} from './features/presets/kaldi.js';
export { nemoPreset } from './features/presets/nemo.js';
export type { NemoPresetOptions } from './features/presets/nemo.js';
export { speechBrainPreset } from './features/presets/speechbrain.js';
export type { SpeechBrainPresetOptions } from './features/presets/speechbrain.js';
export { wavePreset } from './features/presets/wave.js';
export type { WavePresetOptions } from './features/presets/wave.js';
export { whisperPreset } from './features/presets/whisper.js';
export type { WhisperPresetOptions } from './features/presets/whisper.js';
export type { RowStageConfig } from './features/row-stages.js';
export type { WindowType } from './features/windows.js';
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
  ThreadChoice,
} from './inference/backend.js';
export { checkFeeds, checkOutputNames } from './inference/check-feeds.js';
export { checkSessionOptions } from './inference/check-options.js';
export type { OrtBinding, OrtSessionHandle, OrtValue, OrtValueMetadata } from './inference/ort/binding.js';
export { OpenSessions } from './inference/ort/open-sessions.js';
export { OrtSession } from './inference/ort/ort-session.js';
export type { OrtSessionParts } from './inference/ort/ort-session.js';
export { tryProviders } from './inference/ort/try-providers.js';
export type { Chosen, ProviderAttempts } from './inference/ort/try-providers.js';
export { connectBackend } from './inference/remote/connect-backend.js';
export type { RemoteBackend } from './inference/remote/connect-backend.js';
export type { ConnectOptions } from './inference/remote/connection.js';
export type { MessageEndpoint } from './inference/remote/protocol.js';
export { serveBackend } from './inference/remote/serve-backend.js';
export type { ServeOptions } from './inference/remote/serve-backend.js';
export {
  copyElements,
  createTensor,
  disposeTensors,
  freeTensor,
  elementCount,
  TENSOR_TYPES,
} from './inference/tensor.js';
export type { Tensor, TensorData, TensorDataMap, TensorType } from './inference/tensor.js';
export type { ArchiveLimits } from './hub/archive/archive-events.js';
export type { Decompress } from './hub/archive/unpack.js';
export { digestBytes } from './hub/digest.js';
export type { DownloadOptions } from './hub/download-options.js';
export { checkFileName, commonFolder } from './hub/file-names.js';
export { isExpected } from './hub/file-store.js';
export type {
  Digest,
  ExpectedFile,
  FileStore,
  KeptFile,
  RemoteFile,
  Reservation,
  StoredFile,
} from './hub/file-store.js';
export type { RetryPolicy } from './hub/http.js';
export { memoryFiles } from './hub/memory-files.js';
export { missingFile } from './hub/missing-file.js';
export { createMemoryStore } from './hub/memory-store.js';
export type {
  FolderSource,
  MemorySource,
  ModelFile,
  ModelFiles,
  ModelSource,
  PackagedModel,
} from './hub/model-files.js';
export { openRemoteModel } from './hub/open-remote-model.js';
export type { RemoteOptions } from './hub/open-remote-model.js';
export { loadDeepSpeechScorer } from './lm/deepspeech-scorer.js';
export type { DeepSpeechScorer } from './lm/deepspeech-scorer.js';
export type { LabelLexicon } from './lm/label-lexicon.js';
export { loadNgramModel } from './lm/load-ngram-model.js';
export type { NgramModelSource } from './lm/load-ngram-model.js';
export { NgramState, UNKNOWN_WORD } from './lm/ngram-model.js';
export type { NgramModel } from './lm/ngram-model.js';
export { createInspectModel } from './inspect-model.js';
export type { InspectModel, InspectOptions, ModelInspection } from './inspect-model.js';
export { createLoadModel, detectFamily } from './load-model.js';
export type { LoadModel } from './load-model.js';
export { createLoadVad } from './load-vad.js';
export type { LoadVad, LoadVadOptions } from './load-vad.js';
export { allFamilies } from './models/all-families.js';
export type { Detection, Family, FamilyContext } from './models/family.js';
export type {
  FamilyInspection,
  FeatureName,
  InspectContext,
  InspectedFile,
  InspectedSignature,
  ModelFeature,
} from './models/inspection.js';
export { whisperFamily } from './models/whisper/whisper-family.js';
export type { AlignedTextWord, AlignedUnit, TextAlignment } from './models/ctc/align-text.js';
export { CtcLogProbStream } from './models/ctc/log-prob-stream.js';
export type { CtcPiece, FeatureBlock, StatefulGraph } from './models/ctc/log-prob-stream.js';
export { CtcModel, isCtcModel } from './models/ctc/ctc-model.js';
export type { CtcLogProbs, CtcModelParts } from './models/ctc/ctc-model.js';
export type {
  CtcChunkedExecution,
  CtcExecution,
  CtcInput,
  CtcLabels,
  CtcModelConfig,
  CtcOutput,
  CtcStatefulExecution,
} from './models/ctc/config.js';
export type { CtcBeamDecoding, CtcConfidence, CtcDecoding, CtcGreedyDecoding } from './models/ctc/options.js';
export { deepSpeechFamily } from './models/ctc/families/deepspeech.js';
export { deepSpeech2PaddleFamily } from './models/ctc/families/deepspeech2-paddle.js';
export { deepSpeech2PytorchFamily } from './models/ctc/families/deepspeech2-pytorch.js';
export { nemoCtcFamily } from './models/ctc/families/nemo.js';
export { speechBrainCtcFamily } from './models/ctc/families/speechbrain.js';
export { wav2vec2Family } from './models/ctc/families/wav2vec2.js';
export { zipformerCtcFamily } from './models/ctc/families/zipformer.js';
export { transducerFamily } from './models/transducer/transducer-family.js';
export type {
  TransducerBeamDecoding,
  TransducerDecoding,
  TransducerGreedyDecoding,
} from './models/transducer/options.js';
export { transducerGreedy } from './decoding/transducer/greedy.js';
export { transducerBeam } from './decoding/transducer/modified-beam.js';
export type { ModifiedBeamOptions } from './decoding/transducer/modified-beam.js';
export type {
  EncodedFrames,
  TransducerLabels,
  TransducerScorer,
} from './decoding/transducer/transducer-scorer.js';
export { loadPyctcdecodeFolder } from './models/ctc/pyctcdecode-folder.js';
export type { PyctcdecodeFolder, PyctcdecodeSettings } from './models/ctc/pyctcdecode-folder.js';
export { readOnnxMetadata } from './models/onnx-metadata.js';
export type { OnnxMetadata } from './models/onnx-metadata.js';
export type { OpenModelOptions, Platform } from './platform.js';
export { connectModels } from './remote/connect-models.js';
export type { ConnectModelsOptions, RemoteModels } from './remote/connect-models.js';
export { serveModels } from './remote/serve-models.js';
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
export { resolveWhisperDecoding } from './models/whisper/resolve-options.js';
export type { ResolvedWhisperDecoding } from './models/whisper/resolve-options.js';
export { parseTokenizerJson } from './text/tokenizer-json.js';
export { parseTokensText } from './text/tokens-text.js';
export { parseVocabularyFiles } from './text/vocabulary-files.js';
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
export type { WhisperFileChoice } from './models/whisper/choose-files.js';
export type { WhisperLayoutName } from './models/whisper/file-sets.js';
export type { DecoderRun, EncodedAudio, WhisperGraphs } from './models/whisper/graphs.js';
export { loadWhisperTokenizer } from './models/whisper/load-tokenizer.js';
export type { LoadWhisperTokenizerOptions } from './models/whisper/load-tokenizer.js';
export { openWhisperGraphs } from './models/whisper/open-graphs.js';
export type { OpenedWhisperGraphs, OpenWhisperGraphsOptions } from './models/whisper/open-graphs.js';
export type { Segment, Transcript, TranscriptAlternative, Word } from './transcript/transcript.js';
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
export { emissionDelays, normalizedErasure, wordEmissions } from './metrics/live-text.js';
export type { EmissionDelay, LiveTextOptions, ShownText, WordEmission } from './metrics/live-text.js';
export { visualizeAlignment } from './metrics/visualize.js';
export type { VisualizeOptions } from './metrics/visualize.js';
export { bootstrapDifference, bootstrapRate } from './evaluation/bootstrap.js';
export type { BootstrapOptions, ErrorSample, Interval, RateDifference } from './evaluation/bootstrap.js';
export { parseCommonVoice } from './evaluation/common-voice.js';
export { parseJsonManifest } from './evaluation/json-manifest.js';
export { parseKaldi } from './evaluation/kaldi.js';
export type { KaldiFiles } from './evaluation/kaldi.js';
export { parseLibriSpeech } from './evaluation/librispeech.js';
export { babbleNoise, cutNoise, mixAtSnr, pinkNoise, whiteNoise } from './evaluation/noise.js';
export type { BabbleOptions } from './evaluation/noise.js';
export { recommendModel } from './evaluation/recommendation.js';
export type {
  MeasuredModel,
  ModelLimits,
  ModelRecommendation,
  RankedModel,
} from './evaluation/recommendation.js';
export { compareScores, poolScores, scoreUtterance } from './evaluation/score.js';
export type { PooledScore, ScoredPair, UtteranceScore, WordEdit } from './evaluation/score.js';
export { normalizeForScoring } from './evaluation/text-normalizer.js';
export type { TextNormalizerName } from './evaluation/text-normalizer.js';
export type { Utterance } from './evaluation/utterance.js';
export { alignCtc } from './decoding/ctc/forced-alignment.js';
export type { CtcAlignment } from './decoding/ctc/forced-alignment.js';
export { aggregateConfidence, entropyConfidence, probabilityConfidence } from './decoding/ctc/confidence.js';
export { decodeCtcGreedy, GreedyCtcDecoder } from './decoding/ctc/greedy.js';
export type { CtcHypothesis, CtcToken } from './decoding/ctc/hypothesis.js';
export type { Hotword } from './decoding/ctc/hotwords.js';
export type { ByteLevel } from './decoding/ctc/label-bytes.js';
export { LanguageModelScorer } from './decoding/ctc/language-model-scorer.js';
export type { LanguageModelScorerOptions } from './decoding/ctc/language-model-scorer.js';
export { alignLongCtc } from './decoding/ctc/long-alignment.js';
export type { LongAlignmentOptions } from './decoding/ctc/long-alignment.js';
export { withWildcard } from './decoding/ctc/wildcard.js';
export { toLogProbs } from './decoding/ctc/log-probs.js';
export type { CtcOutputKind, LogProbMatrix } from './decoding/ctc/log-probs.js';
export { mergeTexts } from './decoding/ctc/merge-texts.js';
export type { CtcTextHypothesis } from './decoding/ctc/merge-texts.js';
export { decodeCtcBeam, PrefixBeamDecoder } from './decoding/ctc/prefix-beam.js';
export type { PrefixBeamOptions } from './decoding/ctc/prefix-beam-options.js';
export { NO_SCORER } from './decoding/ctc/prefix-scorer.js';
export type { PrefixScorer } from './decoding/ctc/prefix-scorer.js';
export {
  frameConfidence,
  gibbsConfidence,
  tokenConfidences,
  wordConfidences,
} from './decoding/ctc/token-confidence.js';
export type { CtcConfidenceOptions } from './decoding/ctc/token-confidence.js';
export { timeCharacters, timeCtcWords } from './decoding/ctc/token-times.js';
export type { CtcFrameTiming, TimedText } from './decoding/ctc/token-times.js';
export { createCtcVocabulary, groupWords } from './decoding/ctc/vocabulary.js';
export type { CtcVocabulary, CtcVocabularyOptions, CtcWord } from './decoding/ctc/vocabulary.js';
export { beamSearch } from './decoding/whisper/beam-search.js';
export type { BeamSearchOptions } from './decoding/whisper/beam-search.js';
export { checkClipRanges, clipFrames } from './decoding/whisper/clip-ranges.js';
export type { ClipRange } from './decoding/whisper/clip-ranges.js';
export { compressionRatio } from './decoding/whisper/compression-ratio.js';
export { decodeWithFallback, isSilence } from './decoding/whisper/fallback.js';
export type { DecodedWindow, FallbackOptions, FallbackResult } from './decoding/whisper/fallback.js';
export { greedySearch } from './decoding/whisper/greedy-search.js';
export { detectLanguage, languageProbabilities } from './decoding/whisper/language-detection.js';
export type {
  DetectedLanguage,
  LanguageDetectionOptions,
  LanguageProbability,
} from './decoding/whisper/language-detection.js';
export { LogitRules } from './decoding/whisper/logit-rules.js';
export type { LogitRuleOptions, RuledRow } from './decoding/whisper/logit-rules.js';
export { buildPrompt, carryPrompt, encodePromptText, previousTextLimit } from './decoding/whisper/prompt.js';
export type { DecoderPrompt, PromptParts } from './decoding/whisper/prompt.js';
export { rankHypotheses } from './decoding/whisper/rank.js';
export { samplingSearch } from './decoding/whisper/sampling-search.js';
export type { SamplingSearchOptions } from './decoding/whisper/sampling-search.js';
export { searchAtTemperature } from './decoding/whisper/search-at-temperature.js';
export type { SearchOptions } from './decoding/whisper/search-at-temperature.js';
export type { Hypothesis, RankedHypothesis, SearchRequest, SearchResult } from './decoding/whisper/search.js';
export { splitWindow } from './decoding/whisper/segments.js';
export type { WindowSegment, WindowSegments } from './decoding/whisper/segments.js';
export { splitAtPauses } from './decoding/whisper/split-at-pauses.js';
export type { Pause } from './decoding/whisper/pauses.js';
export { findMatchingTokens } from './decoding/whisper/suppressed-pattern.js';
export type { WhisperTokenIds } from './decoding/whisper/token-ids.js';
export type { TokenScorer } from './decoding/whisper/token-scorer.js';
export { transcribeWindows } from './decoding/whisper/transcribe.js';
export type {
  LongFormOptions,
  WhisperSegment,
  WindowReport,
  WordOptions,
} from './decoding/whisper/transcribe.js';
export type {
  WindowAttempt,
  WindowDecoder,
  WindowRange,
  WindowSource,
} from './decoding/whisper/window-source.js';
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
export type { SubtitleOptions } from './transcript/cues.js';
export { formatTimestamp } from './transcript/format-timestamp.js';
export type { TimestampFormat } from './transcript/format-timestamp.js';
export { toSrt, toVtt } from './transcript/subtitles.js';
export type { Subtitled } from './transcript/subtitles.js';
export { toJson, toLrc, toPlainText, toTsv } from './transcript/text-exports.js';
export type { LrcOptions } from './transcript/text-exports.js';
export { segmentSpeech, SpeechSegmenter } from './vad/speech-segmenter.js';
export type { SpeechEvent, SpeechSpan } from './vad/speech-segmenter.js';
export type { DetectSpeechOptions, Vad, VadCallOptions, VadInfo, VadOptions, VadStream } from './vad/vad.js';
export type { ProbabilityWindows, SpeechSegmenterOptions } from './vad/segmenter-options.js';
export { CaptureClock } from './streaming/capture-clock.js';
export type { ArrivedChunk } from './streaming/capture-clock.js';
export type { SpeechStream } from './streaming/speech-stream.js';
export type {
  EndpointEvent,
  EndpointReason,
  LagEvent,
  PartialEvent,
  SegmentEvent,
  SpeechStartEvent,
  StreamEndEvent,
  StreamEvent,
} from './streaming/stream-events.js';
export type {
  AudioChunk,
  AudioStreamSource,
  ChunkFormat,
  EndpointOptions,
  RawEncoding,
  StreamOptions,
  TimedChunk,
} from './streaming/stream-options.js';
