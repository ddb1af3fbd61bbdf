import { floatToHalf } from '../../../inference/half-float.js';
import type { OnnxNode, OnnxTensor } from '../../onnx-nodes.js';

/** Where a graph holds the length of its window. */
export interface WindowLength {
  /** The node that adds the positional embeddings, by its place among the nodes, and which of its inputs they are. */
  readonly add: { readonly node: number; readonly input: number };
  /** Constants that hold the length as a number, for shapes: each is given anew once the length is known. */
  readonly shapes: ReadonlyMap<string, OnnxTensor>;
}

/** What a value that doesn't depend on the input has to do with the length. */
interface Constant {
  /** Set where it holds the embeddings of all positions, in its last but one axis. */
  readonly table?: boolean;
  /** Names of the constants whose number it was made of. */
  readonly lengths?: readonly string[];
  /** Set where it has the length in it in a way that isn't understood. */
  readonly unknown?: string;
}

const UNRELATED: Constant = {};
/** Operators that hand on a table as it is, or in another type; those that hand on numbers. */
const HAND_ON_TABLES = ['Identity', 'Cast', 'DequantizeLinear', 'Unsqueeze'];
const HAND_ON_LENGTHS = ['Identity', 'Cast', 'Concat', 'Unsqueeze'];
/** Operators by whose input of this number a length becomes a shape. */
const TAKE_SHAPES: Readonly<Record<string, number>> = { Reshape: 1, Expand: 1 };

/**
 * Finds every place where the number of encoder positions is fixed in an encoder: the positional embeddings, and shapes.
 *
 * Whatever else holds the number, or a multiple of it, is a reason to refuse: cutting the embeddings would not be all
 * that a short window takes.
 *
 * @param positions What the encoder has for 30 s: 1500.
 * @param refuse Makes the error of a graph that can't be rewritten, from what was found in it.
 */
export function findWindowLength(
  initializers: readonly OnnxTensor[],
  nodes: readonly OnnxNode[],
  positions: number,
  refuse: (found: string) => Error,
): WindowLength {
  const constants = new Map<string, Constant>();
  const numbers = new Map<string, OnnxTensor>();
  const used = new Set<string>();
  const add = (name: string, tensor: OnnxTensor): void => {
    const constant = classify(name, tensor, positions);
    constants.set(name, constant);
    if (constant.lengths) numbers.set(name, tensor);
  };
  for (const tensor of initializers) add(tensor.name, tensor);

  let found: WindowLength['add'] | undefined;
  for (const [i, node] of nodes.entries()) {
    checkAttributes(node, positions, refuse);
    const value = node.operator === 'Constant' ? constantOf(node) : undefined;
    if (value) {
      add(node.outputs[0] ?? '', value);
      continue;
    }
    const inputs = node.inputs.map((name) => constants.get(name));
    if (inputs.length > 0 && inputs.every((input, at) => input || node.inputs[at] === '')) {
      const made = handOn(node, inputs);
      for (const output of node.outputs) constants.set(output, made);
      continue;
    }
    for (const [at, input] of inputs.entries()) {
      const name = node.inputs[at]!;
      const where = `${node.operator} takes ${name}`;
      if (input?.unknown !== undefined) throw refuse(`${where}: ${input.unknown}`);
      if (input?.table) {
        if (node.operator !== 'Add')
          throw refuse(`${where}, ${positions} positions, where an Add was expected`);
        if (found) throw refuse(`${where}: embeddings of positions are added a second time`);
        found = { node: i, input: at };
      } else if (input?.lengths) {
        if (node.operator !== 'Concat' && TAKE_SHAPES[node.operator] !== at) {
          throw refuse(`${where}, which holds ${positions}, and no shape`);
        }
        for (const root of input.lengths) used.add(root);
      }
    }
  }
  if (!found) throw refuse(`no Add takes embeddings of ${positions} positions`);
  const shapes = new Map([...used].map((name) => [name, numbers.get(name)!] as const));
  checkOrder(nodes, shapes, found.node, refuse);
  return { add: found, shapes };
}

