import { AsrError } from '@org/asr-core';
import type { Pcm, SpeechModel, TranscribeOptions, Utterance } from '@org/asr-core';
import { NoiseMixer } from './noise-mixer.js';
import type { NoiseCondition } from './noise-mixer.js';
import { EVALUATION_RATE, UtteranceReader } from './utterance-reader.js';

/** Options of `evaluateModel`. */
export interface EvaluateOptions {
  /** Each utterance is recognised as it was recorded, then under each of these. Default: none. */
  readonly noise?: readonly NoiseCondition[];
  /** Seed of the noise, an integer. Default 0. */
  readonly seed?: number;
  /** Let models that can detect the language of each utterance, though the set says it. Default false: they are told. */
  readonly detectLanguage?: boolean;
  /** How to transcribe. */
  readonly transcribe?: Omit<TranscribeOptions, 'language' | 'signal' | 'onProgress' | 'channels'>;
  /** Checked between session runs; the next `next()` rejects with `signal.reason`. */
  readonly signal?: AbortSignal;
}

/** What a model made of an utterance. Plain data. */
export interface RecognizedUtterance {
  /** The utterance's. */
  readonly id: string;
  /** What was added to it. Absent: nothing. */
  readonly noise?: NoiseCondition;
  /** What was recognised, as the model writes it; empty after an error. */
  readonly hypothesis: string;
  /** Length of the audio in seconds. */
  readonly audioSeconds: number;
  /** Seconds from handing over the audio, decoded, to the end. */
  readonly computeSeconds: number;
  /** Seconds to the first segment; all of `computeSeconds` where there was none. */
  readonly firstResultSeconds: number;
  /** Message of the runtime's error, where it failed on this utterance. */
  readonly error?: string;
}

/**
 * Has a model recognise a set of utterances, one after the other, and measures how long each takes. Audio is read, mixed
 * and resampled before the clock starts. Load what should not count before: the first run of a model is slower.
 *
 * An utterance on which the runtime fails (`BACKEND_FAILED`) has the error and an empty hypothesis: all its words are
 * missing, as they are for whoever uses the model.
 *
 * @param utterances With paths of audio that can be read, as `openDataset` gives them.
 * @throws AsrError from `next()`: `AUDIO_INVALID` and `AUDIO_UNSUPPORTED` naming the utterance, `OPTION_UNSUPPORTED`.
 */
export async function* evaluateModel(
  model: SpeechModel,
  utterances: readonly Utterance[],
  options: EvaluateOptions = {},
): AsyncGenerator<RecognizedUtterance, void, undefined> {
  const { noise = [], seed = 0, signal } = options;
  const reader = new UtteranceReader(signal);
  const mixer = new NoiseMixer(reader, utterances, seed, signal);
  for (const utterance of utterances) {
    const samples = await reader.read(utterance);
    const transcribe = transcribeOptions(model, utterance, options);
    yield { id: utterance.id, ...(await recognize(model, samples, transcribe)) };
    for (const condition of noise) {
      const mix = await mixer.add(condition, samples, utterance.id);
      yield { id: utterance.id, noise: condition, ...(await recognize(model, mix, transcribe)) };
    }
  }
}

/** Options of one utterance: the language where the model can be told one and knows it. */
export function transcribeOptions(
  model: SpeechModel,
  utterance: Utterance,
  { detectLanguage = false, transcribe = {}, signal }: EvaluateOptions,
): TranscribeOptions {
  const { languages = [] } = model.info;
  const isTold = !detectLanguage && languages.length > 1 && languages.includes(utterance.language ?? '');
  return {
    ...transcribe,
    ...(isTold && { language: utterance.language! }),
    ...(signal && { signal }),
  };
}

async function recognize(
  model: SpeechModel,
  samples: Float32Array,
  options: TranscribeOptions,
): Promise<Omit<RecognizedUtterance, 'id' | 'noise'>> {
  const audio: Pcm = { samples, sampleRate: EVALUATION_RATE };
  const audioSeconds = samples.length / EVALUATION_RATE;
  const start = performance.now();
  const elapsed = (): number => (performance.now() - start) / 1000;
  const texts: string[] = [];
  let firstResultSeconds: number | undefined;
  try {
    for await (const { text } of model.segments(audio, options)) {
      firstResultSeconds ??= elapsed();
      texts.push(text);
    }
  } catch (error) {
    if (!AsrError.isInstance(error) || error.code !== 'BACKEND_FAILED') throw error;
    const computeSeconds = elapsed();
    return {
      hypothesis: '',
      audioSeconds,
      computeSeconds,
      firstResultSeconds: computeSeconds,
      error: error.message,
    };
  }
  const computeSeconds = elapsed();
  return {
    hypothesis: texts.join(' '),
    audioSeconds,
    computeSeconds,
    firstResultSeconds: firstResultSeconds ?? computeSeconds,
  };
}
