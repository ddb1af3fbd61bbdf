import type { OnnxTensor } from '../../onnx-nodes.js';
import { integerField, messageField, textField, type Pieces } from '../../protobuf-writer.js';

/** What is added to a graph is called so; exporters have no such names. */
export const OWN_NAMES = 'asr.window.';
/** The embeddings of a window's positions. */
export const CUT_EMBEDDINGS = `${OWN_NAMES}embeddings`;

const INT64 = 7;
const INTEGER_ATTRIBUTE = 2;
const TENSOR_ATTRIBUTE = 4;

/**
 * Nodes, as fields of a graph, that measure a window and cut the embeddings of all positions to it.
 *
 * @param hidden What the embeddings are added to: `batch × positions × width`.
 * @param table The embeddings of all positions: `positions × width`, or with axes of one before them.
 * @param positions How many there are.
 * @param shapes Constants to be given anew by their names, with the length of the window in place of `positions`.
 */
export function cutToWindow(
  hidden: string,
  table: string,
  positions: number,
  shapes: ReadonlyMap<string, OnnxTensor>,
): Pieces {
  const nodes: Pieces[] = [];
  const give = (operator: string, inputs: readonly string[], output: string, axis?: number): string => {
    nodes.push(node(operator, inputs, output, axis === undefined ? [] : axisAttribute(axis)));
    return output;
  };
  const number = (value: number, dims: readonly number[] = [1]): string => {
    const name = `${OWN_NAMES}number.${nodes.length}`;
    nodes.push(node('Constant', [], name, valueAttribute(value, dims)));
    return name;
  };
  const shape = give('Shape', [hidden], `${OWN_NAMES}shape`);
  const length = give('Gather', [shape, number(1)], `${OWN_NAMES}length`);
  // The last axis but one: tables may have an axis of one before it.
  give('Slice', [table, number(0), length, number(-2)], CUT_EMBEDDINGS);
  for (const [name, { dims, elements = [] }] of shapes) {
    if (dims.length === 0) give('Gather', [shape, number(1, [])], name);
    else {
      const parts = elements.map((element) => (element === positions ? length : number(element)));
      give('Concat', parts, name, 0);
    }
  }
  return nodes.flat();
}

/** A `NodeProto` among the nodes of a graph. */
function node(operator: string, inputs: readonly string[], output: string, attribute: Pieces): Pieces {
  return messageField(
    1,
    ...inputs.map((input) => textField(1, input)),
    textField(2, output),
    textField(3, `${OWN_NAMES}${operator}.${output}`),
    textField(4, operator),
    attribute,
  );
}

function axisAttribute(axis: number): Pieces {
  return messageField(5, textField(1, 'axis'), [integerField(3, axis), integerField(20, INTEGER_ATTRIBUTE)]);
}

/** The attribute `value` of a `Constant`: one 64-bit number. */
function valueAttribute(value: number, dims: readonly number[]): Pieces {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigInt64(0, BigInt(value), true);
  const tensor = [
    ...dims.map((dim) => integerField(1, dim)),
    integerField(2, INT64),
    ...messageField(9, [bytes]),
  ];
  return messageField(5, textField(1, 'value'), messageField(5, tensor), [
    integerField(20, TENSOR_ATTRIBUTE),
  ]);
}
