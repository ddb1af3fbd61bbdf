import { onnxGraph } from '@org/asr-testkit/graphs';
import { writeOnnx, type OnnxGraph, type OnnxInitializer } from '@org/asr-testkit/onnx-writer';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AsrError } from '../../../errors.js';
import { readOnnxMetadata } from '../../onnx-metadata.js';
import { readNode, readTensor, type OnnxNode } from '../../onnx-nodes.js';
import { ProtobufMessage } from '../../protobuf.js';
import { freeWindowLength } from './free-window.js';

const [FRAMES, POSITIONS, WIDTH] = [3000, 1500, 2];

const numbers = (
  name: string,
  values: readonly number[],
  dims: readonly number[] = [values.length],
): OnnxInitializer => ({
  name,
  type: 'int64',
  dims,
  data: new Uint8Array(BigInt64Array.from(values, BigInt).buffer),
});
const table = (
  dims: readonly number[] = [POSITIONS, WIDTH],
  type: 'float32' | 'int8' = 'float32',
): OnnxInitializer => ({
  name: 'table',
  type,
  dims,
  data: new Uint8Array(POSITIONS * WIDTH * (type === 'int8' ? 1 : 4)),
});

/** What lies between the hidden states and the output of an encoder, and where its embeddings come from. */
interface Form {
  readonly embeddings?: OnnxGraph['nodes'];
  readonly before?: OnnxGraph['nodes'];
  readonly layers?: OnnxGraph['nodes'];
  readonly initializers?: OnnxGraph['initializers'];
}

/** An encoder in the form that an exporter gives it: `hidden` plus `embedded`, and then its layers. */
function encoder({ embeddings = [], before = [], layers, initializers = [table()] }: Form): Uint8Array {
  const added = embeddings.length > 0 ? 'embedded' : 'table';
  return writeOnnx({
    nodes: [
      { op: 'Conv', inputs: ['input_features', 'kernel'], outputs: ['hidden'] },
      ...embeddings,
      ...before,
      { op: 'Add', inputs: [added, 'hidden'], outputs: ['placed'] },
      ...(layers ?? [{ op: 'Identity', inputs: ['placed'], outputs: ['last_hidden_state'] }]),
    ],
    inputs: [{ name: 'input_features', type: 'float32', dims: ['batch', 80, FRAMES] }],
    outputs: [{ name: 'last_hidden_state', type: 'float32', dims: ['batch', POSITIONS, WIDTH] }],
    initializers,
  });
}

function read(bytes: Uint8Array) {
  const model = new ProtobufMessage(bytes, (problem) => new Error(problem));
  const graph = [...model.fields()].find((field) => field.number === 7)!.message();
  const nodes: OnnxNode[] = [];
  const initializers: string[] = [];
  for (const field of graph.fields()) {
    if (field.number === 1) nodes.push(readNode(field.message()));
    if (field.number === 5) initializers.push(readTensor(field.message()).name);
  }
  return { nodes, initializers, ...readOnnxMetadata(bytes, 'm.onnx') };
}

const free = (form: Form): Uint8Array => freeWindowLength(encoder(form), 'encoder.onnx', FRAMES);

