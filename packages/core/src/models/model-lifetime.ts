import { AsrError } from '../errors.js';
import { LiveStreams } from '../streaming/live-streams.js';

/** A loaded model from its first call to its `dispose()`, with the live streams that end with it. */
export class ModelLifetime {
  readonly streams = new LiveStreams();
  readonly #release: () => Promise<unknown>;
  #end: Promise<void> | undefined;

  /** `release` frees what the model holds; called once, when its streams have ended. */
  constructor(release: () => Promise<unknown>) {
    this.#release = release;
  }

  /** @throws AsrError `DISPOSED` once the model's end has begun. */
  checkUsable(): void {
    if (this.#end) throw new AsrError('DISPOSED', 'this model was disposed; load it again');
  }

  /** Ends the streams, then frees the model. Every call waits for the same end. */
  async dispose(): Promise<void> {
    this.#end ??= this.streams.dispose().then(async () => {
      await this.#release();
    });
    await this.#end;
  }
}
