import { AsrError } from '../../../errors.js';
import { invalidOnnx, nameOf } from '../../onnx-metadata.js';
import type { SizeClaim } from '../layouts/graph-shape.js';
import { readNode, readTensor, type OnnxNode, type OnnxTensor } from '../../onnx-nodes.js';
import { ProtobufMessage, type ProtobufField } from '../../protobuf.js';
import { joinPieces, messageField, textField, type Pieces } from '../../protobuf-writer.js';
import { CUT_EMBEDDINGS, cutToWindow, OWN_NAMES } from './build-nodes.js';
import { findWindowLength } from './find-window-length.js';

/** `Slice` takes its ends as inputs from version 10 on, and negative axes from 11. */
const OLDEST_OPERATORS = 11;

/** A graph's fields, and what those hold that matter here. */
interface EncoderGraph {
  readonly fields: readonly ProtobufField[];
  readonly nodes: readonly OnnxNode[];
  readonly initializers: readonly OnnxTensor[];
}

/**
 * Rewrites an encoder that takes windows of 30 s alone so that it takes any up to that length.
 *
 * Exporters fix the length although nothing in the model does: the embeddings of all 1500 positions are added as they are. They are
 * cut to the window here, shapes that were written down are taken from the window, and where else the number of positions
 * occurs, the graph is refused. On a full window the graph computes what it did before. The bytes are looked through,
 * not understood: weights are copied once, into the file that is returned, and those outside of it stay there.
 *
 * @param bytes The ONNX file of an encoder that gives `last_hidden_state`.
 * @param name Its name, for messages.
 * @param frames Mel frames of 30 s; the encoder makes a position of two.
 * @throws AsrError `OPTION_UNSUPPORTED` for a graph that this can't be done to, with what was found; `MODEL_INVALID` for bytes
 * that are no ONNX model.
 */
export function freeWindowLength(bytes: Uint8Array, name: string, frames: number | undefined): Uint8Array {
  const refuse = (found: string): AsrError => cannotFree(`${name} takes 30 s only`, found);
  if (frames === undefined) throw refuse('neither it nor config.json say how many frames that is');
  const positions = Math.ceil(frames / 2);
  const model = [...new ProtobufMessage(bytes, (problem) => invalidOnnx(name, problem)).fields()];
  const graphs = model.filter((field) => field.number === 7);
  const [graphField] = graphs;
  if (!graphField || graphs.length > 1) throw invalidOnnx(name, `it holds ${graphs.length} graphs`);
  checkModel(model, refuse);

  const graph = readGraph(graphField.message());
  checkNames(graph, refuse);
  const { add, shapes } = findWindowLength(graph.initializers, graph.nodes, positions, refuse);
  const pieces: Pieces[] = [];
  const keep = ({ from, to }: ProtobufField): void => void pieces.push([bytes.subarray(from, to)]);
  let at = 0;
  for (const field of graph.fields) {
    if (field.number === 1) {
      const node = graph.nodes[at]!;
      if (at === add.node) {
        const table = node.inputs[add.input]!;
        pieces.push(cutToWindow(node.inputs[1 - add.input]!, table, positions, shapes));
        pieces.push(withInput(field, bytes, add.input));
      } else if (!(node.operator === 'Constant' && shapes.has(node.outputs[0]!))) keep(field);
      at++;
    } else if (field.number === 11 || field.number === 12) {
      pieces.push(withFreeLength(field, bytes, [positions, frames]));
    } else if (field.number === 13) {
      // What is known about values in between: shapes of 30 s.
    } else if (!(field.number === 5 && shapes.has(nameOf(field.message(), 8)))) keep(field);
  }
  const rewritten = messageField(7, ...pieces);
  return joinPieces(
    model.flatMap((field) => (field === graphField ? rewritten : [bytes.subarray(field.from, field.to)])),
  );
}

/**
 * Refuses decoders whose cross-attention takes 30 s alone.
 *
 * @param heard The lengths that their inputs have where the graph fixes them.
 * @throws AsrError `OPTION_UNSUPPORTED`
 */
export function refuseDecoder(heard: readonly SizeClaim[]): void {
  const fixed = heard.find(({ value }) => value !== undefined);
  if (fixed) throw cannotFree('the decoder takes 30 s only', `${fixed.source} is ${fixed.value}`);
}

function cannotFree(what: string, found: string): AsrError {
  return new AsrError(
    'OPTION_UNSUPPORTED',
    `decoding.audioContext: ${what}, and can't be made to take less: ${found}. Leave the option out, or use graphs made by ` +
      'tools/export-whisper',
  );
}

/** @throws What `refuse` makes, for operators that are too old or defined in the file. */
function checkModel(model: readonly ProtobufField[], refuse: (found: string) => Error): void {
  let operators = 1;
  for (const field of model) {
    if (field.number === 25) throw refuse('it defines operators of its own');
    if (field.number !== 8) continue;
    const set = field.message();
    if (nameOf(set, 1) !== '' && nameOf(set, 1) !== 'ai.onnx') continue;
    for (const part of set.fields()) if (part.number === 2) operators = part.integer();
  }
  if (operators < OLDEST_OPERATORS) throw refuse(`its operators are of version ${operators}`);
}

function readGraph(graph: ProtobufMessage): EncoderGraph {
  const fields = [...graph.fields()];
  const all = (number: number): ProtobufMessage[] =>
    fields.filter((field) => field.number === number).map((field) => field.message());
  return { fields, nodes: all(1).map(readNode), initializers: all(5).map(readTensor) };
}

function checkNames({ nodes, fields }: EncoderGraph, refuse: (found: string) => Error): void {
  const own = nodes.flatMap(({ outputs }) => outputs).find((output) => output.startsWith(OWN_NAMES));
  if (own !== undefined) throw refuse(`it has a value called ${own}`);
  if (fields.some((field) => field.number === 15)) throw refuse('it has sparse tensors');
}

/** A node with the cut embeddings as one of its inputs. */
function withInput(node: ProtobufField, bytes: Uint8Array, input: number): Pieces {
  let at = 0;
  const content = [...node.message().fields()].map((field): Pieces => {
    if (field.number === 1 && at++ === input) return textField(1, CUT_EMBEDDINGS);
    return [bytes.subarray(field.from, field.to)];
  });
  return messageField(1, ...content);
}

/** An input or output of the graph whose axes of these lengths may have any. */
function withFreeLength(value: ProtobufField, bytes: Uint8Array, lengths: readonly number[]): Pieces {
  // ValueInfoProto.type → TypeProto.tensor_type → Tensor.shape → TensorShapeProto.dim
  return rewriteWithin(value, bytes, [2, 1, 2, 1], (dim) => {
    const fixed = [...dim.message().fields()].find((part) => part.number === 1)?.integer();
    const axis = fixed === undefined ? -1 : lengths.indexOf(fixed);
    return axis < 0
      ? undefined
      : messageField(1, textField(2, `${OWN_NAMES}${axis === 0 ? 'positions' : 'frames'}`));
  });
}

/** A field with the fields at the end of a path in it replaced; those for which `replace` has nothing stay. */
function rewriteWithin(
  field: ProtobufField,
  bytes: Uint8Array,
  path: readonly number[],
  replace: (field: ProtobufField) => Pieces | undefined,
): Pieces {
  const [next, ...rest] = path;
  if (next === undefined) return replace(field) ?? [bytes.subarray(field.from, field.to)];
  const content = [...field.message().fields()].map((part) =>
    part.number === next ? rewriteWithin(part, bytes, rest, replace) : [bytes.subarray(part.from, part.to)],
  );
  return messageField(field.number, ...content);
}
