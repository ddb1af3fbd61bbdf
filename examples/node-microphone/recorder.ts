import { spawn, type ChildProcess } from 'node:child_process';
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
  /** Bytes in {@link FORMAT}; ends when the program does. */
  readonly audio: Readable;
  stop(): void;
}

/**
 * Records the default microphone with the first recorder that is installed.
 *
 * @throws Error when there is none.
 */
export async function record(): Promise<Recording> {
  for (const [program, ...args] of RECORDERS) {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    if (!(await starts(child))) continue;
    return { program, audio: child.stdout, stop: () => child.kill() };
  }
  const names = RECORDERS.map(([program]) => program).join(', ') || 'any recorder';
  throw new Error(`found none of ${names} on PATH; install one, or play a recording: tsx main.ts talk.wav`);
}

async function starts(child: ChildProcess): Promise<boolean> {
  try {
    await once(child, 'spawn');
    return true;
  } catch {
    return false;
  }
}
