/** What a stream gives. Browsers' streams can't be iterated; ending the loop early cancels the stream. */
export async function* iterate<T>(stream: ReadableStream<T>): AsyncGenerator<T, void, undefined> {
  const reader = stream.getReader();
  let ended = false;
  try {
    for (let next = await reader.read(); ; next = await reader.read()) {
      ended = next.done;
      if (next.done) return;
      yield next.value;
    }
  } finally {
    // A stream that failed says so again, which is no news.
    if (!ended) await reader.cancel().catch(() => {});
    reader.releaseLock();
  }
}

/** Tells of every chunk that passes. */
export function tap(onChunk: (chunk: Uint8Array) => void): TransformStream<Uint8Array, Uint8Array> {
  return new TransformStream({
    transform(chunk, controller) {
      onChunk(chunk);
      controller.enqueue(chunk);
    },
  });
}
