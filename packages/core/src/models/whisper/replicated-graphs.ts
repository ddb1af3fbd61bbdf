import type { EncodedAudio, WhisperGraphs } from './graphs.js';

/** Copies of the same graphs as one: a window goes to the copy that has the fewest. */
export class ReplicatedGraphs implements WhisperGraphs {
  readonly copies: number;
  readonly #first: WhisperGraphs;
  readonly #replicas: readonly { readonly graphs: WhisperGraphs; windows: number }[];

  constructor(replicas: readonly [WhisperGraphs, ...WhisperGraphs[]]) {
    this.copies = replicas.length;
    this.#first = replicas[0];
    this.#replicas = replicas.map((graphs) => ({ graphs, windows: 0 }));
  }

  get layout(): string {
    return this.#first.layout;
  }

  get melBins(): number {
    return this.#first.melBins;
  }

  get vocabularySize(): number {
    return this.#first.vocabularySize;
  }

  get maxTokens(): number {
    return this.#first.maxTokens;
  }

  get alignment(): WhisperGraphs['alignment'] {
    return this.#first.alignment;
  }

  get takesShortWindows(): boolean {
    return this.#first.takesShortWindows;
  }

  async allowShortWindows(signal?: AbortSignal): Promise<void> {
    for (const { graphs } of this.#replicas) await graphs.allowShortWindows(signal);
  }

  async encode(features: Float32Array, frames: number): Promise<EncodedAudio> {
    const replica = this.#replicas.reduce((least, one) => (one.windows < least.windows ? one : least));
    replica.windows++;
    const release = (): void => {
      replica.windows--;
    };
    try {
      return new CountedAudio(await replica.graphs.encode(features, frames), release);
    } catch (error) {
      release();
      throw error;
    }
  }

  async dispose(): Promise<void> {
    await Promise.all(this.#replicas.map(({ graphs }) => graphs.dispose()));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }
}

/** An encoded window that says when it is done with. */
class CountedAudio implements EncodedAudio {
  readonly #encoded: EncodedAudio;
  #release: (() => void) | undefined;

  constructor(encoded: EncodedAudio, release: () => void) {
    this.#encoded = encoded;
    this.#release = release;
  }

  get frames(): number {
    return this.#encoded.frames;
  }

  startDecoder(withAlignment?: boolean): ReturnType<EncodedAudio['startDecoder']> {
    return this.#encoded.startDecoder(withAlignment);
  }

  dispose(): void {
    this.#encoded.dispose();
    this.#release?.();
    this.#release = undefined;
  }
}