/** What a tensor in the file has to do with the length. */
function classify(
  name: string,
  { dims, type, elements, isExternal }: OnnxTensor,
  positions: number,
): Constant {
  const long = dims.indexOf(positions);
  if (long >= 0) {
    const isTable = long === dims.length - 2 && dims.slice(0, long).every((dim) => dim === 1);
    return isTable ? { table: true } : { unknown: `${name} has shape [${dims.join(', ')}]` };
  }
  if (isExternal && (type === 'int64' || type === 'int32') && dims.length <= 1) {
    return { unknown: `${name}, whole numbers, lies outside of the file` };
  }
  const baked = elements?.find((element) => isBaked(element, type, positions));
  if (baked === undefined) return UNRELATED;
  const isShape = type === 'int64' && dims.length <= 1;
  const others = elements!.some((element) => element !== positions && isBaked(element, type, positions));
  return isShape && !others ? { lengths: [name] } : { unknown: `${name} holds ${baked}` };
}

/** Whether a number is the length, or a shape's product with it. */
function isBaked(element: number, type: OnnxTensor['type'], positions: number): boolean {
  if (type === 'float32') return element === positions;
  if (type === 'float16') return element === floatToHalf(Float32Array.of(positions))[0];
  return element > 0 && element < 2 ** 31 && element % positions === 0;
}

/** What a node gives whose inputs are all constants. */
function handOn(node: OnnxNode, inputs: readonly (Constant | undefined)[]): Constant {
  const [first, ...others] = inputs;
  if (first?.table) {
    // Which rows are taken may be written as all numbers up to the length.
    if (node.operator === 'Gather' && (node.integers.get('axis')?.[0] ?? 0) === 0) return first;
    const plain = others.every((other) => other === undefined || other === UNRELATED);
    if (plain && HAND_ON_TABLES.includes(node.operator)) return first;
  }
  const related = inputs.filter((input) => input !== undefined && input !== UNRELATED);
  if (related.length === 0) return UNRELATED;
  const unknown = related.find((input) => input?.unknown !== undefined);
  if (unknown) return unknown;
  if (HAND_ON_LENGTHS.includes(node.operator) && related.every((input) => input?.lengths)) {
    return { lengths: related.flatMap((input) => input?.lengths ?? []) };
  }
  return { unknown: `${node.operator} makes it of ${node.inputs.join(', ')}` };
}

/** The value of a `Constant`; undefined for one that holds texts or floats in an attribute of its own. */
function constantOf({ tensors, integers, outputs }: OnnxNode): OnnxTensor | undefined {
  const name = outputs[0] ?? '';
  const tensor = tensors.get('value');
  if (tensor) return tensor;
  const list = integers.get('value_ints');
  const one = integers.get('value_int');
  const elements = list ?? one ?? [];
  const dims = one ? [] : [elements.length];
  return { name, type: 'int64', dims, elements, isExternal: false };
}

function checkAttributes(node: OnnxNode, positions: number, refuse: (found: string) => Error): void {
  const where = `${node.operator}, which gives ${node.outputs[0]},`;
  if (node.hasGraphs) throw refuse(`${where} has a graph of its own`);
  if (node.operator === 'Constant') return;
  for (const [name, values] of node.integers) {
    const baked = values.find((value) => isBaked(value, 'int64', positions));
    if (baked !== undefined) throw refuse(`${where} has ${name} ${baked}`);
  }
  for (const [name, tensor] of node.tensors) {
    if (classify(name, tensor, positions) !== UNRELATED) {
      throw refuse(`${where} has a tensor in ${name} with ${positions} in it`);
    }
  }
}

/** A length is known from where the embeddings are added: who needs it must come later. */
function checkOrder(
  nodes: readonly OnnxNode[],
  shapes: ReadonlyMap<string, OnnxTensor>,
  add: number,
  refuse: (found: string) => Error,
): void {
  for (const { operator, inputs } of nodes.slice(0, add)) {
    const early = inputs.find((name) => shapes.has(name));
    if (early !== undefined) throw refuse(`${operator} takes ${early} before positions are known`);
  }
}
