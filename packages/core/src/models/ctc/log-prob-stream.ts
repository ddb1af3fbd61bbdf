import type { LogProbMatrix } from '../../decoding/ctc/log-probs.js';
import type { FeatureStream } from '../../features/feature-stream.js';
import { disposeTensors, type Tensor } from '../../inference/tensor.js';
import type { CtcModelConfig, CtcStatefulExecution } from './config.js';

/** A piece of output. Pieces follow each other without gap or overlap. */
export interface CtcPiece extends LogProbMatrix {
  /** Seconds of audio that are done with this piece. */
  readonly seconds: number;
}

/** A block of features for one run of a graph. */
export interface FeatureBlock {
  /** Row-major [rows, bins]. */
  readonly data: Float32Array;
  readonly rows: number;
  /** Rows that count. */
  readonly valid: number;
}

/** What a run needs of its graph. */
export interface StatefulGraph {
  readonly config: CtcModelConfig;
  readonly secondsPerRow: number;
  /** The first states; they become the caller's. */
  initialStates(): Record<string, Tensor>;
  /** Runs the graph once. States are fed, not given away; the outputs, new states among them, are the caller's. */
  run(block: FeatureBlock, states: Readonly<Record<string, Tensor>>): Promise<Record<string, Tensor>>;
  /** Log-probabilities of the frames of a run's outputs that count, in memory of their own. */
  read(outputs: Readonly<Record<string, Tensor>>): Promise<LogProbMatrix>;
}

/**
 * One utterance through a graph with states. Audio comes in pieces of any size; the output is the same however it is cut, and
 * memory doesn't grow. One call at a time; `dispose()` frees the states, in the middle too.
 */
export class CtcLogProbStream {
  readonly #graph: StatefulGraph;
  readonly #execution: CtcStatefulExecution;
  readonly #features: FeatureStream;
  #states: Record<string, Tensor>;
  /** First row of the next run. */
  #row = 0;
  #samples = 0;

  constructor(graph: StatefulGraph, execution: CtcStatefulExecution, features: FeatureStream) {
    this.#graph = graph;
    this.#execution = execution;
    this.#features = features;
    this.#states = graph.initialStates();
  }

  /** Takes the next samples and gives the frames that they complete. */
  async *push(samples: Float32Array, signal?: AbortSignal): AsyncGenerator<CtcPiece, void, undefined> {
    this.#samples += samples.length;
    this.#features.push(samples);
    yield* this.#advance(false, signal);
  }

  /** The frames that waited for the end of the audio. */
  async *finish(signal?: AbortSignal): AsyncGenerator<CtcPiece, void, undefined> {
    const { config } = this.#graph;
    const { sampleRate } = config.frontEnd;
    if (this.#samples > 0) {
      const missing = Math.ceil((config.input.minimumSeconds ?? 0) * sampleRate) - this.#samples;
      const silence = Math.round((this.#execution.tailSilence ?? 0) * sampleRate);
      this.#features.push(new Float32Array(Math.max(missing, 0) + silence));
    }
    this.#features.finish();
    yield* this.#advance(true, signal);
  }

  /** Frees the states. Idempotent. */
  dispose(): void {
    disposeTensors(this.#states);
    this.#states = {};
  }

  async *#advance(finished: boolean, signal: AbortSignal | undefined): AsyncGenerator<CtcPiece> {
    const { rows, hop } = this.#execution;
    const features = this.#features;
    const { config, secondsPerRow } = this.#graph;
    while (this.#canRun(finished)) {
      signal?.throwIfAborted();
      const valid = Math.min(rows, features.framesReady - this.#row);
      const data = new Float32Array(rows * features.bins);
      data.set(features.read(this.#row, valid));
      const outputs = await this.#graph.run({ data, rows, valid }, this.#states);
      disposeTensors(this.#states);
      this.#states = Object.fromEntries(
        this.#execution.states.map(({ input, output }) => [input, outputs[output]!]),
      );
      this.#row += hop;
      features.release(this.#row);
      let all: LogProbMatrix;
      try {
        all = await this.#graph.read(outputs);
      } finally {
        outputs[config.output.name]!.dispose();
        if (config.output.lengths !== undefined) outputs[config.output.lengths]!.dispose();
      }
      const frames = Math.min(all.frames, Math.ceil(Math.min(hop, valid) / config.output.stride));
      const seconds = Math.min(this.#row * secondsPerRow, this.#samples / config.frontEnd.sampleRate);
      yield {
        data: all.data.subarray(0, frames * all.vocabularySize),
        frames,
        vocabularySize: all.vocabularySize,
        seconds,
      };
    }
  }

  /** Whether the rows of the next run are there, or those that are left at the end make one. */
  #canRun(finished: boolean): boolean {
    const { rows, hop, tail } = this.#execution;
    const { framesReady, validFrames } = this.#features;
    if (this.#row + rows <= framesReady) return true;
    // Rows that the last run has heard already, as what comes next, are no reason for another; the first run has heard none.
    const heard = this.#row === 0 ? 0 : rows - hop;
    return finished && tail === 'pad' && this.#row + heard < validFrames;
  }
}
