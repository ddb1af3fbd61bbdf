import type { TensorType } from '../inference/tensor.js';
import { nameOf, ONNX_TENSOR_TYPES } from './onnx-metadata.js';
import type { ProtobufField, ProtobufMessage } from './protobuf.js';

/** Tensors of more elements hold weights: shapes and lengths have a few. */
const FEW = 16;

/** A tensor that lies in a graph: an initializer, or the value of a node. */
export interface OnnxTensor {
  readonly name: string;
  readonly type: TensorType | undefined;
  readonly dims: readonly number[];
  /** The elements where they are numbers, few and in this file; half floats as bits, 64-bit ones beyond 2⁵³ lose digits. */
  readonly elements: readonly number[] | undefined;
  readonly isExternal: boolean;
}

/** A node of a graph, without what it is called. */
export interface OnnxNode {
  /** The operator, with its domain before it where that isn't ONNX's own: `com.microsoft.MatMulNBits`. */
  readonly operator: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Attributes that are whole numbers, by name. */
  readonly integers: ReadonlyMap<string, readonly number[]>;
  /** Attributes that are tensors, by name. */
  readonly tensors: ReadonlyMap<string, OnnxTensor>;
  /** Whether it has graphs of its own: branches, or what a loop runs. */
  readonly hasGraphs: boolean;
}

/** Reads a `NodeProto` (field numbers of onnx.proto3). */
export function readNode(node: ProtobufMessage): OnnxNode {
  const inputs: string[] = [];
  const outputs: string[] = [];
  const integers = new Map<string, readonly number[]>();
  const tensors = new Map<string, OnnxTensor>();
  let [type, domain, hasGraphs] = ['', '', false];
  for (const field of node.fields()) {
    if (field.number === 1) inputs.push(field.text());
    else if (field.number === 2) outputs.push(field.text());
    else if (field.number === 4) type = field.text();
    else if (field.number === 7) domain = field.text();
    else if (field.number === 5) {
      const attribute = field.message();
      const name = nameOf(attribute, 1);
      const numbers: number[] = [];
      for (const part of attribute.fields()) {
        if (part.number === 3 || part.number === 8) numbers.push(...part.integers());
        else if (part.number === 5) tensors.set(name, readTensor(part.message()));
        else if (part.number === 6 || part.number === 11) hasGraphs = true;
      }
      if (numbers.length > 0) integers.set(name, numbers);
    }
  }
  const operator = domain === '' || domain === 'ai.onnx' ? type : `${domain}.${type}`;
  return { operator, inputs, outputs, integers, tensors, hasGraphs };
}

/** Reads a `TensorProto`; of weights no more than name, type and shape. */
export function readTensor(tensor: ProtobufMessage): OnnxTensor {
  const dims: number[] = [];
  const content: ProtobufField[] = [];
  let name = '';
  let type: TensorType | undefined;
  let isExternal = false;
  for (const field of tensor.fields()) {
    if (field.number === 1) dims.push(...field.integers());
    else if (field.number === 2) type = ONNX_TENSOR_TYPES[field.integer()];
    else if (field.number === 8) name = field.text();
    else if (field.number === 14) isExternal = field.integer() === 1;
    else if (field.number === 4 || field.number === 5 || field.number === 7 || field.number === 9) {
      content.push(field);
    }
  }
  const count = dims.reduce((product, dim) => product * dim, 1);
  const elements = isExternal || count > FEW ? undefined : content.flatMap((field) => readFew(field, type));
  return { name, type, dims, elements: elements?.length === count ? elements : undefined, isExternal };
}

/** Elements of a tensor's `float_data`, `int32_data`, `int64_data` or `raw_data`; none of types that aren't read. */
function readFew(field: ProtobufField, type: TensorType | undefined): number[] {
  if (field.number === 5 || field.number === 7) return field.integers();
  const bytes = field.bytes();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const each = (size: number, read: (at: number) => number): number[] =>
    Array.from({ length: Math.floor(bytes.length / size) }, (_, i) => read(i * size));
  if (type === 'int64') return each(8, (at) => Number(view.getBigInt64(at, true)));
  if (type === 'int32') return each(4, (at) => view.getInt32(at, true));
  if (type === 'float32') return each(4, (at) => view.getFloat32(at, true));
  if (type === 'float16') return each(2, (at) => view.getUint16(at, true));
  return [];
}
