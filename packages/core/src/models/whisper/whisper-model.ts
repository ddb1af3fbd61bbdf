import type { AudioInput } from '../../audio/pcm.js';
import { prepareAudio, readAudio, type AudioPlatform } from '../../audio/read-audio.js';
import { detectLanguage } from '../../decoding/whisper/language-detection.js';
import { WINDOW_FRAMES } from '../../decoding/whisper/token-ids.js';
import { transcribeWindows, type WhisperSegment } from '../../decoding/whisper/transcribe.js';
import { trimSilence } from '../../decoding/whisper/trim-silence.js';
import { AsrError } from '../../errors.js';
import { frameLoudness } from '../../features/loudness.js';
import { WhisperLogMel } from '../../features/whisper-log-mel.js';
import type { ModelInfo, SpeechModel, TranscribeOptions } from '../../speech-model.js';
import type { WhisperTokenizer } from '../../text/whisper-tokenizer.js';
import type { Segment, Transcript } from '../../transcript/transcript.js';
import { GraphWindowSource, scoreLanguage } from './graph-window-source.js';
import type { WhisperGraphs } from './graphs.js';
import { planTranscription, type TranscriptionPlan } from './transcription-plan.js';

const SAMPLE_RATE = 16_000;
/** Samples of a feature frame, 10 ms. */
const FRAME_LENGTH = 160;

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

/** A recording as the decoder reads it. */
interface Recording {
  readonly features: WhisperLogMel;
  /** dBFS of every frame of 10 ms. */
  readonly loudness: Float32Array;
}

/** What was settled about the language before the first window. */
interface Language {
  readonly language: string | undefined;
  readonly probability: number | undefined;
}

/** Whisper behind the interface of all families. */
export class WhisperModel implements SpeechModel {
  readonly info: ModelInfo;
  readonly #parts: WhisperModelParts;
  #disposal: Promise<void> | undefined;

  constructor(parts: WhisperModelParts) {
    this.info = parts.info;
    this.#parts = parts;
  }

  async transcribe(audio: AudioInput, options: TranscribeOptions = {}): Promise<Transcript> {
    const { graphs, tokenizer } = this.#parts;
    const { signal, onProgress } = options;
    this.#checkUsable();
    const plan = planTranscription(options, graphs, tokenizer);
    const pcm = await readAudio(audio, this.#parts.audio, signal);
    const samples = prepareAudio(pcm, SAMPLE_RATE);
    const duration = samples.length / SAMPLE_RATE;
    const recording: Recording = {
      features: new WhisperLogMel(samples, { bins: graphs.melBins }),
      loudness: frameLoudness(samples, FRAME_LENGTH),
    };
    signal?.throwIfAborted();
    this.#checkUsable();

    const spoken = await this.#settleLanguage(plan, recording.features, signal);
    const segments: Segment[] = [];
    let text = '';
    const report = (seconds: number): void => onProgress?.({ seconds, duration });
    for await (const segment of this.#decode(plan, recording, spoken.language, report, signal)) {
      text += segment.text;
      const kept = publicSegment(segment);
      segments.push(plan.decoding.trimSilence ? trimSilence(kept, recording.loudness) : kept);
    }
    return {
      text: text.trim(),
      ...(spoken.language !== undefined && { language: spoken.language }),
      ...(spoken.probability !== undefined && { languageProbability: spoken.probability }),
      duration,
      segments,
    };
  }

  dispose(): Promise<void> {
    this.#disposal ??= this.#parts.graphs.dispose().then(this.#parts.release);
    return this.#disposal;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }

  #checkUsable(): void {
    if (this.#disposal) throw new AsrError('DISPOSED', 'this model was disposed; load it again');
  }

  async #settleLanguage(
    plan: TranscriptionPlan,
    features: WhisperLogMel,
    signal: AbortSignal | undefined,
  ): Promise<Language> {
    const { graphs, tokenizer } = this.#parts;
    const { special } = tokenizer;
    if (plan.language === undefined) return { language: 'en', probability: undefined };
    if (plan.language !== 'auto') return { language: plan.language, probability: undefined };
    const frames = features.contentFrames;
    if (frames === 0) return { language: undefined, probability: undefined };
    const detected = await detectLanguage(
      (index) => {
        signal?.throwIfAborted();
        const seek = index * WINDOW_FRAMES;
        if (seek >= frames) return Promise.resolve(undefined);
        const window = { seek, size: Math.min(WINDOW_FRAMES, frames - seek) };
        return scoreLanguage(graphs, features, window, special.startOfTranscript);
      },
      special.languages,
      {
        maxWindows: plan.decoding.languageDetectionWindows,
        threshold: plan.decoding.languageDetectionThreshold,
      },
    );
    return { language: detected.language, probability: detected.probability };
  }

  #decode(
    plan: TranscriptionPlan,
    { features, loudness }: Recording,
    language: string | undefined,
    onProgress: (seconds: number) => void,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<WhisperSegment, void, undefined> {
    const { graphs, tokenizer } = this.#parts;
    const { decoding, prompt, prefix } = plan;
    const source = new GraphWindowSource(graphs, features, loudness, {
      tokenizer,
      rules: plan.rules,
      search: decoding,
      language: tokenizer.special.multilingual ? language : undefined,
      languagePerWindow: decoding.multilingualAudio && plan.language === 'auto',
      task: plan.task,
      hotwords: plan.hotwords,
      maxNewTokens: plan.maxNewTokens,
      signal,
    });
    return transcribeWindows(source, {
      ...decoding,
      frames: features.contentFrames,
      tokens: tokenizer.special,
      decodeText: (tokens) => tokenizer.decode(tokens),
      maxTokens: graphs.maxTokens,
      initialPrompt: prompt,
      prefix,
      words: plan.words ? decoding : undefined,
      onProgress,
      signal,
    });
  }
}

/** Leaves out what only the decoder's own tests look at. */
function publicSegment({ windowStart: _, text, ...segment }: WhisperSegment): Segment {
  return { ...segment, text: text.trim() };
}
