import type { AudioInput } from '../../audio/pcm.js';
import type { AudioPlatform } from '../../audio/read-audio.js';
import { checkTranscribeOptions } from '../../call-options.js';
import type { ModelInfo, SpeechModel, TranscribeOptions } from '../../speech-model.js';
import type { LoadDecoder } from '../../streaming/live-streams.js';
import type { SpeechStream } from '../../streaming/speech-stream.js';
import type { StreamEvent } from '../../streaming/stream-events.js';
import type { AudioStreamSource, StreamOptions } from '../../streaming/stream-options.js';
import type { StreamPlan } from '../../streaming/stream-plan.js';
import type { WhisperTokenizer } from '../../text/whisper-tokenizer.js';
import type { Segment, Transcript } from '../../transcript/transcript.js';
import { checkChannelMode, readChannels } from '../channels.js';
import { ModelLifetime } from '../model-lifetime.js';
import { ChannelTranscription, type DecodedSegment } from './channel-transcription.js';
import type { WhisperGraphs } from './graphs.js';
import { hearAll, SAMPLE_RATE } from './heard-audio.js';
import { openLiveWhisper } from './open-live-whisper.js';
import { scoreUtterance } from './score-utterance.js';
import { planTranscription } from './transcription-plan.js';

/** What a {@link WhisperModel} is made of. */
export interface WhisperModelParts {
  readonly info: ModelInfo;
  readonly graphs: WhisperGraphs;
  readonly tokenizer: WhisperTokenizer;
  /** Reads the audio that is handed to `transcribe`. */
  readonly audio: AudioPlatform;
  /** Called once at the end of `dispose()`. */
  readonly release: () => Promise<void>;
}

/** A recording that is ready to be transcribed. */
interface Job {
  readonly channels: readonly ChannelTranscription[];
  /** Whether segments say which channel they are from. */
  readonly separate: boolean;
  /** One sequence of segments for every channel. */
  readonly sequences: readonly AsyncGenerator<DecodedSegment, void, undefined>[];
}

/** Whisper behind the interface of all families. */
export class WhisperModel implements SpeechModel {
  readonly info: ModelInfo;
  readonly #parts: WhisperModelParts;
  readonly #lifetime: ModelLifetime;

  constructor(parts: WhisperModelParts) {
    this.info = parts.info;
    this.#parts = parts;
    this.#lifetime = new ModelLifetime(async () => {
      await parts.graphs.dispose();
      await parts.release();
    });
  }

  async transcribe(audio: AudioInput, options: TranscribeOptions = {}): Promise<Transcript> {
    const { channels, separate, sequences } = await this.#open(audio, options);
    const transcripts: Transcript[] = [];
    for (const [i, sequence] of sequences.entries()) {
      const decoded: DecodedSegment[] = [];
      for await (const segment of sequence) decoded.push(segment);
      transcripts.push(channels[i]!.transcript(decoded));
    }
    if (!separate) return transcripts[0]!;
    const { joinChannels } = await import('../join-channels.js');
    return joinChannels(transcripts);
  }

  async *segments(
    audio: AudioInput,
    options: TranscribeOptions = {},
  ): AsyncGenerator<Segment, void, undefined> {
    const { separate, sequences } = await this.#open(audio, options);
    if (!separate) {
      for await (const { segment } of sequences[0]!) yield segment;
      return;
    }
    const { mergeByStart } = await import('../join-channels.js');
    const marked = sequences.map((sequence, channel) => markChannel(sequence, channel));
    yield* mergeByStart(marked, (segment) => segment.start);
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

  dispose(): Promise<void> {
    return this.#lifetime.dispose();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }

  #prepareStream(options: StreamOptions, plan: StreamPlan): LoadDecoder {
    this.#lifetime.checkUsable();
    const { graphs, tokenizer } = this.#parts;
    return openLiveWhisper(graphs, tokenizer, options, plan);
  }

  async #open(audio: AudioInput, options: TranscribeOptions): Promise<Job> {
    const { graphs, tokenizer } = this.#parts;
    const { signal, onProgress } = options;
    this.#lifetime.checkUsable();
    checkTranscribeOptions(options);
    const plan = planTranscription(options, graphs, tokenizer);
    const mode = checkChannelMode(options.channels);
    if (plan.contextPadding !== undefined) await graphs.allowShortWindows(signal);
    const { languages, startOfTranscript } = tokenizer.special;
    const score = (utterance: Float32Array): Promise<Float32Array> =>
      scoreUtterance(utterance, graphs, startOfTranscript, signal);
    const channels: ChannelTranscription[] = [];
    for (const samples of await readChannels(audio, this.#parts.audio, SAMPLE_RATE, mode, signal)) {
      const { decoding, speech } = plan;
      const heard = speech
        ? await (
            await import('./speech-windows.js')
          ).hearSpeech(samples, decoding, speech, { score, languages }, signal)
        : hearAll(samples, decoding.clipRanges);
      channels.push(new ChannelTranscription(graphs, tokenizer, heard, plan, signal));
    }
    signal?.throwIfAborted();
    this.#lifetime.checkUsable();
    const done = channels.map(() => 0);
    const { duration } = channels[0]!;
    const sequences = channels.map((channel, i) =>
      channel.segments((seconds) => {
        done[i] = seconds;
        onProgress?.({ seconds: done.reduce((sum, one) => sum + one, 0) / done.length, duration });
      }),
    );
    return { channels, separate: mode === 'separate', sequences };
  }
}

async function* markChannel(
  sequence: AsyncGenerator<DecodedSegment, void, undefined>,
  channel: number,
): AsyncGenerator<Segment, void, undefined> {
  for await (const { segment } of sequence) yield { ...segment, channel };
}
