import { createTensor, disposeTensors, freeTensor } from '@org/asr-core';
import type { Tensor, TensorDataMap, TensorType } from '@org/asr-core';
import { assert, assertEqual } from '../assertions.js';
import { backendCase, float32, int64, runOnce, slowFeeds } from './target.js';
import type { ConformanceCase } from './target.js';

const SAMPLES: { readonly [T in TensorType]: TensorDataMap[T] } = {
  float32: Float32Array.of(-1.5, 0, 3.25e10),
  // 1, −2, 65504 and the smallest subnormal
  float16: Uint16Array.of(0x3c00, 0xc000, 0x7bff, 0x0001),
  float64: Float64Array.of(-1e300, Number.EPSILON, 0),
  int8: Int8Array.of(-128, 0, 127),
  uint8: Uint8Array.of(0, 1, 255),
  int16: Int16Array.of(-32768, 0, 32767),
  uint16: Uint16Array.of(0, 1, 65535),
  int32: Int32Array.of(-(2 ** 31), 0, 2 ** 31 - 1),
  uint32: Uint32Array.of(0, 1, 2 ** 32 - 1),
  int64: BigInt64Array.of(-(2n ** 63n), 0n, 2n ** 63n - 1n),
  uint64: BigUint64Array.of(0n, 1n, 2n ** 64n - 1n),
  bool: Uint8Array.of(0, 1, 1, 0),
};

