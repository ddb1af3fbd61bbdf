import { join } from 'node:path';
import type { AudioSource } from '../find-audio.js';
import { UsageError } from '../errors.js';
import type { Format } from './formats.js';

/** A file that is to be written for a recording. */
export interface OutputFile {
  readonly format: Format;
  /** Below the output folder, with `/`. */
  readonly name: string;
}

/** A recording and what is to be written about it. */
export interface Task {
  readonly audio: AudioSource;
  readonly outputs: readonly OutputFile[];
}

/**
 * Names the output files: `talk.srt` for `talk.mp3`, or `talk.mp3.srt`.
 *
 * @throws UsageError when two recordings would be written to the same file.
 */
export function planOutputs(
  sources: readonly AudioSource[],
  formats: readonly Format[],
  keepExtension: boolean,
): readonly Task[] {
  // Where case doesn't count, `A.srt` and `a.srt` are one file.
  const taken = new Map<string, AudioSource>();
  return sources.map((audio) => {
    const base = keepExtension ? audio.stem + audio.extension : audio.stem;
    const other = taken.get(base.toLowerCase());
    if (other) {
      const file = `${base}.${formats[0]}`;
      const advice = keepExtension
        ? 'transcribe them into different folders'
        : 'add --keep-extension, or transcribe them into different folders';
      throw new UsageError(`${other.name} and ${audio.name} would both be written to ${file}: ${advice}`);
    }
    taken.set(base.toLowerCase(), audio);
    return { audio, outputs: formats.map((format) => ({ format, name: join(base) + `.${format}` })) };
  });
}
