import type { TensorType } from '@org/asr-core';

/**
 * Writes ONNX graphs: the few protobuf messages of onnx.proto3 that small test graphs need. Field numbers are
 * those of https://github.com/onnx/onnx/blob/main/onnx/onnx.proto3.
 */

/** `TensorProto.DataType` */
const DATA_TYPES: Readonly<Record<TensorType, number>> = {
  float32: 1,
  uint8: 2,
  int8: 3,
  uint16: 4,
  int16: 5,
  int32: 6,
  int64: 7,
  bool: 9,
  float16: 10,
  float64: 11,
  uint32: 12,
  uint64: 13,
};

/** Input or output of a graph; a string in `dims` is a symbolic size. */
export interface OnnxValue {
  readonly name: string;
  readonly type: TensorType;
  readonly dims: readonly (number | string)[];
}

/** A constant: its little-endian bytes, or the file beside the graph that holds them. */
export interface OnnxInitializer {
  readonly name: string;
  readonly type: TensorType;
  readonly dims: readonly number[];
  readonly data: Uint8Array | { readonly location: string };
}

export interface OnnxNode {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Integers and sub-graphs. */
  readonly attributes?: Readonly<Record<string, number | OnnxGraph>>;
}

export interface OnnxGraph {
  readonly nodes: readonly OnnxNode[];
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
  readonly initializers?: readonly OnnxInitializer[];
}

/** The bytes of a model file: IR version 8, operator set 17. */
export function writeOnnx(graph: OnnxGraph): Uint8Array {
  const operatorSet = message([text(1, ''), integer(2, 17)]);
  return Uint8Array.from(
    message([integer(1, 8), text(2, 'asr-testkit'), bytes(7, graphProto(graph)), bytes(8, operatorSet)]),
  );
}

type Bytes = readonly number[];

function graphProto(graph: OnnxGraph): Bytes {
  return message([
    ...graph.nodes.map((node) => bytes(1, nodeProto(node))),
    text(2, 'test'),
    ...(graph.initializers ?? []).map((initializer) => bytes(5, tensorProto(initializer))),
    ...graph.inputs.map((input) => bytes(11, valueProto(input))),
    ...graph.outputs.map((output) => bytes(12, valueProto(output))),
  ]);
}

function nodeProto(node: OnnxNode): Bytes {
  return message([
    ...node.inputs.map((name) => text(1, name)),
    ...node.outputs.map((name) => text(2, name)),
    text(3, `${node.op}_${node.outputs[0] ?? ''}`),
    text(4, node.op),
    ...Object.entries(node.attributes ?? {}).map(([name, value]) =>
      bytes(
        5,
        typeof value === 'number'
          ? message([text(1, name), integer(3, value), integer(20, 2)])
          : message([text(1, name), bytes(6, graphProto(value)), integer(20, 5)]),
      ),
    ),
  ]);
}

function tensorProto(tensor: OnnxInitializer): Bytes {
  const content =
    tensor.data instanceof Uint8Array
      ? [bytes(9, [...tensor.data])]
      : [bytes(13, message([text(1, 'location'), text(2, tensor.data.location)])), integer(14, 1)];
  return message([
    ...tensor.dims.map((dim) => integer(1, dim)),
    integer(2, DATA_TYPES[tensor.type]),
    text(8, tensor.name),
    ...content,
  ]);
}

function valueProto(value: OnnxValue): Bytes {
  const shape = message(
    value.dims.map((dim) => bytes(1, typeof dim === 'number' ? integer(1, dim) : text(2, dim))),
  );
  const tensor = message([integer(1, DATA_TYPES[value.type]), bytes(2, shape)]);
  return message([text(1, value.name), bytes(2, message([bytes(1, tensor)]))]);
}

function message(fields: readonly Bytes[]): Bytes {
  return fields.flat();
}

/** Wire type 0. */
function integer(field: number, value: number): Bytes {
  return [...varint(field << 3), ...varint(value)];
}

/** Wire type 2. */
function bytes(field: number, content: Bytes): Bytes {
  return [...varint((field << 3) | 2), ...varint(content.length), ...content];
}

function text(field: number, value: string): Bytes {
  return bytes(field, [...new TextEncoder().encode(value)]);
}

function varint(value: number): Bytes {
  const out: number[] = [];
  let rest = value;
  for (; rest > 0x7f; rest = Math.floor(rest / 128)) out.push((rest % 128) | 0x80);
  out.push(rest);
  return out;
}
