/**
 * Uncompressed audio: samples as floats in −1…1 and the rate that gives them meaning.
 * One `Float32Array` is mono; an array of them is one per channel, all of the same length.
 */
export interface Pcm {
  readonly samples: Float32Array | readonly Float32Array[];
  /** Samples per second and channel, in Hz. */
  readonly sampleRate: number;
}

/** Chunks of encoded bytes (a file being read, an upload). */
export type ByteStream = ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>;

/**
 * What can be transcribed: {@link Pcm}, or an encoded file as bytes, `Blob`, stream of bytes, URL, or (Node) path.
 * A bare `Float32Array` is refused, because its sample rate would be a guess.
 */
export type AudioInput = Pcm | Uint8Array | ArrayBuffer | Blob | ByteStream | URL | string;
