import type { AudioInput } from '../../audio/pcm.js';
import type { AudioPlatform } from '../../audio/read-audio.js';
import { checkTranscribeOptions } from '../../call-options.js';
import type { CtcHypothesis } from '../../decoding/ctc/hypothesis.js';
import type { CtcVocabulary } from '../../decoding/ctc/vocabulary.js';
import { transducerGreedy } from '../../decoding/transducer/greedy.js';
import { transducerBeam } from '../../decoding/transducer/modified-beam.js';
import type { TransducerLabels } from '../../decoding/transducer/transducer-scorer.js';
import { AsrError } from '../../errors.js';
import type { InferenceSession } from '../../inference/backend.js';
import type { ModelInfo, SpeechModel, TranscribeOptions } from '../../speech-model.js';
import type { LoadDecoder } from '../../streaming/live-streams.js';
import type { SpeechStream } from '../../streaming/speech-stream.js';
import type { StreamEvent } from '../../streaming/stream-events.js';
import type { AudioStreamSource, StreamOptions } from '../../streaming/stream-options.js';
import type { Segment, Transcript } from '../../transcript/transcript.js';
import { checkChannelMode, readChannels, transcribeInTurn } from '../channels.js';
import type { CtcGraph } from '../ctc/ctc-graph.js';
import { toTranscript } from '../ctc/transcript.js';
import { ModelLifetime } from '../model-lifetime.js';
import { planTransducer, type TransducerPlan } from './decoding-plan.js';
import { GraphScorer } from './graph-scorer.js';

/** What a {@link TransducerModel} is made of. */
export interface TransducerModelParts {
  readonly info: ModelInfo;
  /** The encoder with its front end; its "labels" are the numbers that the joiner takes. */
  readonly encoder: CtcGraph;
  readonly decoder: InferenceSession;
  readonly joiner: InferenceSession;
  readonly contextSize: number;
  readonly vocabulary: CtcVocabulary;
  readonly labels: TransducerLabels;
  /** Reads the audio that is handed in. */
  readonly audio: AudioPlatform;
  /** Called once at the end of `dispose()`. */
  readonly release: () => Promise<void>;
}

/** A transducer with a stateless decoder behind the interface of all families. */
export class TransducerModel implements SpeechModel {
  readonly info: ModelInfo;
  readonly #parts: TransducerModelParts;
  readonly #lifetime: ModelLifetime;

  constructor(parts: TransducerModelParts) {
    this.info = parts.info;
    this.#parts = parts;
    this.#lifetime = new ModelLifetime(async () => {
      const { encoder, decoder, joiner } = parts;
      await Promise.all([encoder.session, decoder, joiner].map((session) => session.dispose()));
      await parts.release();
    });
  }

  /**
   * Audio to text. Long audio is encoded in overlapping chunks of 30 s; the search goes on over all of them. Segments are
   * stretches of words without a longer pause. A label's time is the frame it was written in, so words tend to be short.
   *
   * @throws AsrError `OPTION_UNSUPPORTED` for `language`, `task`, `prompt` and other families' `decoding`; what every
   * model throws.
   */
  async transcribe(audio: AudioInput, options: TranscribeOptions = {}): Promise<Transcript> {
    this.#lifetime.checkUsable();
    checkTranscribeOptions(options);
    const plan = planTransducer(options);
    const mode = checkChannelMode(options.channels);
    const { signal, onProgress } = options;
    const { audio: platform, encoder } = this.#parts;
    const channels = await readChannels(audio, platform, encoder.sampleRate, mode, signal);
    this.#lifetime.checkUsable();
    return transcribeInTurn(channels, encoder.sampleRate, mode, onProgress, (samples, duration, report) =>
      this.#transcribeChannel(samples, duration, plan, signal, report),
    );
  }

  /** The segments of {@link transcribe}, at the end: only then has the search seen what decides about them. */
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
    return this.#lifetime.streams.read(source, options, () => this.#refuseStream());
  }

  /** @throws AsrError `OPTION_UNSUPPORTED`: the encoder hears whole utterances. */
  openStream(options: StreamOptions = {}): SpeechStream {
    return this.#lifetime.streams.open(options, () => this.#refuseStream());
  }

  dispose(): Promise<void> {
    return this.#lifetime.dispose();
  }

  /** The same as `dispose()`, for `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }

  #refuseStream(): LoadDecoder {
    this.#lifetime.checkUsable();
    throw new AsrError(
      'OPTION_UNSUPPORTED',
      `a ${this.info.family} model (${this.info.layout}) can't be streamed: its encoder hears whole utterances`,
    );
  }

  async #transcribeChannel(
    samples: Float32Array,
    duration: number,
    plan: TransducerPlan,
    signal: AbortSignal | undefined,
    report: (seconds: number) => void,
  ): Promise<Transcript> {
    const { encoder, decoder, joiner, contextSize, vocabulary, labels } = this.#parts;
    const frames = encodedFrames(encoder, samples, signal, report);
    const scorer = new GraphScorer(decoder, joiner, contextSize);
    const hypotheses: readonly CtcHypothesis[] =
      plan.beamWidth === undefined
        ? [await transducerGreedy(frames, scorer, labels)]
        : await transducerBeam(frames, scorer, { ...labels, beamWidth: plan.beamWidth });
    signal?.throwIfAborted();
    report(duration);
    const { secondsPerFrame } = encoder;
    return toTranscript(
      { hypotheses, entropies: undefined, vocabulary, secondsPerFrame, offset: 0, duration },
      plan,
    );
  }
}

async function* encodedFrames(
  encoder: CtcGraph,
  samples: Float32Array,
  signal: AbortSignal | undefined,
  report: (seconds: number) => void,
): AsyncGenerator<Float32Array, void, undefined> {
  for await (const { data, frames, vocabularySize: width, seconds } of encoder.logProbs(samples, signal)) {
    for (let frame = 0; frame < frames; frame++) {
      signal?.throwIfAborted();
      yield (data as Float32Array).subarray(frame * width, (frame + 1) * width);
    }
    report(seconds);
  }
}
