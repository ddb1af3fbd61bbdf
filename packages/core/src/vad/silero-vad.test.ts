import { FakeBackend, fakeGraphFile, type FakeGraph } from '@org/asr-testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLoadVad } from '../load-vad.js';
import { memoryFiles } from '../hub/memory-files.js';
import type { ModelSource } from '../hub/model-files.js';
import type { TensorInfo } from '../inference/backend.js';
import type { Tensor } from '../inference/tensor.js';
import type { Platform } from '../platform.js';
import { segmentSpeech, type SpeechEvent } from './speech-segmenter.js';
import type { Vad } from './vad.js';

const FRAME = 576;

/** A probability that depends on every sample of the row and on all rows before it. */
function score(row: Float32Array, memory: number): number {
  let sum = 0;
  for (let i = 0; i < row.length; i++) sum += row[i]! * (1 + (i % 7));
  return (memory * 0.5 + Math.abs(sum)) % 1;
}

/** What the fake graphs give for a whole recording, computed in one go. */
function expected(samples: Float32Array): number[] {
  const count = Math.ceil(samples.length / 512);
  const padded = new Float32Array(64 + count * 512);
  padded.set(samples, 64);
  let memory = 0;
  return Array.from({ length: count }, (_, i) => {
    memory = Math.fround(score(padded.subarray(i * 512, i * 512 + FRAME), memory));
    return memory;
  });
}

const info = (name: string, type: TensorInfo['type'], ...dims: (number | string)[]): TensorInfo => ({
  name,
  type,
  dims,
});
const floats = (tensor: Tensor | undefined): Float32Array => tensor!.data as Float32Array;

const sequence: FakeGraph = {
  inputs: [
    info('input', 'float32', 'n', FRAME),
    info('h', 'float32', 1, 1, 128),
    info('c', 'float32', 1, 1, 128),
  ],
  outputs: [
    info('speech_probs', 'float32', 'n'),
    info('hn', 'float32', 1, 1, 128),
    info('cn', 'float32', 1, 1, 128),
  ],
  run({ input, h, c }) {
    const count = input!.dims[0]!;
    const memory = floats(h).slice();
    const cell = floats(c).slice();
    const probabilities = new Float32Array(count);
    for (let i = 0; i < count; i++) {
      if (memory[0] !== cell[0]) throw new Error('h and c are from different runs');
      memory[0] = score(floats(input).subarray(i * FRAME, (i + 1) * FRAME), memory[0]!);
      cell[0] = memory[0]!;
      probabilities[i] = memory[0]!;
    }
    return {
      speech_probs: { type: 'float32', dims: [count], data: probabilities },
      hn: { type: 'float32', dims: [1, 1, 128], data: memory },
      cn: { type: 'float32', dims: [1, 1, 128], data: cell },
    };
  },
};

const window: FakeGraph = {
  inputs: [
    info('input', 'float32', 'batch', 'sequence'),
    info('state', 'float32', 2, 'batch', 128),
    info('sr', 'int64'),
  ],
  outputs: [info('output', 'float32', 'batch', 1), info('stateN', 'float32', 2, 'batch', 128)],
  run({ input, state, sr }) {
    if ((sr!.data as BigInt64Array)[0] !== 16_000n) throw new Error('not 16 kHz');
    if (input!.dims.join() !== `1,${FRAME}`) throw new Error(`input is [${input!.dims.join()}]`);
    const memory = floats(state).slice();
    memory[0] = score(floats(input), memory[0]!);
    return {
      output: { type: 'float32', dims: [1, 1], data: memory.slice(0, 1) },
      stateN: { type: 'float32', dims: [2, 1, 128], data: memory },
    };
  },
};

const wrongCount: FakeGraph = {
  ...sequence,
  async run(feeds, external) {
    const outputs = await sequence.run(feeds, external);
    return { ...outputs, speech_probs: { type: 'float32', dims: [1], data: new Float32Array(1) } };
  },
};

const backend = new FakeBackend({
  sequence,
  window,
  wrongCount,
  other: { ...window, inputs: window.inputs.slice(0, 2) },
});
const platform: Platform = {
  name: 'test',
  createBackend: () => Promise.reject(new Error('the backend is given')),
  openModel: (source: ModelSource) =>
    Promise.resolve(memoryFiles(source as Parameters<typeof memoryFiles>[0])),
  decodeAudio: () => Promise.reject(new Error('no codecs here')),
};
const loadVad = createLoadVad(platform);

