import { createTensor } from '@org/asr-core';
import type { SessionOptions } from '@org/asr-core';
import { assert, assertEqual, assertRejects, assertThrows, rejection } from '../assertions.js';
import { memoryFile } from '../graphs.js';
import { backendCase, float32, int64, runOnce, slowFeeds } from './target.js';
import type { ConformanceCase } from './target.js';

/** Failures: their codes, their words, and that they stay where they happen. */
export const errorCases: readonly ConformanceCase[] = [
  backendCase('names the tensor in errors about feeds', async ({ open }) => {
    const session = await open('add');
    const [a, b] = [float32([1, 4], 1, 2, 3, 4), float32([1, 4], 0, 0, 0, 0)];
    await assertRejects(session.run({ a }), 'BACKEND_FAILED', '"b"', 'add.onnx');
    await assertRejects(session.run({ a, b, extra: a }), 'BACKEND_FAILED', '"extra"');
    await assertRejects(session.run({ a, b: int64([1, 4], 1, 2, 3, 4) }), 'BACKEND_FAILED', '"b"', 'int64');
    await assertRejects(session.run({ a, b: float32([4], 1, 2, 3, 4) }), 'BACKEND_FAILED', '"b"', '[4]');
    await assertRejects(session.run({ a, b: float32([1, 2], 1, 2) }), 'BACKEND_FAILED', '"b"', '[1, 2]');
    await assertRejects(session.run({ a, b }, ['product']), 'BACKEND_FAILED', '"product"');
    assertEqual((await runOnce(session, { a, b }))['sum'], [1, 2, 3, 4], 'a correct run afterwards');
  }),

  backendCase('a failed run keeps its cause and harms no other', async ({ open }) => {
    const session = await open('reshape');
    const x = float32([4], 1, 2, 3, 4);
    const runs = [
      runOnce(session, { x, shape: int64([2], 2, 2) }),
      session.run({ x, shape: int64([2], 3, 3) }),
      runOnce(session, { x, shape: int64([2], 4, 1) }),
    ] as const;
    const error = await assertRejects(runs[1], 'BACKEND_FAILED', 'reshape.onnx');
    assert(error.cause !== undefined, 'the error has a cause');
    assertEqual((await runs[0])['y'], [1, 2, 3, 4], 'the run before');
    assertEqual((await runs[2])['y'], [1, 2, 3, 4], 'the run after');
    assertEqual((await runOnce(session, { x, shape: int64([2], 1, 4) }))['y'], [1, 2, 3, 4], 'a later run');
  }),

  backendCase('refuses files that are no graph, and goes on', async ({ backend, graph, open }) => {
    const session = await open('matmul');
    const whole = await graph('matmul').bytes();
    const broken = {
      'truncated.onnx': whole.slice(0, Math.floor(whole.length * 0.6)),
      'text.onnx': new TextEncoder().encode('This is a text file, not a model.\n'),
      'empty.onnx': new Uint8Array(),
    };
    for (const [name, bytes] of Object.entries(broken)) {
      await assertRejects(backend.createSession(memoryFile(name, bytes)), 'MODEL_INVALID', name);
    }
    assertEqual((await runOnce(session, { x: float32([1, 3], 1, 0, 0) }))['y'], [1, 2], 'an older session');
    const later = await open('matmul');
    assertEqual((await runOnce(later, { x: float32([1, 3], 0, 1, 0) }))['y'], [3, 4], 'a later session');
  }),

  backendCase("rejects when the file can't be read, with the reason", async ({ backend }) => {
    const reason = new Error('disk on fire');
    const file = { name: 'x.onnx', bytes: () => Promise.reject(reason) };
    const error = await rejection(backend.createSession(file), 'a rejection');
    assert(error === reason || (error as Error).cause === reason, `lost the reason: ${String(error)}`);
  }),

  backendCase('refuses a graph whose external data is missing', async ({ open }) => {
    await assertRejects(open('external', { externalData: [] }), 'MODEL_INVALID', 'external.onnx');
  }),

  backendCase('checks options', async ({ open }, { threads = 1 }) => {
    await assertRejects(open('add', { deviceOutputs: ['nothing'] }), 'BACKEND_FAILED', '"nothing"');
    for (const wrong of [{ provider: [] }, { threads: -1 }, { threads: 1.5 }] satisfies SessionOptions[]) {
      const error = await rejection(open('add', wrong), 'RangeError');
      assert(
        error instanceof RangeError,
        `expected a RangeError for ${JSON.stringify(wrong)}, got ${String(error)}`,
      );
    }
    for (const good of [
      { threads },
      { threads: 0, graphOptimization: 'disabled' },
      { graphOptimization: 'basic' },
      { graphOptimization: 'extended' },
      { graphOptimization: 'all' },
    ] satisfies SessionOptions[]) {
      const session = await open('matmul', good);
      assertEqual((await runOnce(session, { x: float32([1, 3], 1, 0, 0) }))['y'], [1, 2], 'y');
    }
  }),
];

