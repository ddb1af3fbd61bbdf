import { toLogProbs, type LogProbMatrix } from '../../decoding/ctc/log-probs.js';
import { AsrError } from '../../errors.js';
import { createFrontEnd, transposeFeatures, type FrontEnd } from '../../features/front-end.js';
import type { FrontEndConfig } from '../../features/front-end-config.js';
import type { InferenceSession } from '../../inference/backend.js';
import { floatToHalf, halfToFloat } from '../../inference/half-float.js';
import { createTensor, disposeTensors, elementCount, type Tensor } from '../../inference/tensor.js';
import { checkDescription } from './check-description.js';
import { chunkRanges } from './chunks.js';
import type { CtcModelConfig, CtcStatefulExecution } from './config.js';
import { checkSignature } from './signature.js';
import { CtcLogProbStream, type CtcPiece, type FeatureBlock } from './log-prob-stream.js';

/** A CTC graph with its front end: from samples to log-probabilities, however the graph wants to be fed. */
export class CtcGraph {
  readonly config: CtcModelConfig;
  readonly vocabularySize: number;
  /** Duration of one frame of output. */
  readonly secondsPerFrame: number;
  /** Rate of the audio that the graph takes, in Hz. */
  readonly sampleRate: number;
  readonly #session: InferenceSession;
  readonly #frontEnd: FrontEnd;
  readonly #file: string;

  /**
   * The graph of a model whose description was made from its own files: that it contradicts itself is their fault.
   *
   * @throws AsrError `MODEL_INVALID`
   */
  static ofFiles(session: InferenceSession, config: CtcModelConfig, file: string): CtcGraph {
    try {
      return new CtcGraph(session, config, file);
    } catch (cause) {
      if (!(cause instanceof RangeError)) throw cause;
      throw new AsrError(
        'MODEL_INVALID',
        `${file}: what it and the files beside it say can't be (${cause.message}); get them again.`,
        { cause },
      );
    }
  }

  /**
   * @param file Name of the graph's file, for messages.
   * @throws AsrError `MODEL_INVALID` when the description and the graph contradict each other; RangeError when the
   * description contradicts itself.
   */
  constructor(session: InferenceSession, config: CtcModelConfig, file: string) {
    checkDescription(config, secondsPerRow(config.frontEnd));
    this.config = config;
    this.vocabularySize = config.vocabulary.labels.length;
    this.sampleRate = config.frontEnd.sampleRate;
    this.secondsPerFrame = config.output.stride * secondsPerRow(config.frontEnd);
    this.#session = session;
    this.#file = file;
    this.#frontEnd = createFrontEnd(config.frontEnd);
    checkSignature(session, config, this.#frontEnd.bins, file);
  }

  get session(): InferenceSession {
    return this.#session;
  }

  /** The log-probabilities of mono samples at {@link sampleRate}, piece by piece, in bounded memory where the graph allows. */
  logProbs(samples: Float32Array, signal?: AbortSignal): AsyncGenerator<CtcPiece, void, undefined> {
    const { execution = { type: 'whole' } } = this.config;
    return execution.type === 'stateful'
      ? this.#stateful(samples, signal)
      : this.#independent(samples, signal);
  }

  /** One utterance whose audio comes in pieces; undefined for a graph without states. */
  openStream(): CtcLogProbStream | undefined {
    const { execution, frontEnd } = this.config;
    if (execution?.type !== 'stateful') return undefined;
    const graph = {
      config: this.config,
      secondsPerRow: secondsPerRow(frontEnd),
      initialStates: () => this.#initialStates(execution),
      run: (block: FeatureBlock, states: Readonly<Record<string, Tensor>>) => this.#run(block, states),
      read: (outputs: Readonly<Record<string, Tensor>>) => this.#read(outputs),
    };
    return new CtcLogProbStream(graph, execution, this.#frontEnd.stream());
  }

  async *#independent(samples: Float32Array, signal: AbortSignal | undefined): AsyncGenerator<CtcPiece> {
    const { execution = { type: 'whole' } } = this.config;
    const samplesPerFrame = Math.round(this.secondsPerFrame * this.sampleRate);
    const ranges =
      execution.type === 'chunked'
        ? chunkRanges(samples.length, samplesPerFrame, execution, this.sampleRate)
        : [{ start: 0, end: samples.length, firstFrame: 0, endFrame: Infinity }];
    for (const { start, end, firstFrame, endFrame } of ranges) {
      signal?.throwIfAborted();
      const features = this.#frontEnd.extract(this.#fill(samples.subarray(start, end)));
      const { validFrames: valid, bins } = features;
      if (valid === 0) continue;
      // Rows that don't count would only cost time; a graph that masks them gives the same without them.
      const block = { data: features.data.subarray(0, valid * bins), rows: valid, valid };
      const outputs = await this.#run(block, {});
      let all: LogProbMatrix;
      try {
        all = await this.#read(outputs);
      } finally {
        disposeTensors(outputs);
      }
      const last = Math.min(endFrame, all.frames);
      if (last > firstFrame) yield { ...slice(all, firstFrame, last), seconds: end / this.sampleRate };
    }
  }

  async *#stateful(samples: Float32Array, signal: AbortSignal | undefined): AsyncGenerator<CtcPiece> {
    const stream = this.openStream()!;
    try {
      // Second by second, so that features of an hour needn't lie in memory.
      for (let at = 0; at < samples.length; at += this.sampleRate) {
        yield* stream.push(samples.subarray(at, at + this.sampleRate), signal);
      }
      yield* stream.finish(signal);
    } finally {
      stream.dispose();
    }
  }

