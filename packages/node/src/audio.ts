import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { type AudioContainer, AsrError, type Pcm, sniffContainer } from '@org/asr-core';
import { decodeWithFfmpeg } from './audio/ffmpeg.js';
import type { ChannelPcm } from './audio/paced.js';

/**
 * Decodes a compressed audio file, channels and sample rate kept. FLAC, MP3, Ogg Vorbis and Ogg Opus are decoded by
 * WebAssembly libraries that come with this package and are loaded on first use; M4A/AAC, AIFF, WebM and the rest by
 * the `ffmpeg` program of this machine. The event loop gets its turn between pieces of work.
 *
 * @throws AsrError `AUDIO_UNSUPPORTED` for content that is no known audio format, or that needs an ffmpeg which is not
 *   there; `AUDIO_INVALID` for a file that is truncated, damaged or without audio. `signal.reason` when aborted.
 */
export async function decodeAudio(bytes: Uint8Array, signal?: AbortSignal): Promise<Pcm> {
  signal?.throwIfAborted();
  const container = sniffContainer(bytes);
  if (container === undefined) throw unknownContent(bytes);
  const pcm = await decode(bytes, container, signal);
  if (!pcm.samples[0]?.length) {
    throw new AsrError(
      'AUDIO_INVALID',
      `the ${container} file (${bytes.length} bytes) holds no audio samples`,
    );
  }
  return pcm;
}

async function decode(
  bytes: Uint8Array,
  container: AudioContainer,
  signal: AbortSignal | undefined,
): Promise<ChannelPcm> {
  switch (container) {
    case 'mp3':
      return (await import('./audio/mp3.js')).decodeMp3(bytes, signal);
    case 'flac':
      return (await import('./audio/flac.js')).decodeFlac(bytes, signal);
    case 'ogg':
      return (await import('./audio/ogg.js')).decodeOgg(bytes, signal);
    default:
      return decodeWithFfmpeg(bytes, container, signal);
  }
}

function unknownContent(bytes: Uint8Array): AsrError {
  const start = [...bytes.subarray(0, 8)].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
  return new AsrError(
    'AUDIO_UNSUPPORTED',
    `the content is no audio format known here: ${bytes.length} bytes starting with ${start}; ` +
      `convert it to WAV, FLAC, MP3, Ogg or M4A, or pass { samples, sampleRate }`,
  );
}

/**
 * Reads a file path, a `file:` URL, or a URL that `fetch` takes (`https:`, `http:`, `data:`, `blob:`).
 * A string is a path, unless it starts with `file://`, `http://` or `https://`.
 *
 * @throws AsrError `AUDIO_INVALID` if the file can't be read (`cause` has the system's error), `DOWNLOAD_FAILED` if a
 *   fetch fails. `signal.reason` when aborted.
 */
export async function readAudioFile(location: string | URL, signal?: AbortSignal): Promise<Uint8Array> {
  signal?.throwIfAborted();
  const url =
    typeof location === 'string' && /^(?:file|https?):\/\//i.test(location) ? new URL(location) : location;
  return typeof url === 'string' || url.protocol === 'file:' ? readPath(url, signal) : download(url, signal);
}

async function readPath(location: string | URL, signal: AbortSignal | undefined): Promise<Uint8Array> {
  const path = typeof location === 'string' ? location : fileURLToPath(location);
  try {
    return await readFile(path, signal === undefined ? {} : { signal });
  } catch (error) {
    signal?.throwIfAborted();
    const reason = error instanceof Error ? error.message : String(error);
    throw new AsrError('AUDIO_INVALID', `the audio file "${path}" can't be read: ${reason}`, {
      cause: error,
    });
  }
}

async function download(url: URL, signal: AbortSignal | undefined): Promise<Uint8Array> {
  const name = url.protocol === 'data:' ? 'data: URL' : url.href;
  try {
    const response = await fetch(url, signal === undefined ? {} : { signal });
    if (!response.ok) throw new Error(`HTTP status ${response.status}`);
    return new Uint8Array(await response.arrayBuffer());
  } catch (error) {
    signal?.throwIfAborted();
    const reason = error instanceof Error ? error.message : String(error);
    throw new AsrError('DOWNLOAD_FAILED', `audio could not be fetched from ${name}: ${reason}`, {
      cause: error,
    });
  }
}
