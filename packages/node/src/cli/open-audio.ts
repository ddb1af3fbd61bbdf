import type { AudioInput } from '@org/asr-node';
import type { AudioSource } from './find-audio.js';
import type { CliContext } from './context.js';
import { UsageError } from './errors.js';

/** A recording as the library reads it. @throws UsageError when stdin was asked for and is a keyboard. */
export function openAudio({ location }: AudioSource, context: CliContext): AudioInput {
  if (location !== '-') return location;
  const { stdin } = context.process;
  if (stdin.isTTY === true) throw new UsageError('nothing is piped into stdin');
  return stdin as AsyncIterable<Uint8Array>;
}