/** Choice of the execution provider. */
export const providerCases: readonly ConformanceCase[] = [
  backendCase('runs on the default provider when none is named', async ({ open }, target) => {
    const session = await open('add');
    assertEqual(session.provider, target.defaultProvider, 'provider');
    assertEqual(session.fallbacks.length, 0, 'fallbacks');
  }),

  backendCase('takes one name strictly', async ({ open }, { missingProvider, defaultProvider }) => {
    await assertRejects(open('add', { provider: missingProvider }), 'BACKEND_UNAVAILABLE', missingProvider);
    assertEqual((await open('add', { provider: defaultProvider })).provider, defaultProvider, 'provider');
  }),

  backendCase('takes a list as preference and says why it fell back', async ({ open }, target) => {
    const { missingProvider, defaultProvider } = target;
    const session = await open('add', { provider: [missingProvider, defaultProvider] });
    assertEqual(session.provider, defaultProvider, 'provider');
    assertEqual(
      session.fallbacks.map(({ provider }) => provider),
      [missingProvider],
      'fallbacks',
    );
    assert((session.fallbacks[0]?.reason ?? '').length > 10, 'the fallback has a reason');
    await assertRejects(open('add', { provider: [missingProvider] }), 'BACKEND_UNAVAILABLE', missingProvider);
  }),
];

