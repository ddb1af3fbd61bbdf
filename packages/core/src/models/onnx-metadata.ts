import { AsrError } from '../errors.js';
import type { TensorInfo } from '../inference/backend.js';
import type { TensorType } from '../inference/tensor.js';
import { ProtobufMessage } from './protobuf.js';

/** What an ONNX file says about itself. */
export interface OnnxMetadata {
  /** `metadata_props`: what the exporter wrote for whoever runs the model. */
  readonly properties: ReadonlyMap<string, string>;
  /** Inputs that have to be fed; those with a default in the file are left out. */
  readonly inputs: readonly TensorInfo[];
  /** What a run can give. */
  readonly outputs: readonly TensorInfo[];
  /** Program that wrote the file: `pytorch`. Empty where it doesn't say. */
  readonly producer: string;
}

/** Elements of `TensorProto.DataType`, by number. */
export const ONNX_TENSOR_TYPES: readonly (TensorType | undefined)[] = [
  undefined,
  'float32',
  'uint8',
  'int8',
  'uint16',
  'int16',
  'int32',
  'int64',
  undefined,
  'bool',
  'float16',
  'float64',
  'uint32',
  'uint64',
];

/**
 * Reads the metadata and the signature of an ONNX file, which ONNX Runtime's JavaScript API doesn't tell.
 *
 * Only the messages on the way to them are looked into (field numbers of onnx.proto3); nodes and weights are jumped
 * over, so a large file costs no more than a small one once its bytes are there.
 *
 * @param bytes The whole file.
 * @param name Its name, for messages.
 * @throws AsrError `MODEL_INVALID` when the bytes are no ONNX model.
 */
export function readOnnxMetadata(bytes: Uint8Array, name: string): OnnxMetadata {
  const properties = new Map<string, string>();
  let graph: ProtobufMessage | undefined;
  let producer = '';
  for (const field of new ProtobufMessage(bytes, (problem) => invalidOnnx(name, problem)).fields()) {
    if (field.number === 2) producer = field.text();
    else if (field.number === 7) graph = field.message();
    else if (field.number === 14) readProperty(field.message(), properties);
  }
  if (!graph) throw invalidOnnx(name, 'it holds no graph');
  const defaults = new Set<string>();
  const inputs: TensorInfo[] = [];
  const outputs: TensorInfo[] = [];
  for (const field of graph.fields()) {
    if (field.number === 5) defaults.add(nameOf(field.message(), 8));
    else if (field.number === 11) inputs.push(readValue(field.message()));
    else if (field.number === 12) outputs.push(readValue(field.message()));
  }
  return { properties, inputs: inputs.filter((input) => !defaults.has(input.name)), outputs, producer };
}

function readProperty(entry: ProtobufMessage, properties: Map<string, string>): void {
  properties.set(nameOf(entry, 1), nameOf(entry, 2));
}

/** The text of a message's field; empty when it has none, as protobuf leaves out empty texts. */
export function nameOf(message: ProtobufMessage, number: number): string {
  let text = '';
  for (const field of message.fields()) if (field.number === number) text = field.text();
  return text;
}

/** `ValueInfoProto`; anything but a tensor keeps only its name. */
function readValue(value: ProtobufMessage): TensorInfo {
  let name = '';
  let tensor: ProtobufMessage | undefined;
  for (const field of value.fields()) {
    if (field.number === 1) name = field.text();
    else if (field.number === 2) tensor = child(field.message(), 1);
  }
  let type: TensorType | undefined;
  let dims: (number | string)[] | undefined;
  for (const field of tensor?.fields() ?? []) {
    if (field.number === 1) type = ONNX_TENSOR_TYPES[field.integer()];
    else if (field.number === 2) dims = readShape(field.message());
  }
  return { name, type, dims };
}

function readShape(shape: ProtobufMessage): (number | string)[] {
  const dims: (number | string)[] = [];
  for (const field of shape.fields()) {
    if (field.number !== 1) continue;
    let size: number | string = '';
    for (const part of field.message().fields()) {
      if (part.number === 1) size = part.integer();
      else if (part.number === 2) size = part.text();
    }
    dims.push(size);
  }
  return dims;
}

function child(message: ProtobufMessage, number: number): ProtobufMessage | undefined {
  let found: ProtobufMessage | undefined;
  for (const field of message.fields()) if (field.number === number) found = field.message();
  return found;
}

/** The error of bytes that are no ONNX model. */
export function invalidOnnx(name: string, problem: string): AsrError {
  return new AsrError(
    'MODEL_INVALID',
    `${name}: not an ONNX model (${problem}). It may be cut short, or a Git LFS pointer or an error page saved ` +
      'under its name; get the file again.',
  );
}
