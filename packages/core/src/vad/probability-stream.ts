import { AsrError } from '../errors.js';
import { disposeTensors } from '../inference/tensor.js';
import {
  SILERO_CONTEXT,
  SILERO_FRAME,
  SILERO_WINDOW,
  type SileroGraph,
  type SileroState,
} from './silero-graph.js';

/** Most windows of one run: 2 s. More were no faster, and between two runs a call can be aborted. */
const BATCH = 64;

/** Speech probabilities of audio that comes in chunks of any size; those of the whole, whatever the chunks. */
export class ProbabilityStream {
  readonly #graph: SileroGraph;
  /** Windows of one run. */
  readonly #batch: number;
  #state: SileroState | undefined;
  /** The last samples before the next window, and the beginning of that. */
  #pending: Float32Array = new Float32Array(SILERO_CONTEXT);

  constructor(graph: SileroGraph) {
    this.#graph = graph;
    this.#batch = graph.layout === 'sequence' ? BATCH : 1;
    this.#state = graph.initialState();
  }

  /**
   * Calls must not overlap. After one that rejected, the stream is of no more use.
   *
   * @param samples Mono, 16 kHz. Must stay as they are until the promise settles.
   * @returns Of every window that they complete.
   */
  async push(
    samples: Float32Array,
    signal?: AbortSignal,
    onWindows?: (count: number) => void,
  ): Promise<Float32Array> {
    this.#checkUsable();
    const total = Math.floor((this.#pending.length - SILERO_CONTEXT + samples.length) / SILERO_WINDOW);
    const probabilities = new Float32Array(total);
    let done = 0;
    let read = 0;
    while (done < total) {
      signal?.throwIfAborted();
      const count = Math.min(this.#batch, total - done);
      const wanted = SILERO_CONTEXT + count * SILERO_WINDOW - this.#pending.length;
      const audio = join(this.#pending, samples.subarray(read, read + wanted));
      read += wanted;
      probabilities.set(await this.#run(audio, count), done);
      this.#pending = audio.slice(count * SILERO_WINDOW);
      done += count;
      onWindows?.(done);
    }
    this.#pending = join(this.#pending, samples.subarray(read));
    return probabilities;
  }

  /** The probability of the last window, filled up with zeros; none when the audio ended with a window. */
  async finish(signal?: AbortSignal): Promise<Float32Array> {
    const rest = this.#pending.length - SILERO_CONTEXT;
    return rest === 0 ? new Float32Array(0) : this.push(new Float32Array(SILERO_WINDOW - rest), signal);
  }

  /** Frees what the model remembers. Idempotent. */
  dispose(): void {
    if (this.#state) disposeTensors(this.#state);
    this.#state = undefined;
  }

  #checkUsable(): SileroState {
    if (this.#state) return this.#state;
    throw new AsrError('DISPOSED', 'this stream was disposed; start another');
  }

  async #run(audio: Float32Array, count: number): Promise<Float32Array> {
    const state = this.#checkUsable();
    const frames = new Float32Array(count * SILERO_FRAME);
    for (let i = 0; i < count; i++) {
      const start = i * SILERO_WINDOW;
      frames.set(audio.subarray(start, start + SILERO_FRAME), i * SILERO_FRAME);
    }
    const step = await this.#graph.run(frames, state);
    // Disposed while the graph ran: nobody else would free what came after it.
    if (this.#state) this.#state = step.state;
    else disposeTensors(step.state);
    return step.probabilities;
  }
}

function join(a: Float32Array, b: Float32Array): Float32Array {
  const joined = new Float32Array(a.length + b.length);
  joined.set(a);
  joined.set(b, a.length);
  return joined;
}