/** Ownership and the end of things. */
export const lifetimeCases: readonly ConformanceCase[] = [
  backendCase('outputs live until they are disposed', async ({ backend, open }, target) => {
    const session = await open('matmul');
    const first = await session.run({ x: float32([1, 3], 1, 0, 0) });
    const second = await session.run({ x: float32([1, 3], 0, 0, 1) });
    await session.dispose();
    assertEqual(first['y']!.data, [1, 2], "an output after later runs and the session's end");
    assertEqual(second['y']!.data, [5, 6], 'the later output');
    const live = target.liveTensors?.(backend);
    if (live !== undefined) assertEqual(live, 2, 'live tensors');
    for (const { y } of [first, second]) {
      y!.dispose();
      y!.dispose();
      assertThrows(() => y!.data, 'DISPOSED');
      await assertRejects(y!.read(), 'DISPOSED');
    }
    if (live !== undefined) assertEqual(target.liveTensors?.(backend), 0, 'live tensors');
  }),

  backendCase('device outputs are read by read() only', async ({ open }) => {
    const session = await open('add', { deviceOutputs: ['sum'] });
    const outputs = await session.run({ a: float32([1, 4], 1, 2, 3, 4), b: float32([1, 4], 1, 1, 1, 1) });
    const { sum, difference } = outputs;
    assertEqual(await sum!.read(), [2, 3, 4, 5], 'sum');
    assertEqual(await sum!.read(), [2, 3, 4, 5], 'sum, read again');
    if (sum!.location === 'device') assertThrows(() => sum!.data, 'BACKEND_FAILED');
    else assertEqual(sum!.data, [2, 3, 4, 5], 'sum');
    assertEqual(difference!.location, 'cpu', 'location of an output that is to be read');
    sum!.dispose();
    await assertRejects(sum!.read(), 'DISPOSED');
    assertThrows(() => sum!.data, 'DISPOSED');
    difference!.dispose();
  }),

  backendCase('a feed may be disposed while its run is pending', async ({ open }) => {
    const session = await open('concat-cache', { deviceOutputs: ['present'] });
    const step = float32([1, 1, 2], 1, 2);
    const { present, total } = await session.run({ past: float32([1, 0, 2]), step });
    const pending = session.run({ past: present!, step });
    present!.dispose();
    total!.dispose();
    const outputs = await pending;
    assertEqual(await outputs['total']!.read(), [2, 4], 'total');
    for (const tensor of Object.values(outputs)) tensor.dispose();
    await assertRejects(session.run({ past: present!, step }), 'DISPOSED');
  }),

  backendCase('plain tensors survive runs and dispose()', async ({ open }) => {
    const session = await open('identity-int32');
    const x = createTensor('int32', Int32Array.of(4, 5), [2]);
    x.dispose();
    assertEqual((await runOnce(session, { x }))['y'], [4, 5], 'y');
    assertEqual(x.data, [4, 5], 'the plain tensor');
  }),

  backendCase('a session waits for its runs, then is gone', async ({ open, slowIterations }) => {
    const session = await open('slow');
    let finished = false;
    const pending = runOnce(session, slowFeeds(3, slowIterations)).then((result) => {
      finished = true;
      return result;
    });
    const gone = session.dispose();
    await assertRejects(session.run(slowFeeds(1, 1)), 'DISPOSED');
    await gone;
    await Promise.resolve();
    assert(finished || (await pending) !== undefined, 'the pending run finished');
    assertEqual((await pending)['y']?.[0], 3, 'result of the pending run');
    await session.dispose();
    await session[Symbol.asyncDispose]();
  }),

  backendCase('a backend takes its sessions with it', async ({ backend, graph, open }) => {
    const session = await open('add');
    const pending = open('matmul');
    await Promise.all([backend.dispose(), pending.catch(() => {})]);
    const feeds = { a: float32([1, 4], 1, 2, 3, 4), b: float32([1, 4], 1, 1, 1, 1) };
    await assertRejects(session.run(feeds), 'DISPOSED');
    await assertRejects(backend.createSession(graph('add')), 'DISPOSED');
    await backend.dispose();
    await session.dispose();
  }),

  backendCase('stops making a session when the signal says so', async ({ backend, graph, open }) => {
    const reason = new Error('changed my mind');
    const before = AbortSignal.abort(reason);
    assert(
      (await rejection(open('add', { signal: before }), 'the reason')) === reason,
      'rejects with the reason',
    );
    const controller = new AbortController();
    const file = graph('add');
    const late = {
      ...file,
      bytes: () => {
        controller.abort(reason);
        return file.bytes();
      },
    };
    const during = await rejection(backend.createSession(late, { signal: controller.signal }), 'the reason');
    assert(during === reason, 'rejects with the reason while it reads');
    const after = new AbortController();
    const session = await open('matmul', { signal: after.signal });
    after.abort(reason);
    assertEqual(
      (await runOnce(session, { x: float32([1, 3], 1, 0, 0) }))['y'],
      [1, 2],
      'an existing session',
    );
  }),

  backendCase('leaves no tensor behind over many sessions and runs', async ({ backend, open }, target) => {
    for (let round = 0; round < 20; round++) {
      const session = await open('concat-cache', { deviceOutputs: ['present'] });
      for (let run = 0; run < 5; run++) {
        await runOnce(session, { past: float32([1, 0, 2]), step: float32([1, 1, 2], run, round) });
      }
      await session.dispose();
    }
    const live = target.liveTensors?.(backend);
    if (live !== undefined) assertEqual(live, 0, 'live tensors');
  }),
];
