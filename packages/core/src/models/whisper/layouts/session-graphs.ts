import { AsrError } from '../../../errors.js';
import { freeTensor } from '../../../inference/tensor.js';
import type { Tensor } from '../../../inference/tensor.js';
import type { DecoderRun, EncodedAudio, WhisperGraphs } from '../graphs.js';
import { SessionDecoderRun } from './decoder-run.js';
import type { WhisperLayout } from './layout.js';
import { floatTensor } from './rows.js';

/** The part of {@link WhisperGraphs} that is the same for every layout. */
export class SessionWhisperGraphs implements WhisperGraphs {
  readonly layout: string;
  readonly takesShortWindows: boolean;
  readonly #graphs: WhisperLayout;
  #disposed = false;

  constructor(layout: string, graphs: WhisperLayout) {
    this.layout = layout;
    this.#graphs = graphs;
    const { fixed, max } = graphs.encoder.frames;
    this.takesShortWindows = fixed === undefined && max !== undefined;
  }

  get melBins(): number {
    return this.#graphs.encoder.melBins;
  }

  get vocabularySize(): number {
    return this.#graphs.vocabularySize;
  }

  get maxTokens(): number {
    return this.#graphs.maxTokens;
  }

  get alignment(): WhisperGraphs['alignment'] {
    const reason = this.#graphs.noAlignment;
    return reason === undefined ? { available: true } : { available: false, reason };
  }

  async allowShortWindows(signal?: AbortSignal): Promise<void> {
    if (this.takesShortWindows) return;
    const { freeEncoder } = await import('../short-windows/free-encoder.js');
    await freeEncoder(this.#graphs, this.layout, signal);
  }

  async encode(features: Float32Array, frames: number): Promise<EncodedAudio> {
    if (this.#disposed) throw new AsrError('DISPOSED', 'these Whisper graphs have been disposed');
    const { encoder } = this.#graphs;
    this.#checkFeatures(features, frames);
    const data =
      encoder.type === 'float32'
        ? features
        : (await import('../../../inference/half-float.js')).floatToHalf(features);
    const input = floatTensor(encoder.type, data, [1, encoder.melBins, frames]);
    const encoded = await encoder.session.run({ [encoder.input]: input }, encoder.outputs);
    return new SessionEncodedAudio(this.#graphs, encoded);
  }

  async dispose(): Promise<void> {
    this.#disposed = true;
    const { encoder, sessions } = this.#graphs;
    const open = sessions.splice(0);
    await encoder.freeing;
    await Promise.all(open.map((session) => session.dispose()));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }

  #checkFeatures(features: Float32Array, frames: number): void {
    const { melBins, frames: allowed } = this.#graphs.encoder;
    if (!Number.isInteger(frames) || frames < 1 || features.length !== melBins * frames) {
      throw new RangeError(`features: expected ${melBins} bins × ${frames} frames, got ${features.length}`);
    }
    const { fixed, max = fixed } = allowed;
    if (max !== undefined && (frames > max || (fixed !== undefined && frames < fixed))) {
      throw new RangeError(`frames: the encoder takes ${fixed ?? `up to ${max}`}, got ${frames}`);
    }
  }
}

class SessionEncodedAudio implements EncodedAudio {
  readonly frames: number;
  readonly #graphs: WhisperLayout;
  readonly #encoded: Readonly<Record<string, Tensor>>;
  #decoders = 0;
  #disposed = false;

  constructor(graphs: WhisperLayout, encoded: Readonly<Record<string, Tensor>>) {
    this.#graphs = graphs;
    this.#encoded = encoded;
    this.frames = graphs.countFrames(encoded);
  }

  startDecoder(withAlignment = true): DecoderRun {
    if (this.#disposed) throw new AsrError('DISPOSED', 'this encoded audio has been disposed');
    const state = this.#graphs.startDecoder(this.#encoded, withAlignment);
    this.#decoders++;
    return new SessionDecoderRun(state, this.#graphs, () => {
      this.#decoders--;
      this.#freeIfUnused();
    });
  }

  /** The tensors go when the last decoder that reads them has gone, so that a wrong order can't crash a runtime. */
  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#freeIfUnused();
  }

  #freeIfUnused(): void {
    if (this.#disposed && this.#decoders === 0) Object.values(this.#encoded).forEach(freeTensor);
  }
}
