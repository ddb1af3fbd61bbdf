import type { AudioInput } from '../../audio/pcm.js';
import type { AudioPlatform } from '../../audio/read-audio.js';
import { FrameEntropies } from '../../decoding/ctc/confidence.js';
import type { LogProbMatrix } from '../../decoding/ctc/log-probs.js';
import { createCtcVocabulary, type CtcVocabulary } from '../../decoding/ctc/vocabulary.js';
import { checkTranscribeOptions } from '../../call-options.js';
import { AsrError } from '../../errors.js';
import type { ModelInfo, SpeechModel, TranscribeOptions } from '../../speech-model.js';
import type { LoadDecoder } from '../../streaming/live-streams.js';
import type { StreamPlan } from '../../streaming/stream-plan.js';
import type { SpeechStream } from '../../streaming/speech-stream.js';
import type { StreamEvent } from '../../streaming/stream-events.js';
import type { AudioStreamSource, StreamOptions } from '../../streaming/stream-options.js';
import type { Segment, Transcript } from '../../transcript/transcript.js';
import { checkChannelMode, readChannels, transcribeInTurn, type ChannelMode } from '../channels.js';
import { ModelLifetime } from '../model-lifetime.js';
import { alignText, type TextAlignment } from './align-text.js';
import type { CtcModelConfig } from './config.js';
import type { CtcGraph } from './ctc-graph.js';
import type { CtcLogProbStream } from './log-prob-stream.js';
import { planCtcDecoding, type CtcDecodingPlan } from './decoding-plan.js';
import { liveCtcDecoder, waitForBlanks } from './live-ctc.js';
import { openLiveOfflineCtc } from './open-live-offline-ctc.js';
import { createCtcSearch } from './search.js';
import { toTranscript } from './transcript.js';

/** What a {@link CtcModel} is made of. */
export interface CtcModelParts {
  readonly info: ModelInfo;
  readonly graph: CtcGraph;
  /** Reads the audio that is handed in. */
  readonly audio: AudioPlatform;
  /** Called once at the end of `dispose()`. */
  readonly release: () => Promise<void>;
}

/** Log-probabilities of a recording, for decoders of one's own. */
export interface CtcLogProbs extends LogProbMatrix {
  readonly secondsPerFrame: number;
}

const MARKER = Symbol.for('@org/asr.ctc-model');

/**
 * Any CTC model (wav2vec2, DeepSpeech, zipformer, SpeechBrain, NeMo…) behind the interface of all families. What differs
 * between them is in the description that its `CtcGraph` was made from.
 */
export class CtcModel implements SpeechModel {
  readonly info: ModelInfo;
  /** How the model is run, as its family found out or as it was described; a start for a description of one's own. */
  readonly config: CtcModelConfig;
  readonly vocabulary: CtcVocabulary;
  readonly #parts: CtcModelParts;
  readonly #lifetime: ModelLifetime;