/** What goes in, what comes out, in which order. */
export const runCases: readonly ConformanceCase[] = [
  backendCase('tells names, types and shapes of inputs and outputs', async ({ open }) => {
    const session = await open('concat-cache');
    assertEqual(
      session.inputs.map((input) => input.name),
      ['past', 'step'],
      'inputs',
    );
    assertEqual(
      session.outputs.map((output) => output.name),
      ['present', 'total'],
      'outputs',
    );
    for (const { name, type, dims } of [...session.inputs, ...session.outputs]) {
      assert(type === undefined || type === 'float32', `${name} is float32, not ${type}`);
      assert(dims === undefined || dims[0] === 1, `${name} starts with 1, not ${String(dims?.[0])}`);
    }
    const past = session.inputs[0]?.dims;
    if (past) assertEqual(past, [1, 'past', 2], 'shape of past');
  }),

  ...(Object.keys(SAMPLES) as TensorType[]).map((type) =>
    backendCase(`carries ${type} unchanged`, async ({ open }) => {
      const session = await open(`identity-${type}`);
      const data = SAMPLES[type];
      const { y } = await session.run({ x: createTensor(type, data, [data.length]) });
      assertEqual(y?.type, type, 'type');
      assertEqual(y?.dims, [data.length], 'dims');
      const read = await y!.read();
      assertEqual(read.constructor.name, data.constructor.name, 'array class');
      assertEqual(read, data, 'elements');
      y!.dispose();
    }),
  ),

  backendCase('computes with weights inside the graph', async ({ open }) => {
    const session = await open('matmul');
    assertEqual((await runOnce(session, { x: float32([2, 3], 1, 0, 0, 1, 1, 1) }))['y'], [1, 2, 9, 12], 'y');
  }),

  backendCase('computes with external data given in memory', async ({ open }) => {
    const session = await open('external');
    assertEqual((await runOnce(session, { x: float32([4], 1, 2, 3, 4) }))['y'], [11, 22, 33, 44], 'y');
  }),

  backendCase('returns all outputs, or those asked for', async ({ open }) => {
    const session = await open('add');
    const feeds = { a: float32([1, 4], 5, 6, 7, 8), b: float32([1, 4], 1, 2, 3, 4) };
    const all = await runOnce(session, feeds);
    assertEqual(Object.keys(all).sort(), ['difference', 'sum'], 'all outputs');
    assertEqual(all['sum'], [6, 8, 10, 12], 'sum');
    const some = await runOnce(session, feeds, ['difference']);
    assertEqual(Object.keys(some), ['difference'], 'outputs asked for');
    assertEqual(some['difference'], [4, 4, 4, 4], 'difference');
  }),

  backendCase('takes any size on symbolic dimensions', async ({ open }) => {
    const session = await open('matmul');
    for (const rows of [1, 7, 2]) {
      const x = createTensor('float32', new Float32Array(rows * 3).fill(1), [rows, 3]);
      const { y } = await session.run({ x });
      assertEqual(y?.dims, [rows, 2], 'dims of y');
      y!.dispose();
    }
  }),

  backendCase('takes and gives tensors without elements', async ({ open }) => {
    const session = await open('concat-cache');
    const empty = float32([1, 0, 2]);
    const both = await session.run({ past: empty, step: empty });
    assertEqual(both['present']?.dims, [1, 0, 2], 'dims of present');
    assertEqual((await both['present']!.read()).length, 0, 'elements of present');
    assertEqual(await both['total']!.read(), [0, 0], 'total');
    disposeTensors(both);
    assertEqual(
      (await runOnce(session, { past: empty, step: float32([1, 1, 2], 3, 4) }))['present'],
      [3, 4],
      'present',
    );
  }),

  backendCase('reads views into larger arrays', async ({ open }) => {
    const session = await open('identity-float32');
    const x = createTensor('float32', Float32Array.of(9, 1, 2, 9).subarray(1, 3), [2]);
    assertEqual((await runOnce(session, { x }))['y'], [1, 2], 'y');
  }),

  backendCase('lets feeds be reused as soon as run() returned', async ({ open }) => {
    const session = await open('identity-float32');
    const data = Float32Array.of(1, 2, 3);
    const feed = createTensor('float32', data, [3]);
    const pending = [session.run({ x: feed })];
    data.fill(7);
    pending.push(session.run({ x: feed }));
    data.fill(8);
    const [first, second] = await Promise.all(pending);
    assertEqual(await first!['y']!.read(), [1, 2, 3], 'first run');
    assertEqual(await second!['y']!.read(), [7, 7, 7], 'second run');
    assertEqual(data, [8, 8, 8], "the caller's array");
    for (const outputs of [first!, second!]) disposeTensors(outputs);
  }),

  backendCase('copies feeds whose own slice() does not', async ({ open }) => {
    const session = await open('identity-uint8');
    // As Node's Buffer, which is a Uint8Array.
    class Aliasing extends Uint8Array {
      override slice(start?: number, end?: number): Uint8Array<ArrayBuffer> {
        return this.subarray(start, end);
      }
    }
    const data = new Aliasing([1, 2, 3]);
    const pending = session.run({ x: createTensor('uint8', data, [3]) });
    data.fill(9);
    const { y } = await pending;
    assertEqual(await y!.read(), [1, 2, 3], 'y');
    assertEqual(data, [9, 9, 9], "the caller's array");
    y!.dispose();
  }),

  ...[false, true].map((onDevice) =>
    backendCase(
      `feeds outputs back, mixed with plain tensors (${onDevice ? 'device' : 'default'} outputs)`,
      async ({ open }) => {
        const session = await open('concat-cache', onDevice ? { deviceOutputs: ['present'] } : {});
        let past: Tensor = float32([1, 0, 2]);
        for (let step = 1; step <= 4; step++) {
          const { present, total } = await session.run({ past, step: float32([1, 1, 2], step, 10 * step) });
          past.dispose();
          past = present!;
          const sum = (step * (step + 1)) / 2;
          assertEqual(await total!.read(), [sum, 10 * sum], `total after step ${step}`);
          total!.dispose();
        }
        assertEqual(past.dims, [1, 4, 2], 'dims of the cache');
        assertEqual(await past.read(), [1, 10, 2, 20, 3, 30, 4, 40], 'the cache');
        past.dispose();
      },
    ),
  ),

  backendCase(
    'leaves elements that were read to their reader, until they are taken back',
    async ({ open }) => {
      const session = await open('identity-float32');
      const data = new Float32Array(5000).fill(3);
      const run = async (): Promise<Tensor> =>
        (await session.run({ x: createTensor('float32', data, [5000]) }))['y']!;
      const [kept, taken, fed] = [await run(), await run(), await run()];
      const [keptData, takenData] = [await kept.read(), await taken.read()];
      await fed.read();
      const pending = session.run({ x: fed });
      for (const tensor of [taken, fed]) freeTensor(tensor);
      freeTensor(taken);
      const { y } = await pending;
      assertEqual(await y!.read(), data, 'what was computed from a tensor that was freed meanwhile');
      kept.dispose();
      assertEqual(keptData, data, 'what was read of a tensor that was disposed');
      assert(
        takenData.length === 0 || takenData[0] === 3,
        'what was read of a freed tensor is empty or as it was',
      );
      assertEqual(data.length, 5000, "the caller's feed");
      y!.dispose();
      let code: unknown;
      await taken.read().catch((error: { readonly code: unknown }) => (code = error.code));
      assertEqual(code, 'DISPOSED', 'a read of a freed tensor');
    },
  ),

  backendCase("takes one session's outputs in another", async ({ open }) => {
    const [first, second] = [await open('matmul', { deviceOutputs: ['y'] }), await open('concat-cache')];
    const { y } = await first.run({ x: float32([1, 3], 1, 1, 1) });
    const reshape = await open('reshape', { deviceOutputs: ['y'] });
    const flat = createTensor('float32', (await y!.read()).slice() as Float32Array, [2]);
    const { y: step } = await reshape.run({ x: flat, shape: int64([3], 1, 1, 2) });
    assertEqual(step?.dims, [1, 1, 2], 'reshaped');
    assertEqual((await runOnce(second, { past: step!, step: step! }))['total'], [18, 24], 'total');
    disposeTensors([y!, step!]);
  }),

  backendCase('keeps overlapping runs apart', async ({ open, slowIterations }) => {
    const [slow, fast] = [await open('slow'), await open('matmul')];
    const results = await Promise.all([
      runOnce(slow, slowFeeds(1, slowIterations)),
      runOnce(fast, { x: float32([1, 3], 1, 0, 0) }),
      runOnce(slow, slowFeeds(2, 10)),
      runOnce(fast, { x: float32([1, 3], 0, 1, 0) }),
    ]);
    assertEqual(
      results.map(({ y }) => y?.[0]),
      [1, 1, 2, 3],
      'first elements',
    );
  }),
];
