import type { Channel } from './channel.js';
import { unpackValue } from './pack-value.js';

/** Options of any call; the other side's type checker has seen them. */
export function readOptions(
  channel: Channel,
  options: unknown,
  progress: unknown,
  signal: AbortSignal,
): { readonly signal: AbortSignal } {
  return {
    ...(unpackValue(channel, options) as object),
    signal,
    ...(typeof progress === 'number' && {
      onProgress: (value: unknown) => channel.notify(progress, value),
    }),
  };
}

/** Frees what was offered. */
export async function disposeOffer(
  channel: Channel,
  target: number,
  object: { dispose(): Promise<void> },
): Promise<void> {
  channel.withdraw(target);
  await object.dispose();
}
