/** Parts of a Node stream that its type here doesn't promise. */
interface Destroyable {
  destroy(): unknown;
}

/**
 * Reads a stream or an iterable by hand, so that leaving needn't wait for the chunk that is asked for: `return()` frees a
 * source that hangs, too. A `ReadableStream` is cancelled and released, a Node stream destroyed, an iterator told to return.
 */
export function chunkIterator<T>(source: ReadableStream<T> | AsyncIterable<T>): AsyncIterator<T, unknown> {
  if ('getReader' in source) return readerIterator(source);
  const iterator = source[Symbol.asyncIterator]();
  if (!isDestroyable(source)) return iterator;
  return {
    next: () => iterator.next(),
    return: async () => {
      source.destroy();
      return { done: true, value: undefined };
    },
  };
}

// Not by `for await`: not every browser's ReadableStream can be iterated, and the others' iterators wait before they return.
function readerIterator<T>(stream: ReadableStream<T>): AsyncIterator<T, unknown> {
  const reader = stream.getReader();
  return {
    next: async () => {
      const { done, value } = await reader.read();
      if (!done) return { done, value };
      reader.releaseLock();
      return { done, value: undefined };
    },
    return: async () => {
      await reader.cancel();
      reader.releaseLock();
      return { done: true, value: undefined };
    },
  };
}

function isDestroyable(source: object): source is Destroyable {
  return 'destroy' in source && typeof source.destroy === 'function';
}
