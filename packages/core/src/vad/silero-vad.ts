import { mixdown, type AudioInput } from '../audio/pcm.js';
import { prepareAudio, readAudio, type AudioPlatform } from '../audio/read-audio.js';
import { AsrError } from '../errors.js';
import { ProbabilityStream } from './probability-stream.js';
import { SILERO_WINDOWS, type SpeechSegmenterOptions } from './segmenter-options.js';
import type { SileroGraph } from './silero-graph.js';
import { pairEvents, SpeechSegmenter, type SpeechEvent, type SpeechSpan } from './speech-segmenter.js';
import type { DetectSpeechOptions, Vad, VadCallOptions, VadInfo, VadStream } from './vad.js';

const { sampleRate: SAMPLE_RATE, windowSize: WINDOW } = SILERO_WINDOWS;

/** What a {@link SileroVad} is made of. */
export interface SileroVadParts {
  readonly info: VadInfo;
  readonly graph: SileroGraph;
  /** Reads the audio that is handed to `detect`. */
  readonly audio: AudioPlatform;
  /** Called once at the end of `dispose()`. */
  readonly release: () => Promise<void>;
}

/** Silero VAD behind the interface of all detectors. */
export class SileroVad implements Vad {
  readonly info: VadInfo;
  readonly #parts: SileroVadParts;
  readonly #streams = new Set<ProbabilityStream>();
  #disposal: Promise<void> | undefined;

  constructor(parts: SileroVadParts) {
    this.info = parts.info;
    this.#parts = parts;
  }

  async detect(audio: AudioInput, options: DetectSpeechOptions = {}): Promise<readonly SpeechSpan[]> {
    const { signal, onProgress, ...thresholds } = options;
    this.#checkUsable();
    const segmenter = new SpeechSegmenter(thresholds);
    const samples = await this.#read(audio, signal);
    const events: SpeechEvent[] = [];
    for (const probability of await this.#run(samples, { signal, onProgress })) {
      events.push(...segmenter.push(probability));
    }
    events.push(...segmenter.finish(samples.length));
    return pairEvents(events);
  }

  async probabilities(audio: AudioInput, options: VadCallOptions = {}): Promise<Float32Array> {
    this.#checkUsable();
    return this.#run(await this.#read(audio, options.signal), options);
  }

  stream(options: SpeechSegmenterOptions = {}): VadStream {
    this.#checkUsable();
    const segmenter = new SpeechSegmenter(options);
    return new SileroStream(segmenter, this.#open(), (stream) => this.#close(stream));
  }

  dispose(): Promise<void> {
    this.#disposal ??= this.#free();
    return this.#disposal;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }

  async #free(): Promise<void> {
    for (const stream of this.#streams) stream.dispose();
    this.#streams.clear();
    await this.#parts.graph.session.dispose();
    await this.#parts.release();
  }

  async #read(audio: AudioInput, signal: AbortSignal | undefined): Promise<Float32Array> {
    return prepareAudio(await readAudio(audio, this.#parts.audio, signal), SAMPLE_RATE, signal);
  }

  async #run(samples: Float32Array, { signal, onProgress }: Loose<VadCallOptions>): Promise<Float32Array> {
    this.#checkUsable();
    const duration = samples.length / SAMPLE_RATE;
    const stream = this.#open();
    try {
      const probabilities = new Float32Array(Math.ceil(samples.length / WINDOW));
      const full = await stream.push(samples, signal, (windows) =>
        onProgress?.({ seconds: (windows * WINDOW) / SAMPLE_RATE, duration }),
      );
      probabilities.set(full);
      probabilities.set(await stream.finish(signal), full.length);
      onProgress?.({ seconds: duration, duration });
      return probabilities;
    } finally {
      this.#close(stream);
    }
  }

  #open(): ProbabilityStream {
    const stream = new ProbabilityStream(this.#parts.graph);
    this.#streams.add(stream);
    return stream;
  }

  #close(stream: ProbabilityStream): void {
    stream.dispose();
    this.#streams.delete(stream);
  }

  #checkUsable(): void {
    if (this.#disposal) {
      throw new AsrError('DISPOSED', 'this voice activity detector was disposed; load it again');
    }
  }
}

/** Optional properties that may be there and undefined. */
type Loose<T> = { readonly [K in keyof T]: T[K] | undefined };

class SileroStream implements VadStream {
  readonly #segmenter: SpeechSegmenter;
  readonly #probabilities: ProbabilityStream;
  readonly #release: (stream: ProbabilityStream) => void;
  #samples = 0;
  #finished = false;
  /** The calls so far; the next one waits for them. */
  #queue: Promise<unknown> = Promise.resolve();

  constructor(
    segmenter: SpeechSegmenter,
    probabilities: ProbabilityStream,
    release: (stream: ProbabilityStream) => void,
  ) {
    this.#segmenter = segmenter;
    this.#probabilities = probabilities;
    this.#release = release;
  }

  get speaking(): boolean {
    return this.#segmenter.speaking;
  }

  async push(samples: Float32Array): Promise<readonly SpeechEvent[]> {
    this.#checkUsable();
    const copy = mixdown({ samples, sampleRate: SAMPLE_RATE }).slice();
    this.#samples += copy.length;
    return this.#enqueue(async () => this.#segment(await this.#probabilities.push(copy)));
  }

  async finish(): Promise<readonly SpeechEvent[]> {
    this.#checkUsable();
    this.#finished = true;
    return this.#enqueue(async () => {
      const events = this.#segment(await this.#probabilities.finish());
      this.#release(this.#probabilities);
      return [...events, ...this.#segmenter.finish(this.#samples)];
    });
  }

  async dispose(): Promise<void> {
    this.#finished = true;
    // A run under way frees its own results when it finds the stream disposed.
    this.#release(this.#probabilities);
    await this.#queue;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }

  #segment(probabilities: Float32Array): readonly SpeechEvent[] {
    return Array.from(probabilities).flatMap((probability) => this.#segmenter.push(probability));
  }

  #enqueue<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#queue.then(work);
    this.#queue = result.catch(() => this.#release(this.#probabilities));
    return result;
  }

  #checkUsable(): void {
    if (this.#finished) throw new AsrError('DISPOSED', 'this stream is finished or disposed; start another');
  }
}
