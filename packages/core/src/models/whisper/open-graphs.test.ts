import { describe, expect, it } from 'vitest';
import { AsrError } from '../../errors.js';
import { memoryFiles } from '../../hub/memory-files.js';
import type { InferenceBackend, SessionOptions } from '../../inference/backend.js';
import { openWhisperGraphs } from './open-graphs.js';

/** Notes what it is asked for and loads nothing. */
function recorder(): { readonly backend: InferenceBackend; readonly asked: Map<string, SessionOptions> } {
  const asked = new Map<string, SessionOptions>();
  const backend: InferenceBackend = {
    name: 'recorder',
    createSession: (model, options = {}) => {
      asked.set(model.name, options);
      return Promise.reject(new AsrError('BACKEND_UNAVAILABLE', 'nothing is loaded here'));
    },
    dispose: () => Promise.resolve(),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  return { backend, asked };
}

const empty = new Uint8Array();
const json = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

describe('openWhisperGraphs', () => {
  it('hands on options, external data and the outputs that stay on the device', async () => {
    const { backend, asked } = recorder();
    const files = memoryFiles({
      files: {
        'config.json': json({ model_type: 'whisper', decoder_layers: 1 }),
        'onnx/encoder_model.onnx': empty,
        'onnx/encoder_model.onnx_data': empty,
        'onnx/decoder_model_merged.onnx': empty,
      },
    });
    const options = { provider: ['webgpu', 'wasm'], threads: 3, graphOptimization: 'basic' } as const;
    await expect(openWhisperGraphs(files, backend, options)).rejects.toMatchObject({
      code: 'BACKEND_UNAVAILABLE',
    });
    const encoder = asked.get('onnx/encoder_model.onnx');
    expect(encoder).toMatchObject({ ...options, deviceOutputs: ['last_hidden_state'] });
    expect(encoder?.externalData?.map((file) => file.name)).toEqual(['onnx/encoder_model.onnx_data']);
    expect(asked.get('onnx/decoder_model_merged.onnx')).toEqual({
      ...options,
      deviceOutputs: ['decoder', 'encoder'].flatMap((side) => [
        `present.0.${side}.key`,
        `present.0.${side}.value`,
      ]),
    });
  });

  it('takes the precision of unmarked graphs from the note of the exporter', async () => {
    const open = (note: object | undefined, quantization: 'int8' | 'q4') =>
      openWhisperGraphs(
        memoryFiles({
          files: {
            'config.json': json({ model_type: 'whisper' }),
            'encoder.onnx': empty,
            'decoder.onnx': empty,
            ...(note && { 'export.json': json(note) }),
          },
        }),
        recorder().backend,
        { quantization },
      );
    // Found: it goes on to load them.
    await expect(open({ encoder: 'int8', decoder: 'int8-stored' }, 'int8')).rejects.toMatchObject({
      code: 'BACKEND_UNAVAILABLE',
    });
    await expect(open({ encoder: 'int4', decoder: 'int4' }, 'q4')).rejects.toMatchObject({
      code: 'BACKEND_UNAVAILABLE',
    });
    for (const note of [
      undefined,
      { encoder: 'fp32', decoder: 'int8' },
      { encoder: 'fp32', decoder: 'fp32' },
    ]) {
      await expect(open(note, 'int8')).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND' });
    }
  });

  it('hands on the signal', async () => {
    const { backend, asked } = recorder();
    const { signal } = new AbortController();
    const files = memoryFiles({
      files: {
        'config.json': json({ model_type: 'whisper' }),
        'encoder.onnx': empty,
        'decoder.onnx': empty,
      },
    });
    await expect(openWhisperGraphs(files, backend, { signal })).rejects.toBeInstanceOf(AsrError);
    expect(asked.get('encoder.onnx')?.signal).toBe(signal);
  });

  it.each([
    ['config.json', 'not JSON'],
    ['config.json', '[]'],
    ['generation_config.json', '{'],
    ['generation_config.json', '{"alignment_heads": [[1]]}'],
    ['generation_config.json', '{"alignment_heads": [[0, -1]]}'],
  ])('names a damaged %s: %s', async (name, content) => {
    const files = memoryFiles({
      files: {
        'config.json': json({ model_type: 'whisper' }),
        'encoder.onnx': empty,
        'decoder.onnx': empty,
        [name]: new TextEncoder().encode(content),
      },
    });
    await expect(openWhisperGraphs(files, recorder().backend)).rejects.toMatchObject({
      code: 'MODEL_INVALID',
      message: expect.stringContaining(name) as string,
    });
  });
});
