import type { ModelFile, TensorType } from '@org/asr-core';
import { writeOnnx } from './onnx-writer.js';
import type { OnnxGraph } from './onnx-writer.js';

/** The small graphs of the backend conformance suite. */
export type TestGraph =
  /** `a` + `b` → `sum`, `a` − `b` → `difference`; all float32 [batch, 4]. */
  | 'add'
  /** `x` float32 [rows, 3] × W [3, 2] → `y`, with W = [[1, 2], [3, 4], [5, 6]]. */
  | 'matmul'
  /** `past` [1, past, 2] and `step` [1, steps, 2] float32 → `present`, joined, and `total`, its sum over time. */
  | 'concat-cache'
  /** `x` float32 [n], `shape` int64 [rank] → `y`, reshaped; fails in the run when sizes don't fit. */
  | 'reshape'
  /** `x` float32 [64, 64], `iterations` int64 [] → `y` = x times the identity, `iterations` times over. */
  | 'slow'
  /** `x` float32 [4] → `y` = x + (10, 20, 30, 40), which lie in the file `external.onnx.data`. */
  | 'external'
  /** `x` → `y`, unchanged, of shape [n]; one per element type. */
  | `identity-${TensorType}`;

/** File that holds the weights of the graph `external`. */
export const EXTERNAL_DATA = 'external.onnx.data';

/** A graph as an ONNX file in memory, named `<graph>.onnx`. */
export function onnxGraph(graph: TestGraph): ModelFile {
  return memoryFile(`${graph}.onnx`, writeOnnx(definition(graph)));
}

/** The weights of the graph `external`. */
export function externalDataFile(): ModelFile {
  return memoryFile(EXTERNAL_DATA, littleEndian(Float32Array.of(10, 20, 30, 40)));
}

/** Bytes as a model file. */
export function memoryFile(name: string, bytes: Uint8Array): ModelFile {
  return { name, size: bytes.byteLength, bytes: () => Promise.resolve(bytes) };
}

function definition(graph: TestGraph): OnnxGraph {
  switch (graph) {
    case 'add':
      return {
        nodes: [
          { op: 'Add', inputs: ['a', 'b'], outputs: ['sum'] },
          { op: 'Sub', inputs: ['a', 'b'], outputs: ['difference'] },
        ],
        inputs: [float('a', 'batch', 4), float('b', 'batch', 4)],
        outputs: [float('sum', 'batch', 4), float('difference', 'batch', 4)],
      };
    case 'matmul':
      return {
        nodes: [{ op: 'MatMul', inputs: ['x', 'W'], outputs: ['y'] }],
        inputs: [float('x', 'rows', 3)],
        outputs: [float('y', 'rows', 2)],
        initializers: [
          { name: 'W', type: 'float32', dims: [3, 2], data: littleEndian(Float32Array.of(1, 2, 3, 4, 5, 6)) },
        ],
      };
    case 'concat-cache':
      return {
        nodes: [
          { op: 'Concat', inputs: ['past', 'step'], outputs: ['present'], attributes: { axis: 1 } },
          { op: 'ReduceSum', inputs: ['present', 'time'], outputs: ['total'], attributes: { keepdims: 0 } },
        ],
        inputs: [float('past', 1, 'past', 2), float('step', 1, 'steps', 2)],
        outputs: [float('present', 1, 'present', 2), float('total', 1, 2)],
        initializers: [{ name: 'time', type: 'int64', dims: [1], data: littleEndian(BigInt64Array.of(1n)) }],
      };
    case 'reshape':
      return {
        nodes: [{ op: 'Reshape', inputs: ['x', 'shape'], outputs: ['y'] }],
        inputs: [float('x', 'n'), { name: 'shape', type: 'int64', dims: ['rank'] }],
        outputs: [float('y', 'rows', 'columns')],
      };
    case 'slow':
      return slow();
    case 'external':
      return {
        nodes: [{ op: 'Add', inputs: ['x', 'weights'], outputs: ['y'] }],
        inputs: [float('x', 4)],
        outputs: [float('y', 4)],
        initializers: [{ name: 'weights', type: 'float32', dims: [4], data: { location: EXTERNAL_DATA } }],
      };
    default: {
      const type = graph.slice('identity-'.length) as TensorType;
      return {
        nodes: [{ op: 'Identity', inputs: ['x'], outputs: ['y'] }],
        inputs: [{ name: 'x', type, dims: ['n'] }],
        outputs: [{ name: 'y', type, dims: ['n'] }],
      };
    }
  }
}

/** A `Loop` over one matrix product; the state is the running product. */
function slow(): OnnxGraph {
  const identity = Float32Array.from({ length: 64 * 64 }, (_, index) => (index % 65 === 0 ? 1 : 0));
  return {
    nodes: [
      {
        op: 'Loop',
        inputs: ['iterations', '', 'x'],
        outputs: ['y'],
        attributes: {
          body: {
            nodes: [
              { op: 'MatMul', inputs: ['state', 'identity'], outputs: ['next'] },
              { op: 'Identity', inputs: ['going'], outputs: ['on'] },
            ],
            inputs: [
              { name: 'step', type: 'int64', dims: [] },
              { name: 'going', type: 'bool', dims: [] },
              float('state', 64, 64),
            ],
            outputs: [{ name: 'on', type: 'bool', dims: [] }, float('next', 64, 64)],
          },
        },
      },
    ],
    inputs: [float('x', 64, 64), { name: 'iterations', type: 'int64', dims: [] }],
    outputs: [float('y', 64, 64)],
    initializers: [{ name: 'identity', type: 'float32', dims: [64, 64], data: littleEndian(identity) }],
  };
}

function float(name: string, ...dims: readonly (number | string)[]) {
  return { name, type: 'float32' as const, dims };
}

/** ONNX stores little-endian; so does every machine that JavaScript engines still support. */
function littleEndian(data: ArrayBufferView): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}
