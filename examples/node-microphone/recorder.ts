import { AsrError } from '@org/asr-node';
import { spawn, type ChildProcess, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';

/** What all recorders are asked for: raw 16-bit samples, mono, on standard output. */
export const FORMAT = { sampleRate: 16_000, encoding: 's16le', channels: 1 } as const;

const RATE = String(FORMAT.sampleRate);

/** Where ffmpeg finds the default microphone. */
const FFMPEG_INPUT: Partial<Record<NodeJS.Platform, readonly string[]>> = {
  linux: ['-f', 'pulse', '-i', 'default'],
  darwin: ['-f', 'avfoundation', '-i', ':default'],
};

/** Programs that record, the leanest first. */
const RECORDERS: readonly (readonly [string, ...string[]])[] = [
  ['arecord', '-q', '-t', 'raw', '-f', 'S16_LE', '-r', RATE, '-c', '1'],
  ['rec', '-q', '-t', 'raw', '-e', 'signed', '-b', '16', '-r', RATE, '-c', '1', '-'],
  ...[FFMPEG_INPUT[process.platform] ?? []]
    .filter((input) => input.length > 0)
    .map((input): readonly [string, ...string[]] => [
      'ffmpeg',
      '-v',
      'error',
      ...input,
      '-f',
      's16le',
      '-ar',
      RATE,
      '-ac',
      '1',
      '-',
    ]),
];

/** A recording under way. */
export interface Recording {
  readonly program: string;
  /** Bytes in {@link FORMAT}; ends when the program does, with `AUDIO_UNAVAILABLE` when that fails. */
  readonly audio: AsyncIterable<Uint8Array>;
  stop(): void;
}

/**
 * Records the default microphone with the first recorder that is installed.
 *
 * @throws AsrError `AUDIO_UNAVAILABLE` when there is none.
 */
export async function record(): Promise<Recording> {
  for (const [program, ...args] of RECORDERS) {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    if (!(await starts(child))) continue;
    const stopping = new AbortController();
    return {
      program,
      audio: listen(program, child, stopping.signal),
      stop: () => {
        stopping.abort();
        child.kill();
      },
    };
  }
  const names = RECORDERS.map(([program]) => program).join(', ') || 'any recorder';
  throw new AsrError(
    'AUDIO_UNAVAILABLE',
    `found none of ${names} on PATH; install one, or play a recording: tsx main.ts talk.wav`,
  );
}

/** What the program records, and, if it fails, what it says: a microphone in use or unplugged is no end of what was said. */
async function* listen(
  program: string,
  child: ChildProcessByStdio<null, Readable, Readable>,
  stopping: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  const closed = once(child, 'close');
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-1000)));
  try {
    yield* child.stdout as AsyncIterable<Uint8Array>;
  } finally {
    child.kill();
  }
  const [code] = (await closed) as [number | null];
  if (code === 0 || stopping.aborted) return;
  throw new AsrError(
    'AUDIO_UNAVAILABLE',
    `${program} stopped recording (${code === null ? 'it was killed' : `exit code ${code}`}): ${said.trim() || 'it gave no reason'}. ` +
      'Is the microphone plugged in, and does no other program use it?',
  );
}

async function starts(child: ChildProcess): Promise<boolean> {
  try {
    await once(child, 'spawn');
    return true;
  } catch {
    return false;
  }
}