describe('freeWindowLength', () => {
  it('cuts the embeddings to the window, and says that any length is taken', () => {
    const { nodes, inputs, outputs } = read(free({}));
    const add = nodes.find(({ operator }) => operator === 'Add');
    expect(add?.inputs).toEqual(['asr.window.embeddings', 'hidden']);
    const slice = nodes.find(({ operator }) => operator === 'Slice')!;
    expect(slice).toMatchObject({ outputs: ['asr.window.embeddings'] });
    expect(slice.inputs[0]).toBe('table');
    const axis = nodes.find(({ outputs: [name] }) => name === slice.inputs[3]);
    expect(axis?.tensors.get('value')).toMatchObject({ type: 'int64', dims: [1], elements: [-2] });
    const made = new Set(['input_features', 'kernel', 'table']);
    for (const node of nodes) {
      for (const name of node.inputs) expect(made).toContain(name);
      for (const name of node.outputs) made.add(name);
    }
    expect(inputs[0]?.dims).toEqual(['batch', 80, 'asr.window.frames']);
    expect(outputs[0]?.dims).toEqual(['batch', 'asr.window.positions', WIDTH]);
  });

  it.each<[string, Form]>([
    ['with an axis before them', { initializers: [table([1, POSITIONS, WIDTH])] }],
    [
      'looked up by all their numbers',
      {
        embeddings: [{ op: 'Gather', inputs: ['table', 'all'], outputs: ['embedded'] }],
        initializers: [
          table(),
          numbers(
            'all',
            Array.from({ length: POSITIONS }, (_, i) => i),
          ),
        ],
      },
    ],
    [
      'stored in 8 bits',
      {
        embeddings: [{ op: 'DequantizeLinear', inputs: ['table', 'scale'], outputs: ['embedded'] }],
        initializers: [
          table([POSITIONS, WIDTH], 'int8'),
          { name: 'scale', type: 'float32', dims: [], data: new Uint8Array(4) },
        ],
      },
    ],
  ])('knows embeddings %s', (_, form) => {
    const { nodes } = read(free(form));
    const slice = nodes.find(({ operator }) => operator === 'Slice')!;
    expect(slice.inputs[0]).toBe(form.embeddings ? 'embedded' : 'table');
  });

  it('takes shapes that were written down from the window', () => {
    const layers = [
      { op: 'Reshape', inputs: ['placed', 'heads'], outputs: ['split'] },
      { op: 'Unsqueeze', inputs: ['one', 'axes'], outputs: ['long'] },
      { op: 'Shape', inputs: ['split'], outputs: ['rest'] },
      { op: 'Concat', inputs: ['long', 'rest'], outputs: ['shape'], attributes: { axis: 0 } },
      { op: 'Reshape', inputs: ['split', 'shape'], outputs: ['last_hidden_state'] },
    ];
    const initializers = [
      table(),
      numbers('heads', [-1, POSITIONS, 1, 2]),
      numbers('one', [POSITIONS], []),
      numbers('axes', [0]),
    ];
    const rewritten = read(free({ layers, initializers }));
    expect(rewritten.initializers).toEqual(['table', 'axes']);
    const made = (name: string) => rewritten.nodes.find(({ outputs }) => outputs[0] === name);
    const heads = made('heads');
    expect(heads).toMatchObject({ operator: 'Concat' });
    const parts = heads!.inputs.map((name) => made(name)?.tensors.get('value')?.elements?.[0] ?? name);
    expect(parts).toEqual([-1, 'asr.window.length', 1, 2]);
    expect(made('one')).toMatchObject({ operator: 'Gather' });
    expect(made('one')!.inputs[0]).toBe('asr.window.shape');
  });

  const reshapeTo = (shape: OnnxInitializer): Form => ({
    layers: [{ op: 'Reshape', inputs: ['placed', shape.name], outputs: ['last_hidden_state'] }],
    initializers: [table(), shape],
  });
  it.each<[RegExp, Form]>([
    [/Reshape takes shape: shape holds 9000/u, reshapeTo(numbers('shape', [9000, 2]))],
    [/Reshape takes shape: shape holds 1500/u, reshapeTo(numbers('shape', [1500, 3000]))],
    [
      /Slice takes end, which holds 1500, and no shape/u,
      {
        layers: [{ op: 'Slice', inputs: ['placed', 'start', 'end'], outputs: ['last_hidden_state'] }],
        initializers: [table(), numbers('start', [0]), numbers('end', [POSITIONS])],
      },
    ],
    [/no Add takes embeddings of 1500 positions/u, { initializers: [table([2, 750, WIDTH])] }],
    [/Add takes table: table has shape \[2, 1500\]/u, { initializers: [table([WIDTH, POSITIONS])] }],
    [
      /Add takes embedded: Transpose makes it of table/u,
      { embeddings: [{ op: 'Transpose', inputs: ['table'], outputs: ['embedded'] }] },
    ],
    [
      /Mul takes table, 1500 positions, where an Add was expected/u,
      { before: [{ op: 'Mul', inputs: ['hidden', 'table'], outputs: ['other'] }] },
    ],
    [
      /a second time/u,
      { layers: [{ op: 'Add', inputs: ['placed', 'table'], outputs: ['last_hidden_state'] }] },
    ],
    [
      /ReduceMax, which gives last_hidden_state, has keepdims 3000/u,
      {
        layers: [
          {
            op: 'ReduceMax',
            inputs: ['placed'],
            outputs: ['last_hidden_state'],
            attributes: { keepdims: 3000 },
          },
        ],
      },
    ],
    [
      /Reshape takes shape before positions are known/u,
      {
        before: [{ op: 'Reshape', inputs: ['hidden', 'shape'], outputs: ['early'] }],
        ...reshapeTo(numbers('shape', [-1, POSITIONS, 2])),
      },
    ],
    [
      /shape, whole numbers, lies outside of the file/u,
      reshapeTo({ name: 'shape', type: 'int64', dims: [3], data: { location: 'encoder.onnx_data' } }),
    ],
  ])('refuses what it does not understand: %s', (message, form) => {
    expect(() => free(form)).toThrow(AsrError);
    expect(() => free(form)).toThrow(message);
    expect(() => free(form)).toThrow(/decoding\.audioContext: encoder\.onnx takes 30 s only/u);
  });

  it('refuses a graph that was rewritten, that has branches, or whose length nobody says', async () => {
    const message = /where an Add was expected|called asr\.window/u;
    expect(() => freeWindowLength(free({}), 'encoder.onnx', FRAMES)).toThrow(message);
    const loop = await onnxGraph('slow').bytes();
    expect(() => freeWindowLength(loop, 'm.onnx', FRAMES)).toThrow(/Loop.* has a graph of its own/u);
    expect(() => freeWindowLength(encoder({}), 'm.onnx', undefined)).toThrow(/neither it nor config\.json/u);
  });

  it('gives a whole graph or a typed error for bytes that are cut, changed or random', () => {
    const whole = encoder({ initializers: [table()] });
    const weights = POSITIONS * WIDTH * 4;
    // Changes fall on what is not weights: those are copied, whatever they are.
    const at = fc.oneof(fc.nat(200), fc.integer({ min: weights, max: whole.length - 1 }));
    const change = fc.record({ at, byte: fc.nat(255) });
    const damaged = fc
      .tuple(fc.array(change, { maxLength: 6 }), fc.oneof(fc.constant(whole.length), fc.nat(whole.length)))
      .map(([changes, length]) => {
        const bytes = whole.slice();
        for (const one of changes) bytes[one.at] = one.byte;
        return bytes.subarray(0, length);
      });
    let whatWorked = 0;
    fc.assert(
      fc.property(fc.oneof(damaged, fc.uint8Array({ maxLength: 200 })), (bytes) => {
        const before = bytes.slice();
        try {
          const { nodes } = read(freeWindowLength(bytes, 'm.onnx', FRAMES));
          whatWorked++;
          // Where it gives a graph, the one Add has the cut embeddings, and nothing takes all of them but what cuts them.
          const takers = nodes.filter(({ inputs }) => inputs.includes('asr.window.embeddings'));
          expect(takers.map(({ operator }) => operator)).toEqual(['Add']);
          const cutting = nodes.find(({ outputs }) => outputs[0] === 'asr.window.embeddings')!;
          expect(nodes.filter(({ inputs }) => inputs.includes(cutting.inputs[0]!))).toEqual([cutting]);
        } catch (error) {
          if (!AsrError.isInstance(error)) throw error;
          expect(['MODEL_INVALID', 'OPTION_UNSUPPORTED']).toContain(error.code);
        }
        expect(bytes.every((byte, i) => byte === before[i])).toBe(true);
      }),
      { numRuns: 1000 },
    );
    expect(whatWorked).toBeGreaterThan(0);
  });

  it('says of bytes that end too early, wherever that is, what they are not', () => {
    const whole = encoder({});
    for (let length = 0; length < whole.length; length += length < 300 ? 1 : 37) {
      expect(() => freeWindowLength(whole.subarray(0, length), 'm.onnx', FRAMES)).toThrow(
        /not an ONNX model/u,
      );
    }
  });
});
