import type { Channel } from './channel.js';

/**
 * Offers what `open` iterates over. The other side takes one value after the other and ends it.
 *
 * @param open Gets the signal that ends the work.
 */
export function offerIterator<T>(channel: Channel, open: (signal: AbortSignal) => AsyncIterable<T>): number {
  const stop = new AbortController();
  const iterator = open(stop.signal)[Symbol.asyncIterator]();
  const target = channel.offer({
    async next() {
      const { done, value } = await iterator.next();
      if (done) channel.withdraw(target);
      return done ? undefined : { value };
    },
    async end() {
      channel.withdraw(target);
      // Ends a `next` that is under way, for which `return` would wait.
      stop.abort();
      await iterator.return?.();
    },
  });
  return target;
}

/** Iterates over what the other side has offered. Leaving the loop early ends the work there. */
export async function* iterateRemote<T>(
  channel: Channel,
  opening: Promise<unknown>,
  signal?: AbortSignal,
): AsyncGenerator<T, void, undefined> {
  const target = (await opening) as number;
  let ended = false;
  try {
    for (;;) {
      const next = await channel.call(target, 'next', [], { signal });
      ended = next === undefined;
      if (ended) return;
      yield (next as { readonly value: T }).value;
    }
  } finally {
    const ending = ended || channel.failed ? undefined : channel.call(target, 'end', []).catch(() => {});
    // An aborted loop need not wait for the step that is under way over there.
    if (!signal?.aborted) await ending;
  }
}
