/**
 * Inference on the calling thread against inference in a worker thread: what a run costs, and how long the caller's
 * event loop stands still meanwhile. Graphs of the packaged Whisper tiny.en.
 *
 *   npx tsx benchmarks/off-thread.ts [rounds]
 */
import { cpus } from 'node:os';
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { createTensor, disposeTensors } from '@org/asr-core';
import type { InferenceSession, ModelFile, Tensor } from '@org/asr-core';
import { createNodeBackend, createWorkerBackend, openModel } from '@org/asr-node';
import type { NodeBackend } from '@org/asr-node';
import { setup as buildWorker } from '../tests/setup/build-worker.js';

const STEPS = 100;
const LAYERS = [0, 1, 2, 3];

interface Mode {
  readonly name: string;
  readonly create: () => Promise<NodeBackend>;
  /** Whether outputs that are fed back stay where they were computed. */
  readonly keep: boolean;
}

interface Measured {
  readonly encoder: number[];
  readonly step: number[];
  readonly stall: number[];
}

const MODES: readonly Mode[] = [
  { name: 'calling thread', create: createNodeBackend, keep: true },
  { name: 'worker thread', create: createWorkerBackend, keep: true },
  { name: 'worker thread, no deviceOutputs', create: createWorkerBackend, keep: false },
];

await buildWorker();
const rounds = Number(process.argv[2] ?? 8);
const model = fileURLToPath(new URL('../packages/model-whisper-tiny-en/model/', import.meta.url));
const files = await openModel({ path: model });
const [encoder, decoder] = [await files.open('encoder.onnx'), await files.open('decoder.onnx')];

console.log(`${cpus()[0]?.model ?? 'unknown CPU'}, ${cpus().length} cores, Node ${process.version}`);
const results = new Map<Mode, Measured>(MODES.map((mode) => [mode, { encoder: [], step: [], stall: [] }]));
// Modes take turns, so that what else the machine does hits all of them.
for (let round = -1; round < rounds; round++) {
  for (const [mode, measured] of results) {
    await measure(mode, round < 0 ? { encoder: [], step: [], stall: [] } : measured);
  }
}
for (const [{ name }, { encoder, step, stall }] of results) {
  console.log(
    `${name.padEnd(32)} encoder ${spread(encoder)} ms   step ${spread(step)} ms   longest stall ${spread(stall)} ms`,
  );
}
await measureOverhead();

async function measure(mode: Mode, into: Measured): Promise<void> {
  await using backend = await mode.create();
  await using encoding = await open(backend, encoder, mode.keep, '.encoder.');
  await using decoding = await open(backend, decoder, mode.keep, '.decoder.');
  const features = createTensor('float32', new Float32Array(80 * 3000).fill(-0.5), [1, 80, 3000]);
  disposeTensors(await encoding.run({ input_features: features }));

  const loop = monitorEventLoopDelay({ resolution: 1 });
  loop.enable();
  let start = performance.now();
  const encoded = await encoding.run({ input_features: features });
  into.encoder.push(performance.now() - start);

  let cache = emptyCache();
  const cross = renamed(encoded, '.encoder.');
  start = performance.now();
  for (let step = 0; step < STEPS; step++) {
    const { logits, ...present } = await decoding.run(
      {
        ...cache,
        ...cross,
        input_ids: createTensor('int64', BigInt64Array.of(50257n), [1, 1]),
        logits_from: createTensor('int64', BigInt64Array.of(-1n), [1]),
      },
      fetches(),
    );
    if ((await logits!.read()).length !== 51_864) throw new Error('unexpected logits');
    logits!.dispose();
    disposeTensors(cache);
    cache = renamed(present, '.decoder.');
  }
  into.step.push((performance.now() - start) / STEPS);
  // One turn more, so that a stall at the end is seen.
  await new Promise((resolve) => setTimeout(resolve, 5));
  loop.disable();
  into.stall.push(loop.max / 1e6);
  disposeTensors(cache);
  disposeTensors(encoded);
  if (backend.liveTensors !== 0) throw new Error(`${backend.liveTensors} tensors left`);
}

function open(backend: NodeBackend, file: ModelFile, keep: boolean, part: string): Promise<InferenceSession> {
  const names = LAYERS.flatMap((layer) => ['key', 'value'].map((kind) => `present.${layer}${part}${kind}`));
  return backend.createSession(file, keep ? { deviceOutputs: names } : {});
}

function fetches(): string[] {
  return [
    'logits',
    ...LAYERS.flatMap((layer) => [`present.${layer}.decoder.key`, `present.${layer}.decoder.value`]),
  ];
}

function renamed(outputs: Readonly<Record<string, Tensor>>, part: string): Record<string, Tensor> {
  return Object.fromEntries(
    Object.entries(outputs)
      .filter(([name]) => name.includes(part))
      .map(([name, tensor]) => [name.replace('present', 'past_key_values'), tensor]),
  );
}

function emptyCache(): Record<string, Tensor> {
  const empty = createTensor('float32', new Float32Array(), [1, 6, 0, 64]);
  return Object.fromEntries(
    fetches()
      .slice(1)
      .map((name) => [name.replace('present', 'past_key_values'), empty]),
  );
}

/** What a run costs beyond the graph: a graph with next to nothing to compute. */
async function measureOverhead(): Promise<void> {
  const { onnxGraph } = await import('@org/asr-testkit');
  for (const mode of MODES.slice(0, 2)) {
    await using backend = await mode.create();
    await using session = await backend.createSession(onnxGraph('matmul'), { deviceOutputs: ['y'] });
    const x = createTensor('float32', new Float32Array(3), [1, 3]);
    const times: number[] = [];
    for (let run = 0; run < 3000; run++) {
      const start = performance.now();
      disposeTensors(await session.run({ x }));
      if (run >= 1000) times.push(performance.now() - start);
    }
    console.log(`${mode.name.padEnd(32)} empty run ${spread(times.map((time) => time * 1000))} µs`);
  }
}

/** Median, and from least to greatest. */
function spread(values: readonly number[]): string {
  const sorted = values.toSorted((a, b) => a - b);
  const digits = (value: number | undefined): string => (value ?? Number.NaN).toFixed(value! < 100 ? 2 : 0);
  return `${digits(sorted[sorted.length >> 1])} (${digits(sorted[0])}–${digits(sorted.at(-1))})`;
}
