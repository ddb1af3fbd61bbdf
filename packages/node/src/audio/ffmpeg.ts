import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AudioContainer, AsrError, readWavInTurns } from '@org/asr-core';
import type { ChannelPcm } from './paced.js';

/**
 * ffmpeg's demuxer for each container. It is always named, never guessed by ffmpeg: some of its demuxers (playlists)
 * open other files, which untrusted input must not reach.
 */
const DEMUXERS: Readonly<Record<AudioContainer, string>> = {
  wav: 'wav',
  flac: 'flac',
  mp3: 'mp3',
  ogg: 'ogg',
  mp4: 'mov',
  aiff: 'aiff',
  adts: 'aac',
  matroska: 'matroska',
  caf: 'caf',
  au: 'au',
  amr: 'amr',
  asf: 'asf',
};

/** Containers that may keep what is needed first at their end, so that they can't be read from a pipe. */
const NEEDS_SEEKING: ReadonlySet<AudioContainer> = new Set(['mp4', 'caf']);

/**
 * Decodes a file with the `ffmpeg` found on PATH, as a child process without a shell. Bytes go in through a pipe
 * (M4A and CAF through a temporary file), samples come back as a float WAV stream.
 *
 * @throws AsrError `AUDIO_UNSUPPORTED` if there is no ffmpeg, `AUDIO_INVALID` with ffmpeg's own words if it fails.
 *   `signal.reason` when aborted; ffmpeg is killed then.
 */
export async function decodeWithFfmpeg(
  bytes: Uint8Array,
  container: AudioContainer,
  signal: AbortSignal | undefined,
): Promise<ChannelPcm> {
  checkComplete(bytes, container);
  if (!NEEDS_SEEKING.has(container)) return run(bytes, container, undefined, signal);
  const folder = await mkdtemp(join(tmpdir(), 'asr-'));
  try {
    const path = join(folder, 'audio');
    await writeFile(path, bytes, signal === undefined ? {} : { signal });
    return await run(undefined, container, path, signal);
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function run(
  input: Uint8Array | undefined,
  container: AudioContainer,
  path: string | undefined,
  signal: AbortSignal | undefined,
): Promise<ChannelPcm> {
  signal?.throwIfAborted();
  const child = spawn('ffmpeg', ffmpegArguments(container, path), {
    stdio: ['pipe', 'pipe', 'pipe'],
    windowsHide: true,
    killSignal: 'SIGKILL',
    ...(signal && { signal }),
  });
  // An ffmpeg that gives up early closes its end; its exit code and stderr say why.
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  const [output, errors, code] = await Promise.all([
    collect(child.stdout),
    collect(child.stderr),
    exitCode(child),
  ]).catch((error: unknown) => {
    signal?.throwIfAborted();
    throw startError(error, container);
  });
  if (code !== 0) {
    const said = errors.toString('utf8').trim().split('\n').slice(-3).join('; ').slice(0, 500);
    throw new AsrError(
      'AUDIO_INVALID',
      `ffmpeg can't decode this ${container} file (exit code ${code}): ${said}`,
    );
  }
  const { samples, sampleRate } = await readWavInTurns(output, signal);
  return { samples, sampleRate };
}

/** Reads from a file where there is a path, from standard input otherwise; writes to standard output. */
function ffmpegArguments(container: AudioContainer, path: string | undefined): string[] {
  const protocol = path === undefined ? 'pipe' : 'file';
  const input = path === undefined ? 'pipe:0' : `file:${path}`;
  return `-nostdin -hide_banner -loglevel error -xerror -protocol_whitelist ${protocol} -f ${DEMUXERS[container]}`
    .split(' ')
    .concat('-i', input)
    .concat('-map 0:a:0 -codec:a pcm_f32le -f wav pipe:1'.split(' '));
}

async function collect(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function exitCode(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
}

function startError(error: unknown, container: AudioContainer): AsrError {
  const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
  return new AsrError(
    'AUDIO_UNSUPPORTED',
    `${container} audio is decoded by the ffmpeg program, which ${missing ? 'is not on PATH' : 'could not be started'}; ` +
      `install ffmpeg, convert the file to WAV, FLAC, MP3 or Ogg, or pass { samples, sampleRate }`,
    { cause: error },
  );
}

/** ffmpeg takes a cut file as a shorter one, so containers that state their sizes are checked first. */
function checkComplete(bytes: Uint8Array, container: AudioContainer): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const stated = container === 'mp4' ? mp4Size(view) : container === 'aiff' ? view.getUint32(4) + 8 : 0;
  if (stated > bytes.length) {
    throw new AsrError(
      'AUDIO_INVALID',
      `the ${container} file is truncated: it states ${stated} bytes and has ${bytes.length}`,
    );
  }
}

/** End of the last top-level box (ISO/IEC 14496-12). */
function mp4Size(view: DataView): number {
  let at = 0;
  while (at + 8 <= view.byteLength) {
    const size = view.getUint32(at);
    // 1: the size follows in 64 bits; 0: to the end of the file.
    if (size === 0) return view.byteLength;
    const long = size === 1 && at + 16 <= view.byteLength;
    const boxSize = long ? Number(view.getBigUint64(at + 8)) : size;
    if (boxSize < 8) return view.byteLength;
    at += boxSize;
  }
  return at;
}
