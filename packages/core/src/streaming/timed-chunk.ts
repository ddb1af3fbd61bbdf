import type { TimedChunk } from './stream-options.js';

/** Whether a chunk says when it was recorded. What its `audio` and `time` are is for others to check. */
export function isTimed(chunk: unknown): chunk is TimedChunk {
  return typeof chunk === 'object' && chunk !== null && 'audio' in chunk && 'time' in chunk;
}
