/** Ways of feeding a graph, on graphs whose output says which frames they saw. */
import { FakeBackend, fakeGraphFile, type FakeGraph } from '@org/asr-testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { wavePreset } from '../../features/presets/wave.js';
import { chunkRanges } from './chunks.js';
import type { CtcExecution, CtcModelConfig } from './config.js';
import { CtcGraph } from './ctc-graph.js';

const STRIDE = 4;
const RATE = 16_000;

/** Two labels per frame: the first sample of the frame, and its negative. */
const frames: FakeGraph = {
  inputs: [{ name: 'x', type: 'float32', dims: [1, 'samples'] }],
  outputs: [{ name: 'y', type: 'float32', dims: [1, 'frames', 2] }],
  run({ x }) {
    const samples = x!.data as Float32Array;
    const count = Math.floor(samples.length / STRIDE);
    const data = Float32Array.from({ length: 2 * count }, (_, i) => {
      const first = samples[(i >> 1) * STRIDE]!;
      return i % 2 === 0 ? first : -first;
    });
    return { y: { type: 'float32', dims: [1, count, 2], data } };
  },
};

/** Eight samples a run; frames hold the running sum of all samples so far, which only a carried state gives right. */
const sums: FakeGraph = {
  inputs: [
    { name: 'x', type: 'float32', dims: [1, 8] },
    { name: 'n', type: 'int64', dims: [1] },
    { name: 'state', type: 'float32', dims: ['batch', 1] },
  ],
  outputs: [
    { name: 'y', type: 'float32', dims: [2, 1, 2] },
    { name: 'next', type: 'float32', dims: ['batch', 1] },
  ],
  run({ x, n, state }) {
    const samples = (x!.data as Float32Array).subarray(0, Number((n!.data as BigInt64Array)[0]));
    let sum = (state!.data as Float32Array)[0]!;
    const data = new Float32Array(4);
    samples.forEach((sample, i) => {
      sum += sample;
      data[2 * Math.floor(i / STRIDE)] = sum;
    });
    return {
      y: { type: 'float32', dims: [2, 1, 2], data },
      next: { type: 'float32', dims: [1, 1], data: Float32Array.of(sum) },
    };
  },
};

const backend = (): FakeBackend => new FakeBackend({ frames, sums });

function describeGraph(execution: CtcExecution, changes: Partial<CtcModelConfig> = {}): CtcModelConfig {
  return {
    frontEnd: wavePreset({ normalize: false }),
    input: { name: 'x', shape: [1, 'rows'] },
    output: { name: 'y', kind: 'logProbs', stride: STRIDE },
    vocabulary: { labels: ['<pad>', 'a'] },
    execution,
    ...changes,
  };
}

async function open(graph: 'frames' | 'sums', config: CtcModelConfig, on = backend()): Promise<CtcGraph> {
  return new CtcGraph(await on.createSession(fakeGraphFile(graph)), config, `${graph}.onnx`);
}

/** First labels of all frames. */
async function run(graph: CtcGraph, samples: Float32Array): Promise<number[]> {
  const values: number[] = [];
  for await (const { data } of graph.logProbs(samples)) {
    for (let i = 0; i < data.length; i += 2) values.push(data[i]!);
  }
  return values;
}

const ramp = (length: number): Float32Array => Float32Array.from({ length }, (_, i) => i);

describe('chunked execution', () => {
  it('gives the frames of the whole, in order and once each, whatever the chunk', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 400 }),
        fc.integer({ min: 3, max: 30 }),
        fc.integer({ min: 0, max: 14 }),
        async (length, chunk, overlap) => {
          fc.pre(2 * overlap < chunk);
          const seconds = (chunk * STRIDE) / RATE;
          const execution: CtcExecution = {
            type: 'chunked',
            seconds,
            overlap: (overlap * STRIDE) / RATE,
          };
          const whole = await run(await open('frames', describeGraph({ type: 'whole' })), ramp(length));
          const chunked = await run(await open('frames', describeGraph(execution)), ramp(length));
          expect(chunked).toEqual(whole);
        },
      ),
    );
  });

  it('cuts as the pipeline of Hugging Face does: 10 s, strides of 1.67 s rounded to frames', () => {
    const ranges = chunkRanges(25 * RATE, 320, { type: 'chunked', seconds: 10 }, RATE);
    expect(ranges.map(({ start, end }) => [start, end])).toEqual([
      [0, 160_000],
      [106_880, 266_880],
      [213_760, 373_760],
      [320_640, 400_000],
    ]);
    expect(ranges.map(({ firstFrame, endFrame }) => [firstFrame, endFrame])).toEqual([
      [0, 417],
      [83, 417],
      [83, 417],
      [83, Infinity],
    ]);
  });
});

