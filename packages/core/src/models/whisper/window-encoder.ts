import type { WindowRange } from '../../decoding/whisper/window-source.js';
import { WINDOW_FRAMES } from '../../decoding/whisper/token-ids.js';
import type { WhisperLogMel } from '../../features/whisper-log-mel.js';
import { orAbort } from '../../or-abort.js';
import type { EncodedAudio, WhisperGraphs } from './graphs.js';

/** Level below which nothing was recorded: the lowest bit of 16-bit audio is at −90 dBFS. */
const INAUDIBLE = -85;
/** No word is shorter than this many frames of 10 ms (whisper.cpp stops at 100 ms as well). */
const SHORTEST_WORD = 10;

/**
 * The windows of one recording through a model's encoder. A full window that was encoded to tell its language is kept for
 * its decoding.
 */
export class WindowEncoder {
  readonly #graphs: WhisperGraphs;
  readonly #features: WhisperLogMel;
  readonly #loudness: Float32Array;
  readonly #signal: AbortSignal | undefined;
  #kept: { readonly window: WindowRange; readonly encoded: EncodedAudio } | undefined;

  /**
   * @param loudness Level of every frame of 10 ms in dBFS.
   * @param signal Ends the wait for a run at once; what the run gives later is freed.
   */
  constructor(
    graphs: WhisperGraphs,
    features: WhisperLogMel,
    loudness: Float32Array,
    signal: AbortSignal | undefined,
  ) {
    this.#graphs = graphs;
    this.#features = features;
    this.#loudness = loudness;
    this.#signal = signal;
  }

  /** Whether a window surely holds no speech. */
  isSilent({ seek, size }: WindowRange): boolean {
    if (size < SHORTEST_WORD) return true;
    return this.#loudness.subarray(seek, seek + size).every((level) => level < INAUDIBLE);
  }

  /**
   * Encodes a window, or hands over the kept one. The caller disposes it.
   *
   * @param frames Length of what the model hears, padding included. Default 30 s; less where it takes short windows.
   */
  async take(window: WindowRange, frames: number = WINDOW_FRAMES): Promise<EncodedAudio> {
    const kept = this.#kept;
    if (kept && kept.window.seek === window.seek && kept.window.size === window.size) {
      this.#kept = undefined;
      return kept.encoded;
    }
    this.dispose();
    return this.#encode(window, 'zeros', frames);
  }

  /**
   * Raw logits right after `<|startoftranscript|>`, by which the language is told.
   *
   * A short window is padded with silence for that, as openai/whisper does, and with zeros for decoding: with zeros, base
   * takes Spanish prompts for Italian more often. A full one needs no padding, and is kept for its decoding.
   */
  async scoreStart(window: WindowRange, startOfTranscript: number): Promise<Float32Array> {
    const full = window.size === WINDOW_FRAMES;
    const encoded = await this.#encode(window, full ? 'zeros' : 'silence', WINDOW_FRAMES);
    let keep = false;
    try {
      const logits = await scoreStart(encoded, startOfTranscript);
      keep = full && this.#kept === undefined;
      if (keep) this.#kept = { window, encoded };
      return logits;
    } finally {
      if (!keep) encoded.dispose();
    }
  }

  /** Frees a kept window. Idempotent. */
  dispose(): void {
    this.#kept?.encoded.dispose();
    this.#kept = undefined;
  }

  /** Features of a window through the encoder; behind the audio zeros, or what silence would give. */
  #encode({ seek, size }: WindowRange, padding: 'zeros' | 'silence', frames: number): Promise<EncodedAudio> {
    const features = this.#features;
    const mel = features.window(seek, frames, { padding });
    if (seek + size < features.contentFrames) {
      // A clip ends inside of the audio: what follows it must not be heard.
      for (let bin = 0; bin < features.bins; bin++) {
        mel.fill(0, bin * frames + size, (bin + 1) * frames);
      }
    }
    // The encoder can't be interrupted, and takes longer than all else between two looks at the signal.
    return orAbort(this.#graphs.encode(mel, frames), this.#signal, (late) => late.dispose());
  }
}

/** Raw logits right after `<|startoftranscript|>` of an encoded window, in an array of their own. */
export async function scoreStart(encoded: EncodedAudio, startOfTranscript: number): Promise<Float32Array> {
  const run = encoded.startDecoder(false);
  try {
    return (await run.append([startOfTranscript], 1, 0)).slice();
  } finally {
    run.dispose();
  }
}