  constructor(parts: CtcModelParts) {
    this.info = parts.info;
    this.#parts = parts;
    this.#lifetime = new ModelLifetime(async () => {
      await parts.graph.session.dispose();
      await parts.release();
    });
    this.config = parts.graph.config;
    const { labels, ...options } = this.config.vocabulary;
    this.vocabulary = createCtcVocabulary(labels, options);
    Object.defineProperty(this, MARKER, { value: true });
  }

  /**
   * Audio to text.
   *
   * Segments are stretches of words without a longer pause (`decoding.segmentPause`); a word lasts from the first frame of
   * its first label to the end of the last frame of its last one. CTC labels are spikes: a word's end tends to be early.
   *
   * @throws AsrError `OPTION_UNSUPPORTED` for `language`, `task`, `prompt` and other families' `decoding`; what every
   * model throws.
   */
  async transcribe(audio: AudioInput, options: TranscribeOptions = {}): Promise<Transcript> {
    this.#lifetime.checkUsable();
    checkTranscribeOptions(options);
    const plan = planCtcDecoding(options, this.vocabulary);
    const mode = checkChannelMode(options.channels);
    const channels = await this.#channels(audio, mode, options.signal);
    return transcribeInTurn(
      channels,
      this.#parts.graph.sampleRate,
      mode,
      options.onProgress,
      (samples, duration, report) => this.#transcribeChannel(samples, duration, plan, options.signal, report),
    );
  }

  /** The segments of {@link transcribe}, at the end: only then has a CTC search seen what decides about them. */
  async *segments(
    audio: AudioInput,
    options: TranscribeOptions = {},
  ): AsyncGenerator<Segment, void, undefined> {
    yield* (await this.transcribe(audio, options)).segments;
  }

  stream(
    source: AudioStreamSource,
    options: StreamOptions = {},
  ): AsyncGenerator<StreamEvent, void, undefined> {
    return this.#lifetime.streams.read(source, options, (plan) => this.#prepareStream(options, plan));
  }

  openStream(options: StreamOptions = {}): SpeechStream {
    return this.#lifetime.streams.open(options, (plan) => this.#prepareStream(options, plan));
  }

  async #transcribeChannel(
    samples: Float32Array,
    duration: number,
    plan: CtcDecodingPlan,
    signal: AbortSignal | undefined,
    report: (seconds: number) => void,
  ): Promise<Transcript> {
    const { graph } = this.#parts;
    const entropies = plan.confidence.method === 'entropy' ? new FrameEntropies() : undefined;
    const search = createCtcSearch(plan, this.vocabulary);
    for await (const piece of graph.logProbs(samples, signal)) {
      entropies?.push(piece);
      search.push(piece);
      report(piece.seconds);
    }
    signal?.throwIfAborted();
    report(duration);
    return toTranscript(
      {
        hypotheses: search.finish(),
        entropies,
        vocabulary: this.vocabulary,
        secondsPerFrame: graph.secondsPerFrame,
        offset: 0,
        duration,
      },
      plan,
    );
  }

  /**
   * The natural log-probabilities of all labels for every frame, [frames, labels].
   *
   * @throws AsrError as {@link transcribe}.
   */
  async logProbs(
    audio: AudioInput,
    { signal }: { readonly signal?: AbortSignal } = {},
  ): Promise<CtcLogProbs> {
    this.#lifetime.checkUsable();
    const { secondsPerFrame } = this.#parts.graph;
    const [samples] = await this.#channels(audio, 'mix', signal);
    return { ...(await this.#collect(samples!, signal)), secondsPerFrame };
  }

  /**
   * Log-probabilities of one utterance whose audio comes in pieces: mono samples at `config.frontEnd.sampleRate`. They are
   * those of {@link logProbs}, however the audio is cut; any CTC decoder of the SDK can be fed with them piece by piece.
   * Several streams may be open; call `dispose()` of each.
   *
   * @throws AsrError `OPTION_UNSUPPORTED` for a model that needs to hear the whole utterance; `DISPOSED`.
   */
  openLogProbStream(): CtcLogProbStream {
    this.#lifetime.checkUsable();
    const stream = this.#parts.graph.openStream();
    if (stream) return stream;
    throw new AsrError(
      'OPTION_UNSUPPORTED',
      `a ${this.info.family} model (${this.info.layout}) can't be streamed: its graph carries no state from run to run`,
    );
  }

  /**
   * Finds when each word and character of a known text is said (forced alignment, torchaudio's semantics).
   *
   * The text needs no preparation: letters are brought to the case of the labels, punctuation that the model can't write is
   * left out, and other characters that it can't write match any sound. Numbers are best written as they are spoken. Audio of
   * any length works; see `alignLongCtc` for how.
   *
   * @throws RangeError when the audio is too short for the text, or the text can't be followed through it; AsrError as
   * {@link transcribe}.
   */
  async align(
    audio: AudioInput,
    text: string,
    { signal }: { readonly signal?: AbortSignal } = {},
  ): Promise<TextAlignment> {
    if (typeof text !== 'string') throw new TypeError(`text: expected a string, found ${typeof text}`);
    this.#lifetime.checkUsable();
    const { secondsPerFrame, sampleRate } = this.#parts.graph;
    const [samples] = await this.#channels(audio, 'mix', signal);
    const logProbs = await this.#collect(samples!, signal);
    return alignText(logProbs, text, this.vocabulary, {
      secondsPerFrame,
      duration: samples!.length / sampleRate,
      signal,
    });
  }

  dispose(): Promise<void> {
    return this.#lifetime.dispose();
  }

  /** The same as `dispose()`, for `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }

  #prepareStream(options: StreamOptions, stream: StreamPlan): LoadDecoder {
    this.#lifetime.checkUsable();
    const { graph } = this.#parts;
    const { sampleRate, secondsPerFrame, config } = graph;
    if (config.execution?.type !== 'stateful') {
      const open = openLiveOfflineCtc(graph, this.vocabulary, options, stream);
      return () => open;
    }
    const open = liveCtcDecoder({
      plan: planCtcDecoding(options, this.vocabulary),
      stream: waitForBlanks(stream, options),
      vocabulary: this.vocabulary,
      sampleRate,
      secondsPerFrame,
      openFeed: () => this.openLogProbStream(),
    });
    return () => open;
  }

  async #channels(
    audio: AudioInput,
    mode: ChannelMode,
    signal: AbortSignal | undefined,
  ): Promise<readonly Float32Array[]> {
    const { audio: platform, graph } = this.#parts;
    const channels = await readChannels(audio, platform, graph.sampleRate, mode, signal);
    this.#lifetime.checkUsable();
    return channels;
  }

  async #collect(samples: Float32Array, signal: AbortSignal | undefined): Promise<LogProbMatrix> {
    const { graph } = this.#parts;
    const pieces: LogProbMatrix[] = [];
    for await (const piece of graph.logProbs(samples, signal)) pieces.push(piece);
    signal?.throwIfAborted();
    const frames = pieces.reduce((sum, piece) => sum + piece.frames, 0);
    const data = new Float32Array(frames * graph.vocabularySize);
    let at = 0;
    for (const piece of pieces) {
      data.set(piece.data, at);
      at += piece.data.length;
    }
    return { data, frames, vocabularySize: graph.vocabularySize };
  }
}

/** Whether a loaded model is a CTC model, and so can align and give log-probabilities. Works across copies of the package. */
export function isCtcModel(model: SpeechModel): model is CtcModel {
  return MARKER in model;
}
