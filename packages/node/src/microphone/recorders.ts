/** Hz of what recorders are asked for: raw 16-bit samples, mono, on standard output. */
export const SAMPLE_RATE = 16_000;

/** A program that records. */
export interface Recorder {
  readonly program: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

const RATE = String(SAMPLE_RATE);

/** How ffmpeg is told an input, by system. Windows has no name for the usual one. */
const FFMPEG_INPUTS: Partial<Record<NodeJS.Platform, (device?: string) => readonly string[] | undefined>> = {
  linux: (device = 'default') => ['-f', 'pulse', '-i', device],
  darwin: (device = 'default') => ['-f', 'avfoundation', '-i', `:${device}`],
  win32: (device) => (device === undefined ? undefined : ['-f', 'dshow', '-i', `audio=${device}`]),
};

/**
 * Programs that record, the leanest first: ALSA's, SoX's, ffmpeg.
 *
 * @param device As the program calls it. Default: the system's usual input.
 */
export function recorders(device: string | undefined, platform: NodeJS.Platform): readonly Recorder[] {
  const input = FFMPEG_INPUTS[platform]?.(device);
  return [
    {
      program: 'arecord',
      args: ['-q', '-t', 'raw', '-f', 'S16_LE', '-r', RATE, '-c', '1'].concat(
        device === undefined ? [] : ['-D', device],
      ),
    },
    {
      program: 'rec',
      args: ['-q', '-t', 'raw', '-e', 'signed', '-b', '16', '-r', RATE, '-c', '1', '-'],
      ...(device !== undefined && { env: { AUDIODEV: device } }),
    },
    ...(input === undefined
      ? []
      : [
          { program: 'ffmpeg', args: ['-v', 'error', ...input, '-f', 's16le', '-ar', RATE, '-ac', '1', '-'] },
        ]),
  ];
}
