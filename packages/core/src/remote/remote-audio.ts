import { chunkIterator } from '../audio/chunk-iterator.js';
import { channelsOf, checkPcm, kindOf } from '../audio/pcm.js';
import type { AudioInput, Pcm } from '../audio/pcm.js';
import { isByteStream, isPcmLike } from '../audio/read-audio.js';
import { bufferOf } from '../inference/remote/protocol.js';
import { copyElements } from '../inference/tensor.js';
import { Moved } from './channel.js';
import type { Channel } from './channel.js';
import { packValue, unpackValue } from './pack-value.js';

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
export function packAudio(channel: Channel, audio: AudioInput): Packed {
  if (isPcmLike(audio)) {
    checkPcm(audio);
    return packPcm(channel, audio);
  }
  const kind = kindOf(audio);
  if (kind === 'Uint8Array') return packBytes(channel, audio as Uint8Array);
  if (kind === 'ArrayBuffer') return packBytes(channel, new Uint8Array(audio as ArrayBuffer));
  if (isByteStream(audio)) {
    return packPieces(channel, chunkIterator(audio), (source) => ({ kind: 'bytes', source }));
  }
  const isRelative = typeof audio === 'string' && channel.baseUrl !== undefined;
  const value = isRelative ? new URL(audio, channel.baseUrl) : audio;
  const wire: WireAudio = { kind: 'value', value: packValue(channel, 'audio', value) };
  return { wire, release: () => {} };
}

/** Offers bytes to the other side. */
export function packBytes(channel: Channel, bytes: Uint8Array): Packed {
  return packPieces(channel, piecesOf([bytes]), (source) => ({ kind: 'bytes', source }));
}

function packPcm(channel: Channel, pcm: Pcm): Packed {
  const channels = channelsOf(pcm);
  return packPieces(channel, piecesOf(channels), (source) => ({
    kind: 'pcm',
    sampleRate: pcm.sampleRate,
    channels: channels.length,
    length: channels[0]!.length,
    source,
  }));
}

function packPieces(
  channel: Channel,
  pieces: Iterator<unknown> | AsyncIterator<unknown>,
  describe: (source: number) => WireAudio,
): Packed {
  let ended = false;
  const end = (): void => {
    channel.withdraw(source);
    if (!ended) void Promise.resolve(pieces.return?.()).catch(() => {});
    ended = true;
  };
  const source: number = channel.offer({
    async next() {
      const { done = false, value } = await pieces.next();
      ended ||= done;
      if (done) return end();
      if (!ArrayBuffer.isView(value)) return { piece: value };
      // A stream's chunk is its owner's, so it is copied and the copy moved.
      const piece = copyElements(value as Uint8Array | Float32Array);
      return new Moved({ piece }, [bufferOf(piece)]);
    },
    end,
  });
  return { wire: describe(source), release: end };
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
  if (audio.kind === 'bytes') return pieces as AsyncGenerator<Uint8Array>;
  return readPcm(audio, pieces as AsyncGenerator<Float32Array>);
}

async function readPcm(
  { sampleRate, channels, length }: Extract<WireAudio, { kind: 'pcm' }>,
  pieces: AsyncGenerator<Float32Array>,
): Promise<Pcm> {
  const samples = Array.from({ length: channels }, () => new Float32Array(length));
  let done = 0;
  for await (const piece of pieces) {
    samples[Math.floor(done / length)]!.set(piece, done % length);
    done += piece.length;
  }
  return { samples, sampleRate };
}

async function* fetchPieces(
  channel: Channel,
  source: number,
  signal: AbortSignal,
): AsyncGenerator<unknown, void, undefined> {
  let ended = false;
  try {
    for (;;) {
      const next = await channel.call(source, 'next', [], { signal });
      ended = next === undefined;
      if (ended) return;
      yield (next as { readonly piece: unknown }).piece;
    }
  } finally {
    if (!ended) void channel.call(source, 'end', []).catch(() => {});
  }
}