  /** Audio below the graph's minimum, with silence behind it. */
  #fill(samples: Float32Array): Float32Array {
    const minimum = Math.ceil((this.config.input.minimumSeconds ?? 0) * this.sampleRate);
    if (samples.length === 0 || samples.length >= minimum) return samples;
    const filled = new Float32Array(minimum);
    filled.set(samples);
    return filled;
  }

  async #run(block: FeatureBlock, states: Readonly<Record<string, Tensor>>): Promise<Record<string, Tensor>> {
    const { input } = this.config;
    const bins = this.#frontEnd.bins;
    const dims = input.shape.map((dim) => (dim === 'rows' ? block.rows : dim === 'bins' ? bins : dim));
    const rowsFirst =
      input.shape.indexOf('bins') > input.shape.indexOf('rows') || !input.shape.includes('bins');
    const data = rowsFirst
      ? block.data
      : transposeFeatures({ data: block.data, frames: block.rows, validFrames: block.valid, bins });
    const half = this.#typeOf(input.name) === 'float16';
    const feeds: Record<string, Tensor> = {
      ...states,
      [input.name]: half
        ? createTensor('float16', floatToHalf(data), dims)
        : createTensor('float32', data, dims),
    };
    if (input.lengths) feeds[input.lengths.name] = this.#lengths(input.lengths, block);
    const { output, execution } = this.config;
    const fetches = [
      output.name,
      ...(output.lengths === undefined ? [] : [output.lengths]),
      ...(execution?.type === 'stateful' ? execution.states.map((state) => state.output) : []),
    ];
    return this.#session.run(feeds, fetches);
  }

  #lengths(lengths: NonNullable<CtcModelConfig['input']['lengths']>, { rows, valid }: FeatureBlock): Tensor {
    const type = this.#typeOf(lengths.name) ?? (lengths.unit === 'relative' ? 'float32' : 'int64');
    const value = lengths.unit === 'relative' ? valid / rows : valid;
    if (type === 'int64') return createTensor(type, BigInt64Array.of(BigInt(value)), [1]);
    if (type === 'int32') return createTensor(type, Int32Array.of(value), [1]);
    return createTensor('float32', Float32Array.of(value), [1]);
  }

  #typeOf(input: string): Tensor['type'] | undefined {
    return this.#session.inputs.find(({ name }) => name === input)?.type;
  }

  #initialStates({ states }: CtcStatefulExecution): Record<string, Tensor> {
    const zeros: Record<string, Tensor> = {};
    for (const { input } of states) {
      const info = this.#session.inputs.find(({ name }) => name === input);
      // Symbolic sizes of states are the batch.
      const dims = (info?.dims ?? []).map((dim) => (typeof dim === 'number' ? dim : 1));
      const size = elementCount(dims);
      if (info?.type === 'int64') zeros[input] = createTensor('int64', new BigInt64Array(size), dims);
      else if (info?.type === 'float16') zeros[input] = createTensor('float16', new Uint16Array(size), dims);
      else zeros[input] = createTensor('float32', new Float32Array(size), dims);
    }
    return zeros;
  }

  /** The frames that count. */
  async #read(outputs: Readonly<Record<string, Tensor>>): Promise<LogProbMatrix> {
    const { name, kind, lengths } = this.config.output;
    const tensor = outputs[name]!;
    const width = tensor.dims.at(-1) ?? 0;
    if (width !== this.vocabularySize) {
      throw new AsrError(
        'MODEL_INVALID',
        `${this.#file}: output "${name}" has ${width} labels, the vocabulary has ${this.vocabularySize}; they don't ` +
          'belong together.',
      );
    }
    const values = await tensor.read();
    // A copy: the tensor's memory is the runtime's.
    const data =
      tensor.type === 'float16'
        ? halfToFloat(values as Uint16Array)
        : Float32Array.from(values as Float32Array);
    if (kind === 'probs') this.#checkProbabilities(data.subarray(0, width));
    const all = toLogProbs(data, width, kind);
    if (lengths === undefined) return all;
    return slice(all, 0, Math.min(all.frames, await this.#count(outputs, lengths)));
  }

  /** The logarithm of numbers that are no probabilities would be nonsense without an error. */
  #checkProbabilities(row: Float32Array): void {
    const sum = row.reduce((total, value) => total + value, 0);
    // Quantised graphs round; logits or logarithms are far off.
    if (row.length === 0 || Math.abs(sum - 1) < 0.05) return;
    throw new AsrError(
      'MODEL_INVALID',
      `${this.#file}: output "${this.config.output.name}" should be probabilities, but its first frame sums to ` +
        `${sum.toPrecision(3)}; describe the model with \`ctc\` and output.kind "logits" or "logProbs".`,
    );
  }

  async #count(outputs: Readonly<Record<string, Tensor>>, name: string): Promise<number> {
    const [count] = await outputs[name]!.read();
    return Number(count);
  }
}

function secondsPerRow(frontEnd: FrontEndConfig): number {
  if (frontEnd.type === 'wave') return 1 / frontEnd.sampleRate;
  const skip = frontEnd.stages.reduce(
    (product, stage) => product * (stage.type === 'low-frame-rate' ? stage.skip : 1),
    1,
  );
  return (skip * frontEnd.framing.hopLength) / frontEnd.sampleRate;
}

function slice({ data, vocabularySize }: LogProbMatrix, first: number, last: number): LogProbMatrix {
  return {
    data: data.subarray(first * vocabularySize, last * vocabularySize),
    frames: last - first,
    vocabularySize,
  };
}
