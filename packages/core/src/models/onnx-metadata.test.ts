import { hasTestData, testData } from '@org/asr-testkit';
import { onnxGraph } from '@org/asr-testkit/graphs';
import fc from 'fast-check';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { AsrError } from '../errors.js';
import { readOnnxMetadata } from './onnx-metadata.js';

/** A field of length-delimited bytes, short enough for one byte of length. */
function field(number: number, content: readonly number[]): number[] {
  return [(number << 3) | 2, content.length, ...content];
}

const text = (value: string): number[] => [...new TextEncoder().encode(value)];

/** `metadata_props` behind a graph, as exporters write them. */
function withProperty(graph: Uint8Array, key: string, value: string): Uint8Array {
  return Uint8Array.of(...graph, ...field(14, [...field(1, text(key)), ...field(2, text(value))]));
}

const graphBytes = (name: Parameters<typeof onnxGraph>[0]): Promise<Uint8Array> => onnxGraph(name).bytes();

describe('readOnnxMetadata', () => {
  it('reads properties, the last of equal keys counting, empty values too', async () => {
    let bytes = withProperty(await graphBytes('add'), 'model_type', 'zipformer2');
    bytes = withProperty(bytes, 'model_type', 'zipformer2_ctc');
    bytes = withProperty(bytes, 'url', '');
    expect([...readOnnxMetadata(bytes, 'm.onnx').properties]).toEqual([
      ['model_type', 'zipformer2_ctc'],
      ['url', ''],
    ]);
  });

  it('reads names, types and shapes of what the graph takes and gives', async () => {
    const { inputs, outputs, producer } = readOnnxMetadata(await graphBytes('add'), 'm.onnx');
    expect(inputs).toEqual([
      { name: 'a', type: 'float32', dims: ['batch', 4] },
      { name: 'b', type: 'float32', dims: ['batch', 4] },
    ]);
    expect(outputs.map(({ name }) => name)).toEqual(['sum', 'difference']);
    expect(producer).toBe('asr-testkit');
  });

  it('says for other files what they may be', () => {
    const pointer = new TextEncoder().encode('version https://git-lfs.github.com/spec/v1\noid sha256:0\n');
    for (const bytes of [pointer, new Uint8Array(), new Uint8Array(100)]) {
      expect(() => readOnnxMetadata(bytes, 'm.onnx')).toThrow(/m\.onnx: not an ONNX model/);
    }
  });

  it('throws nothing but MODEL_INVALID for bytes that are cut, changed or random', async () => {
    const whole = withProperty(await graphBytes('matmul'), 'key', 'value');
    const change = fc.record({ at: fc.nat(whole.length - 1), byte: fc.nat(255) });
    const damaged = fc
      .tuple(fc.array(change, { maxLength: 8 }), fc.nat(whole.length))
      .map(([changes, length]) => {
        const bytes = whole.slice();
        for (const { at, byte } of changes) bytes[at] = byte;
        return bytes.subarray(0, length);
      });
    fc.assert(
      fc.property(fc.oneof(damaged, fc.uint8Array({ maxLength: 300 })), (bytes) => {
        try {
          readOnnxMetadata(bytes, 'm.onnx');
        } catch (error) {
          expect(AsrError.isInstance(error) && error.code).toBe('MODEL_INVALID');
        }
      }),
      { numRuns: 3000 },
    );
  });

  it.skipIf(!hasTestData)('reads the graphs of real exporters', () => {
    const folder = testData('models');
    const read = (name: string) =>
      readOnnxMetadata(readFileSync(`${folder}/${name}/model.onnx`), `${name}/model.onnx`);
    const graphs = readdirSync(folder).filter((name) => /^digits-(?!transducer)/.test(name));
    expect(graphs.length).toBeGreaterThan(5);
    for (const name of graphs) expect(read(name).outputs.length).toBeGreaterThan(0);
    const streaming = read('digits-streaming-ctc');
    expect(Object.fromEntries(streaming.properties)).toMatchObject({
      model_type: 'zipformer2',
      decode_chunk_len: '32',
      T: '45',
    });
    expect(streaming.inputs[0]).toEqual({ name: 'x', type: 'float32', dims: ['N', 45, 80] });
    expect(streaming.inputs.at(-1)).toEqual({ name: 'processed_lens', type: 'int64', dims: ['N'] });
  });
});
