import { chunkIterator } from '../audio/chunk-iterator.js';
import { channelsOf, checkPcm, fromAudioBuffer, kindOf } from '../audio/pcm.js';
import type { AudioInput, Pcm } from '../audio/pcm.js';
import { isByteStream, isPcmLike } from '../audio/read-audio.js';
import { bufferOf } from '../inference/remote/protocol.js';
import { copyElements } from '../inference/tensor.js';
import { Moved } from './channel.js';
import type { Channel } from './channel.js';
import { packValue, unpackValue } from './pack-value.js';
import { isTimed } from '../streaming/timed-chunk.js';

/**
 * Audio on its way. Samples and bytes are fetched piece by piece by the side that needs them: copying an hour of audio in
 * one go would stall a user interface.
 */
type WireAudio =
  | {
      readonly kind: 'pcm';
      readonly sampleRate: number;
      readonly channels: number;
      readonly length: number;
      readonly source: number;
    }
  | { readonly kind: 'bytes'; readonly source: number }
  | { readonly kind: 'value'; readonly value: unknown };

/** Elements of a piece: 4 MB of samples are copied in about a millisecond. */
const PIECE = 1 << 20;

/** Something packed, and what ends it. */
export interface Packed {
  readonly wire: unknown;
  readonly release: () => void;
}

/** Offers audio to the other side. @throws TypeError, RangeError for malformed `Pcm`. */
export function packAudio(channel: Channel, input: AudioInput): Packed {
  const audio = fromAudioBuffer(input);
  if (isPcmLike(audio)) {
    checkPcm(audio);
    return packPcm(channel, audio);
  }
  const kind = kindOf(audio);
  if (kind === 'Uint8Array') return packBytes(channel, audio as Uint8Array);
  if (kind === 'ArrayBuffer') return packBytes(channel, new Uint8Array(audio as ArrayBuffer));
  if (isByteStream(audio)) {
    return packBytesOf(channel, chunkIterator(audio));
  }
  const isRelative = typeof audio === 'string' && channel.baseUrl !== undefined;
  const value = isRelative ? new URL(audio, channel.baseUrl) : audio;
  const wire: WireAudio = { kind: 'value', value: packValue(channel, 'audio', value) };
  return { wire, release: () => {} };
}

/** Offers bytes to the other side. */
export function packBytes(channel: Channel, bytes: Uint8Array): Packed {
  return packBytesOf(channel, piecesOf([bytes]));
}

function packBytesOf(channel: Channel, pieces: Iterator<unknown> | AsyncIterator<unknown>): Packed {
  const { source, release } = offerPieces(channel, pieces);
  return { wire: { kind: 'bytes', source } satisfies WireAudio, release };
}

function packPcm(channel: Channel, pcm: Pcm): Packed {
  const channels = channelsOf(pcm);
  const { source, release } = offerPieces(channel, piecesOf(channels));
  const { sampleRate } = pcm;
  const length = channels[0]!.length;
  return {
    wire: { kind: 'pcm', sampleRate, channels: channels.length, length, source } satisfies WireAudio,
    release,
  };
}

/**
 * Offers an iterator of audio, of which the other side takes one piece after the other.
 *
 * @param onError Told what the iterator throws, which reaches the other side as a copy.
 */
export function offerPieces(
  channel: Channel,
  pieces: Iterator<unknown> | AsyncIterator<unknown>,
  onError: (error: unknown) => void = () => {},
): { readonly source: number; readonly release: () => void } {
  let ended = false;
  const end = (): void => {
    channel.withdraw(source);
    if (!ended) void Promise.resolve(pieces.return?.()).catch(() => {});
    ended = true;
  };
  const next = async (): Promise<unknown> => {
    const { done = false, value } = await pieces.next();
    ended ||= done;
    return done ? end() : moveCopy(value);
  };
  const source: number = channel.offer({
    end,
    next: () =>
      next().catch((error: unknown) => {
        onError(error);
        throw error;
      }),
  });
  return { source, release: end };
}

/** A piece of audio for the other side. It is its owner's, so it is copied and the copy moved. */
function moveCopy(piece: unknown): Moved {
  const { copy, buffers } = copyChunk(piece);
  return new Moved({ piece: copy }, buffers);
}

/** A copy of samples, bytes or `Pcm`, with a time or without, that may be moved. Anything else is left to the one who gets it to refuse. */
export function copyChunk(chunk: unknown): {
  readonly copy: unknown;
  readonly buffers: readonly ArrayBuffer[];
} {
  if (isTimed(chunk)) {
    const { copy, buffers } = copyChunk(chunk.audio);
    return { copy: { audio: copy, time: chunk.time }, buffers };
  }
  if (ArrayBuffer.isView(chunk)) {
    const copy = copyElements(chunk as Uint8Array | Float32Array);
    return { copy, buffers: [bufferOf(copy)] };
  }
  if (typeof chunk !== 'object' || chunk === null || !('samples' in chunk))
    return { copy: chunk, buffers: [] };
  checkPcm(chunk);
  const samples = channelsOf(chunk).map((channel) => copyElements(channel));
  return { copy: { samples, sampleRate: chunk.sampleRate }, buffers: samples.map((one) => bufferOf(one)) };
}

function* piecesOf(arrays: readonly (Uint8Array | Float32Array)[]): Generator<Uint8Array | Float32Array> {
  for (const array of arrays) {
    for (let at = 0; at < array.length; at += PIECE) yield array.subarray(at, at + PIECE);
  }
}

/** The audio that the other side has packed. Streams of bytes are read as they are needed. */
export async function unpackAudio(channel: Channel, wire: unknown, signal: AbortSignal): Promise<AudioInput> {
  const audio = wire as WireAudio;
  if (audio.kind === 'value') return unpackValue(channel, audio.value) as AudioInput;
  const pieces = fetchPieces(channel, audio.source, signal);
  if (audio.kind === 'bytes') return pieces as AsyncIterable<Uint8Array>;
  return readPcm(audio, pieces as AsyncIterable<Float32Array>);
}

async function readPcm(
  { sampleRate, channels, length }: Extract<WireAudio, { kind: 'pcm' }>,
  pieces: AsyncIterable<Float32Array>,
): Promise<Pcm> {
  const samples = Array.from({ length: channels }, () => new Float32Array(length));
  let done = 0;
  for await (const piece of pieces) {
    samples[Math.floor(done / length)]!.set(piece, done % length);
    done += piece.length;
  }
  return { samples, sampleRate };
}

/** What the other side offers with {@link offerPieces}. Leaving it needn't wait for a piece that is asked for. */
export function fetchPieces(channel: Channel, source: number, signal?: AbortSignal): AsyncIterable<unknown> {
  return {
    [Symbol.asyncIterator]: () => ({
      async next() {
        const next = await channel.call(source, 'next', [], { signal });
        if (next === undefined) return { done: true, value: undefined };
        return { done: false, value: (next as { readonly piece: unknown }).piece };
      },
      return() {
        void channel.call(source, 'end', []).catch(() => {});
        return Promise.resolve({ done: true, value: undefined });
      },
    }),
  };
}