describe('stateful execution', () => {
  const execution = {
    type: 'stateful',
    rows: 8,
    hop: 8,
    states: [{ input: 'state', output: 'next' }],
    tail: 'pad',
  } as const;
  const config = describeGraph(execution, {
    input: { name: 'x', shape: [1, 8], lengths: { name: 'n', unit: 'rows' } },
  });

  it('carries the state, fills up the last run and keeps the frames of real rows', async () => {
    const on = backend();
    const graph = await open('sums', config, on);
    expect(await run(graph, new Float32Array(21).fill(1))).toEqual([4, 8, 12, 16, 20, 21]);
    expect(on.liveTensors).toBe(0);
  });

  it('gives the same however the audio is cut', async () => {
    const graph = await open('sums', config);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(30), { maxLength: 8 }), async (lengths) => {
        const samples = Float32Array.from({ length: lengths.reduce((a, b) => a + b, 0) }, (_, i) => i % 7);
        const pushed: number[] = [];
        const run = graph.openStream()!;
        let at = 0;
        for (const length of lengths) {
          for await (const { data } of run.push(samples.subarray(at, at + length))) pushed.push(...data);
          at += length;
        }
        for await (const { data } of run.finish()) pushed.push(...data);
        run.dispose();
        const whole: number[] = [];
        for await (const { data } of graph.logProbs(samples)) whole.push(...data);
        expect(pushed).toEqual(whole);
      }),
    );
  });

  it('leaves out an end that fills no run, where it is told to', async () => {
    const graph = await open('sums', { ...config, execution: { ...execution, tail: 'drop' } });
    expect(await run(graph, new Float32Array(21).fill(1))).toEqual([4, 8, 12, 16]);
    const padded = await open('sums', {
      ...config,
      execution: { ...execution, tail: 'drop', tailSilence: 3 / RATE },
    });
    expect(await run(padded, new Float32Array(21).fill(1))).toEqual([4, 8, 12, 16, 20, 21]);
  });

  it('frees all tensors when the caller stops in the middle', async () => {
    const on = backend();
    const graph = await open('sums', config, on);
    for await (const _ of graph.logProbs(new Float32Array(100).fill(1))) break;
    expect(on.liveTensors).toBe(0);
  });
});

describe('a description that does not fit its graph', () => {
  it.each([
    [{ input: { name: 'audio', shape: [1, 'rows'] } }, /no input "audio"; it takes "x"/],
    [{ output: { name: 'z', kind: 'logits', stride: 4 } }, /no output "z"; it gives "y"/],
    [{ vocabulary: { labels: ['<pad>', 'a', 'b'] } }, /gives 2 labels, the vocabulary has 3/],
    [
      { input: { name: 'x', shape: [1, 'rows', 'bins'] } },
      /shape \[1, samples\], expected \[1, rows, bins\]/,
    ],
  ] as [Partial<CtcModelConfig>, RegExp][])('%o', async (changes, message) => {
    const opening = open('frames', describeGraph({ type: 'whole' }, changes));
    await expect(opening).rejects.toThrow(message);
    await expect(opening).rejects.toMatchObject({ code: 'MODEL_INVALID' });
  });

  it('names inputs that nothing feeds', async () => {
    await expect(open('sums', describeGraph({ type: 'whole' }))).rejects.toThrow(/takes an input "n"/);
  });

  it.each([
    [{ type: 'chunked', seconds: 1, overlap: 0.5 }, /2 · overlap/],
    [{ type: 'stateful', rows: 4, hop: 5, states: [], tail: 'pad' }, /hop/],
  ] as [CtcExecution, RegExp][])('refuses %o', async (execution, message) => {
    await expect(open('frames', describeGraph(execution))).rejects.toThrow(RangeError);
    await expect(open('frames', describeGraph(execution))).rejects.toThrow(message);
  });
});
