import type { AudioChunk } from './stream-options.js';
import type { StreamEvent } from './stream-events.js';

/**
 * Live transcription that is fed by hand: write chunks as they come, and iterate over it for the events. One reader.
 *
 * An error of decoding is thrown by the iteration, and by every `write` after it.
 */
export interface SpeechStream extends AsyncIterable<StreamEvent>, AsyncDisposable {
  /**
   * Takes the next audio. The promise resolves when more may come, so awaiting it bounds what waits in memory; the chunk's
   * memory may be reused at once.
   *
   * Audio that is written after an `utterance` stream has ended by itself is not heard.
   *
   * @throws TypeError for what is no chunk; AsrError `AUDIO_INVALID`, `STREAM_OVERRUN` when minutes of audio wait or come at once, `DISPOSED`
   *   also after `end()`; the error of decoding, or the signal's reason.
   */
  write(chunk: AudioChunk): Promise<void>;
  /** Ends the utterance under way now; its segments and an `endpoint` come before the promise resolves. */
  flush(): Promise<void>;
  /** The audio is over. Resolves when all events are there to be read. */
  end(): Promise<void>;
  /** Stops at once and frees what the stream held; the iteration ends. Idempotent. */
  dispose(): Promise<void>;
}
