import { setImmediate } from 'node:timers/promises';
import { AsrError, type Pcm } from '@org/asr-core';

/** What the decoder libraries return for a piece of input. */
export interface DecodedPiece {
  readonly channelData: readonly Float32Array[];
  readonly samplesDecoded: number;
  readonly sampleRate: number;
  readonly errors: readonly { readonly message: string }[];
}

/** Decoded audio, one array per channel; no channels if nothing could be decoded. */
export interface ChannelPcm extends Pcm {
  readonly samples: readonly Float32Array[];
}

/** Decoded audio and what the decoder complained about on the way. */
export interface DecodedFile {
  readonly pcm: ChannelPcm;
  readonly problems: readonly string[];
}

/** Bytes decoded without a pause. The lower the bit rate, the more work they are: 2 s of audio for MP3 at 32 kbit/s. */
export const PIECE_BYTES = 8 * 1024;

/** Cuts bytes into pieces of {@link PIECE_BYTES}. */
export function* pieces(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) yield bytes.subarray(at, at + PIECE_BYTES);
}

/** Pieces that are joined without a pause; some MB of samples. */
const PIECES_AT_ONCE = 32;

/**
 * Runs a synchronous decoder piece by piece, letting the event loop run and checking `signal` in between.
 * @param correct Applied to the samples of every channel of a piece, in place.
 * @throws AsrError `AUDIO_INVALID` if the decoder throws, or rate or channels change within the file.
 */
export async function decodePaced(
  format: string,
  results: Iterable<DecodedPiece | Promise<DecodedPiece>>,
  signal: AbortSignal | undefined,
  correct: (samples: Float32Array) => void = () => {},
): Promise<DecodedFile> {
  const parts: DecodedPiece[] = [];
  const problems: string[] = [];
  const iterator = results[Symbol.iterator]();
  for (;;) {
    signal?.throwIfAborted();
    const part = await attempt(format, async () => {
      const { done, value } = iterator.next();
      return done ? undefined : value;
    });
    if (part === undefined) break;
    problems.push(...part.errors.map((error) => error.message));
    if (part.samplesDecoded > 0) {
      part.channelData.forEach(correct);
      parts.push(part);
    }
    await setImmediate();
  }
  return { pcm: await join(format, parts, signal), problems };
}

/** Decoders are WebAssembly on untrusted bytes: what they throw on damaged input is of any kind. */
async function attempt<T>(format: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (AsrError.isInstance(error)) throw error;
    throw new AsrError('AUDIO_INVALID', `${format}: the decoder failed; the file is damaged`, {
      cause: error,
    });
  }
}

async function join(
  format: string,
  parts: readonly DecodedPiece[],
  signal: AbortSignal | undefined,
): Promise<ChannelPcm> {
  const first = parts[0];
  if (first === undefined) return { samples: [], sampleRate: 0 };
  const { sampleRate } = first;
  const channels = first.channelData.length;
  const total = parts.reduce((sum, part) => sum + part.samplesDecoded, 0);
  const samples = Array.from({ length: channels }, () => new Float32Array(total));
  let at = 0;
  for (const [i, part] of parts.entries()) {
    if (i % PIECES_AT_ONCE === PIECES_AT_ONCE - 1) await setImmediate();
    signal?.throwIfAborted();
    if (part.sampleRate !== sampleRate || part.channelData.length !== channels) {
      throw new AsrError(
        'AUDIO_INVALID',
        `${format}: ${channels} channels at ${sampleRate} Hz change to ${part.channelData.length} at ` +
          `${part.sampleRate} Hz after ${at} samples`,
      );
    }
    for (let c = 0; c < channels; c++)
      samples[c]!.set(part.channelData[c]!.subarray(0, part.samplesDecoded), at);
    at += part.samplesDecoded;
  }
  return { samples, sampleRate };
}

/** Error for a file that gave less audio than it states. */
export function incomplete(
  format: string,
  found: number,
  stated: number,
  problems: readonly string[],
): AsrError {
  const detail = problems.length > 0 ? ` (${problems[0]})` : '';
  return new AsrError(
    'AUDIO_INVALID',
    `${format}: ${found} of ${stated} samples could be decoded; the file is truncated or damaged${detail}`,
  );
}

/** Offset behind an ID3v2 tag at the start, 0 if there is none. */
export function id3Size(bytes: Uint8Array): number {
  if (bytes.length < 10 || bytes[0] !== 0x49 || bytes[1] !== 0x44 || bytes[2] !== 0x33) return 0;
  const size = (bytes[6]! << 21) | (bytes[7]! << 14) | (bytes[8]! << 7) | bytes[9]!;
  return 10 + size + (bytes[5]! & 0x10 ? 10 : 0);
}

/** The file without an ID3v1 tag ("TAG" and 125 more bytes at its end). */
export function withoutId3v1(bytes: Uint8Array): Uint8Array {
  const at = bytes.length - 128;
  const tagged = at >= 0 && bytes[at] === 0x54 && bytes[at + 1] === 0x41 && bytes[at + 2] === 0x47;
  return tagged ? bytes.subarray(0, at) : bytes;
}
