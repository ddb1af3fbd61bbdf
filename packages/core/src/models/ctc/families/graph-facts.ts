import { AsrError } from '../../../errors.js';
import type { TensorInfo } from '../../../inference/backend.js';
import type { InspectedGraph } from '../inspect-graph.js';

/** A graph's properties, read with the checks that files of unknown quality need. */
export class GraphFacts {
  readonly #graph: InspectedGraph;

  constructor(graph: InspectedGraph) {
    this.#graph = graph;
  }

  /** Name of the graph's file, for messages. */
  get file(): string {
    return this.#graph.file.name;
  }

  has(kind: 'inputs' | 'outputs', name: string): boolean {
    return this.#graph[kind].some((info) => info.name === name);
  }

  get inputs(): readonly TensorInfo[] {
    return this.#graph.inputs;
  }

  get outputs(): readonly TensorInfo[] {
    return this.#graph.outputs;
  }

  /** Names of the inputs, for messages. */
  get inputNames(): string {
    return this.#graph.inputs.map(({ name }) => name).join(', ') || 'none';
  }

  /** A fixed size of an input; undefined when it is symbolic. @throws AsrError `MODEL_INVALID` when there is no such axis. */
  size(input: string, axis: number): number | undefined {
    const dims = this.#graph.inputs.find(({ name }) => name === input)?.dims;
    const dim = dims?.at(axis);
    if (dim === undefined) {
      throw new AsrError(
        'MODEL_INVALID',
        `${this.file}: input "${input}" has shape [${(dims ?? []).join(', ')}], which has no axis ${axis}.`,
      );
    }
    return typeof dim === 'number' ? dim : undefined;
  }

  property(key: string): string | undefined {
    return this.#graph.properties.get(key);
  }

  /** A positive whole number of the metadata. @throws AsrError `MODEL_INVALID` when it is something else. */
  count(key: string): number | undefined {
    const text = this.property(key);
    if (text === undefined) return undefined;
    const value = Number(text);
    if (Number.isInteger(value) && value > 0) return value;
    throw new AsrError(
      'MODEL_INVALID',
      `${this.file}: metadata "${key}" must be a positive whole number, found ${JSON.stringify(text)}.`,
    );
  }
}
