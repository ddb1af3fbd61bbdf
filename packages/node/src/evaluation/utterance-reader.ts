import { AsrError, prepareAudio, readAudio } from '@org/asr-core';
import type { Utterance } from '@org/asr-core';
import { decodeAudio, readAudioFile } from '../audio.js';

/** Rate of the audio that models get and noise is added at, in Hz. */
export const EVALUATION_RATE = 16_000;

/** Reads the audio of utterances, and each recording once for utterances of it that follow each other. */
export class UtteranceReader {
  readonly #signal: AbortSignal | undefined;
  #last: { readonly path: string; readonly samples: Promise<Float32Array> } | undefined;

  constructor(signal?: AbortSignal) {
    this.#signal = signal;
  }

  /**
   * Mono samples at {@link EVALUATION_RATE}.
   * @throws AsrError as `readAudio` does, naming the utterance; `DATASET_INVALID` for a part behind the recording's end.
   */
  async read(utterance: Utterance): Promise<Float32Array> {
    const { id, start = 0, end } = utterance;
    const samples = await this.#recording(utterance);
    const from = Math.round(start * EVALUATION_RATE);
    const to = end === undefined ? samples.length : Math.round(end * EVALUATION_RATE);
    // Manifests round: an end may be some milliseconds behind the recording's.
    if (from < samples.length && to <= samples.length + EVALUATION_RATE / 10)
      return samples.subarray(from, to);
    throw new AsrError(
      'DATASET_INVALID',
      `the utterance "${id}" goes from ${start} to ${end ?? 'its end'} s, but ${utterance.audio} is ` +
        `${(samples.length / EVALUATION_RATE).toFixed(3)} s long.`,
    );
  }

  async #recording({ audio, id }: Utterance): Promise<Float32Array> {
    if (this.#last?.path !== audio) this.#last = { path: audio, samples: readSamples(audio, this.#signal) };
    try {
      return await this.#last.samples;
    } catch (error) {
      if (!AsrError.isInstance(error)) throw error;
      throw new AsrError(error.code, `the audio of "${id}" (${audio}): ${error.message}`, { cause: error });
    }
  }
}

/** Mono samples of a file at {@link EVALUATION_RATE}. */
export async function readSamples(path: string, signal?: AbortSignal): Promise<Float32Array> {
  const pcm = await readAudio(path, { readAudioFile, decodeAudio }, signal);
  return prepareAudio(pcm, EVALUATION_RATE, signal);
}