async function load(...graphs: readonly (readonly [graph: string, name: string])[]): Promise<Vad> {
  const files: Record<string, Uint8Array> = {};
  for (const [graph, name] of graphs) files[name] = await fakeGraphFile(graph, name).bytes();
  return loadVad({ files }, { backend });
}

const noise = (length: number): Float32Array =>
  Float32Array.from({ length }, (_, i) => Math.sin(i * i) * 0.3);

describe.each(['sequence', 'window'])('the %s layout', (layout) => {
  it('gives the probabilities of the whole, whatever its length', async () => {
    await using vad = await load([layout, 'vad.onnx']);
    expect(vad.info).toMatchObject({ family: 'silero', layout, file: 'vad.onnx', provider: 'cpu' });
    for (const length of [0, 1, 511, 512, 513, 40_000, 64 * 512, 64 * 512 + 1, 100_000]) {
      const samples = noise(length);
      const found = await vad.probabilities({ samples, sampleRate: 16_000 });
      expect([...found]).toEqual(expected(samples));
      expect(await vad.detect({ samples, sampleRate: 16_000 })).toEqual(segmentSpeech(found, length));
    }
    expect(backend.liveTensors).toBe(0);
  });

  it('streams chunks of any size to the same events', async () => {
    await using vad = await load([layout, 'vad.onnx']);
    const chunks = fc.array(fc.integer({ min: 0, max: 3000 }), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(chunks, async (sizes) => {
        const options = { minSpeechDuration: 0.03, minSilenceDuration: 0.03 };
        const samples = noise(sizes.reduce((sum, size) => sum + size, 0));
        const stream = vad.stream(options);
        const events: Promise<readonly SpeechEvent[]>[] = [];
        let read = 0;
        for (const size of sizes) {
          events.push(stream.push(samples.subarray(read, read + size)));
          read += size;
        }
        events.push(stream.finish());
        const times = (await Promise.all(events)).flat().map(({ time }) => time);
        const spans = await vad.detect({ samples, sampleRate: 16_000 }, options);
        expect(times).toEqual(spans.flatMap(({ start, end }) => [start, end]));
      }),
      { numRuns: 40 },
    );
    expect(backend.liveTensors).toBe(0);
  });
});

describe('freeing', () => {
  it('leaves no tensor and no session behind when streams are abandoned', async () => {
    const before = backend.liveSessions;
    const vad = await load(['sequence', 'vad.onnx']);
    const stream = vad.stream();
    await stream.push(noise(5000));
    const running = stream.push(noise(5000));
    await vad.dispose();
    await running.catch(() => {});
    expect(backend.liveTensors).toBe(0);
    expect(backend.liveSessions).toBe(before);
    await expect(stream.push(noise(1))).rejects.toMatchObject({ code: 'DISPOSED' });
    expect(() => vad.stream()).toThrow(/disposed/);
  });

  it('ends a stream that failed', async () => {
    await using vad = await load(['wrongCount', 'vad.onnx']);
    const stream = vad.stream();
    await expect(stream.push(noise(5000))).rejects.toMatchObject({ code: 'MODEL_INVALID' });
    await expect(stream.push(noise(5000))).rejects.toMatchObject({ code: 'DISPOSED' });
    expect(backend.liveTensors).toBe(0);
  });

  it('refuses samples that are none', async () => {
    await using vad = await load(['sequence', 'vad.onnx']);
    await using stream = vad.stream();
    await expect(stream.push([0] as never)).rejects.toThrow(TypeError);
    await expect(stream.push(Float32Array.of(NaN))).rejects.toMatchObject({ code: 'AUDIO_INVALID' });
    // A wrong chunk changes nothing.
    expect(await stream.finish()).toEqual([]);
  });
});

describe('loading', () => {
  it('takes the fastest of several graphs, by their names', async () => {
    await using vad = await load(
      ['window', 'silero_vad.onnx'],
      ['sequence', 'onnx/silero_vad_16k_sequence.onnx'],
    );
    expect(vad.info.file).toBe('onnx/silero_vad_16k_sequence.onnx');
  });

  it('says what is wrong with the files', async () => {
    await expect(load(['window', 'a.onnx'], ['window', 'b.onnx'])).rejects.toMatchObject({
      code: 'MODEL_UNSUPPORTED',
      message: expect.stringContaining('a.onnx, b.onnx') as unknown,
    });
    await expect(load()).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND' });
    await expect(load(['other', 'v4.onnx'])).rejects.toMatchObject({
      code: 'MODEL_UNSUPPORTED',
      message: expect.stringContaining('found inputs input, state and') as unknown,
    });
    expect(backend.liveSessions).toBe(0);
  });
});
