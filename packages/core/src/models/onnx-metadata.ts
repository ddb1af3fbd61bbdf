import { AsrError } from '../errors.js';
import type { TensorInfo } from '../inference/backend.js';
import type { TensorType } from '../inference/tensor.js';

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
const TENSOR_TYPES: readonly (TensorType | undefined)[] = [
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
  let graph: Message | undefined;
  let producer = '';
  for (const field of new Message(bytes, 0, bytes.length, name).fields()) {
    if (field.number === 2) producer = field.text();
    else if (field.number === 7) graph = field.message();
    else if (field.number === 14) readProperty(field.message(), properties);
  }
  if (!graph) throw invalid(name, 'it holds no graph');
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

function readProperty(entry: Message, properties: Map<string, string>): void {
  properties.set(nameOf(entry, 1), nameOf(entry, 2));
}

/** The text of a message's field; empty when it has none, as protobuf leaves out empty texts. */
function nameOf(message: Message, number: number): string {
  let text = '';
  for (const field of message.fields()) if (field.number === number) text = field.text();
  return text;
}

/** `ValueInfoProto`; anything but a tensor keeps only its name. */
function readValue(value: Message): TensorInfo {
  let name = '';
  let tensor: Message | undefined;
  for (const field of value.fields()) {
    if (field.number === 1) name = field.text();
    else if (field.number === 2) tensor = child(field.message(), 1);
  }
  let type: TensorType | undefined;
  let dims: (number | string)[] | undefined;
  for (const field of tensor?.fields() ?? []) {
    if (field.number === 1) type = TENSOR_TYPES[field.integer()];
    else if (field.number === 2) dims = readShape(field.message());
  }
  return { name, type, dims };
}

function readShape(shape: Message): (number | string)[] {
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

function child(message: Message, number: number): Message | undefined {
  let found: Message | undefined;
  for (const field of message.fields()) if (field.number === number) found = field.message();
  return found;
}

function invalid(name: string, problem: string): AsrError {
  return new AsrError(
    'MODEL_INVALID',
    `${name}: not an ONNX model (${problem}). It may be cut short, or a Git LFS pointer or an error page saved ` +
      'under its name; get the file again.',
  );
}

/** A protobuf message inside of the file's bytes. Nothing is copied; every length is checked against its parent's end. */
class Message {
  readonly #bytes: Uint8Array;
  readonly #start: number;
  readonly #end: number;
  readonly #file: string;

  constructor(bytes: Uint8Array, start: number, end: number, file: string) {
    this.#bytes = bytes;
    this.#start = start;
    this.#end = end;
    this.#file = file;
  }

  /** The fields in order; what they hold is not looked into. */
  *fields(): Generator<Field> {
    for (let at = this.#start; at < this.#end;) {
      const [key, afterKey] = this.#varint(at);
      const wire = key % 8;
      const number = Math.floor(key / 8);
      if (number === 0) throw invalid(this.#file, `field 0 at byte ${at}`);
      let start = afterKey;
      let value = 0;
      if (wire === 0) [value, at] = this.#varint(afterKey);
      else if (wire === 1) at = afterKey + 8;
      else if (wire === 5) at = afterKey + 4;
      else if (wire === 2) {
        const [length, afterLength] = this.#varint(afterKey);
        start = afterLength;
        at = afterLength + length;
      } else throw invalid(this.#file, `wire type ${wire} at byte ${afterKey}`);
      if (at > this.#end) throw invalid(this.#file, `a field at byte ${afterKey} ends behind its parent`);
      yield new Field(number, wire, value, this.#bytes, start, at, this.#file);
    }
  }

  /** Value and position behind it. Numbers beyond 2⁵³ lose digits; no length or dimension is that large. */
  #varint(at: number): [value: number, next: number] {
    let value = 0;
    let factor = 1;
    for (let i = at; i < Math.min(at + 10, this.#end); i++) {
      const byte = this.#bytes[i] as number;
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return [value, i + 1];
      factor *= 128;
    }
    throw invalid(this.#file, `a number at byte ${at} doesn't end`);
  }
}

class Field {
  readonly number: number;
  readonly #wire: number;
  readonly #value: number;
  readonly #bytes: Uint8Array;
  readonly #start: number;
  readonly #end: number;
  readonly #file: string;

  constructor(
    number: number,
    wire: number,
    value: number,
    bytes: Uint8Array,
    start: number,
    end: number,
    file: string,
  ) {
    this.number = number;
    this.#wire = wire;
    this.#value = value;
    this.#bytes = bytes;
    this.#start = start;
    this.#end = end;
    this.#file = file;
  }

  integer(): number {
    this.#expect(0);
    return this.#value;
  }

  message(): Message {
    this.#expect(2);
    return new Message(this.#bytes, this.#start, this.#end, this.#file);
  }

  text(): string {
    this.#expect(2);
    try {
      return new TextDecoder('utf-8', { fatal: true }).decode(this.#bytes.subarray(this.#start, this.#end));
    } catch {
      throw invalid(this.#file, `the text at byte ${this.#start} is not UTF-8`);
    }
  }

  #expect(wire: number): void {
    if (this.#wire === wire) return;
    throw invalid(this.#file, `field ${this.number} before byte ${this.#end} has wire type ${this.#wire}`);
  }
}
