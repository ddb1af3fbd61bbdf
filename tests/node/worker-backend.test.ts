import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { createTensor } from '@org/asr-core';
import type { Tensor } from '@org/asr-core';
import { createNodePlatform, createWorkerBackend } from '@org/asr-node';
import { onnxGraph, repositoryFile } from '@org/asr-testkit';
import { build } from 'tsup';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const exec = promisify(execFile);

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'asr-worker-'));
});

afterAll(() => rm(folder, { recursive: true }));

function slowFeeds(iterations: number): Record<string, Tensor> {
  return {
    x: createTensor('float32', new Float32Array(64 * 64).fill(1), [64, 64]),
    iterations: createTensor('int64', BigInt64Array.of(BigInt(iterations)), []),
  };
}

/** Runs `body` and returns the longest time for which the event loop of this thread stood still, in ms. */
async function longestStall(body: () => Promise<unknown>): Promise<number> {
  let longest = 0;
  let last = performance.now();
  const tick = (): void => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
  };
  const timer = setInterval(tick, 1);
  await body();
  tick();
  clearInterval(timer);
  return longest;
}

describe('createWorkerBackend', () => {
  it('leaves the event loop free while a graph computes', async () => {
    await using backend = await createWorkerBackend();
    await using session = await backend.createSession(onnxGraph('slow'), { threads: 1 });
    await session.run(slowFeeds(10));
    let elapsed = 0;
    const stall = await longestStall(async () => {
      const start = performance.now();
      await session.run(slowFeeds(200_000));
      elapsed = performance.now() - start;
    });
    expect(elapsed).toBeGreaterThan(200);
    // Other processes may hold the machine up; a run on this thread would stall it for the whole time.
    expect(stall).toBeLessThan(elapsed / 2);
  });

  it('rejects what is pending when the thread dies, and what comes later', async () => {
    const module = join(folder, 'dying.mjs');
    await writeFile(
      module,
      `import { parentPort } from 'node:worker_threads';
       parentPort.on('message', ({ type, id }) => {
         if (type === 'hello') parentPort.postMessage({ id, value: { name: 'dying' } });
         if (type === 'create') setTimeout(() => { throw new Error('out of luck'); }, 10);
       });`,
    );
    const backend = await createWorkerBackend({ workerUrl: pathToFileURL(module) });
    const died = { code: 'BACKEND_FAILED', message: expect.stringContaining('out of luck') as unknown };
    await expect(backend.createSession(onnxGraph('add'))).rejects.toMatchObject(died);
    await expect(backend.createSession(onnxGraph('add'))).rejects.toMatchObject(died);
    await backend.dispose();
  });

  it.each([
    ['is missing', undefined],
    ['fails at once', 'throw new Error("no such luck");'],
    ['ends at once', ''],
  ])("says so when the thread's module %s", async (_, source) => {
    const module = join(folder, `${source === undefined ? 'missing' : source.length}.mjs`);
    if (source !== undefined) await writeFile(module, source);
    await expect(createWorkerBackend({ workerUrl: pathToFileURL(module) })).rejects.toMatchObject({
      code: 'BACKEND_UNAVAILABLE',
      message: expect.stringContaining(module) as unknown,
    });
  });

  it('runs several threads side by side', async () => {
    const backends = await Promise.all([createWorkerBackend(), createWorkerBackend(), createWorkerBackend()]);
    const results = await Promise.all(
      backends.map(async (backend) => {
        const session = await backend.createSession(onnxGraph('slow'), { threads: 1 });
        const { y } = await session.run(slowFeeds(2000));
        return y!.data[0];
      }),
    );
    expect(results).toEqual([1, 1, 1]);
    await Promise.all(backends.map((backend) => backend.dispose()));
  });
});

describe('createNodePlatform', () => {
  it.each([
    [{}, 'worker thread'],
    [{ offThread: true }, 'worker thread'],
    [{ offThread: false }, 'calling thread'],
  ])('makes the backend for %j on the %s', async (options, where) => {
    await using backend = await createNodePlatform().createBackend(options);
    await using session = await backend.createSession(onnxGraph('concat-cache'), {
      deviceOutputs: ['present'],
    });
    const step = createTensor('float32', Float32Array.of(1, 2), [1, 1, 2]);
    const { present } = await session.run({ past: step, step });
    expect(present!.location).toBe(where === 'worker thread' ? 'device' : 'cpu');
    present!.dispose();
  });
});

describe.each(['esm', 'cjs'] as const)('programs with the %s build', (format) => {
  let home: string;

  beforeAll(async () => {
    // Inside the package's node_modules, so that its dependencies are found from there.
    await mkdir(repositoryFile('packages/node/node_modules/.cache'), { recursive: true });
    home = await mkdtemp(repositoryFile('packages/node/node_modules/.cache/build-'));
    const { '@org/asr-core': _bundled, ...dependencies } = JSON.parse(
      await readFile(repositoryFile('packages/node/package.json'), 'utf8'),
    ).dependencies as Record<string, string>;
    await writeFile(join(home, 'package.json'), '{ "type": "module" }');
    await build({
      config: false,
      entry: {
        index: repositoryFile('packages/node/src/index.ts'),
        worker: repositoryFile('packages/node/src/worker/main.ts'),
      },
      outDir: join(home, 'dist'),
      format: ['esm', 'cjs'],
      target: 'es2022',
      shims: true,
      tsconfig: repositoryFile('tsconfig.base.json'),
      noExternal: ['@org/asr-core'],
      external: Object.keys(dependencies),
      silent: true,
    });
    await writeFile(join(home, 'slow.onnx'), await onnxGraph('slow').bytes());
  });

  afterAll(() => rm(home, { recursive: true }));

  /** Runs a program with a `session` of the graph `slow`, its feeds, and the `backend`. */
  async function runProgram(body: string): Promise<string> {
    const library = format === 'esm' ? 'await import("./dist/index.js")' : 'require("./dist/index.cjs")';
    const program = join(home, `program.${format === 'esm' ? 'mjs' : 'cjs'}`);
    await writeFile(
      program,
      `(async () => {
        const { createWorkerBackend } = ${library};
        const backend = await createWorkerBackend();
        const path = ${JSON.stringify(join(home, 'slow.onnx'))};
        const session = await backend.createSession({ name: 'slow.onnx', path }, { threads: 1 });
        const plain = (type, dims, data) => ({ type, dims, data, location: 'cpu', read: async () => data });
        const feeds = (iterations) => ({
          x: plain('float32', [64, 64], new Float32Array(4096).fill(1)),
          iterations: plain('int64', [], BigInt64Array.of(iterations)),
        });
        ${body}
      })();`,
    );
    const { stdout, stderr } = await exec(process.execPath, [program], { timeout: 20_000 });
    expect(stderr).toBe('');
    return stdout.trim();
  }

  it('end by themselves when a backend is forgotten', async () => {
    expect(await runProgram('console.log(backend.name);')).toMatch(/^onnxruntime-node 1\.\d+\.\d+$/);
  });

  it('stay alive until a pending run has answered', async () => {
    const body = 'session.run(feeds(20000n)).then(({ y }) => console.log(y.data[0]));';
    expect(await runProgram(body)).toBe('1');
  });

  it('end after dispose()', async () => {
    expect(
      await runProgram('await session.run(feeds(1n)); await backend.dispose(); console.log("done");'),
    ).toBe('done');
  });

  it('may exit while a run is pending; the exit waits for that one run', async () => {
    const body =
      'session.run(feeds(60000n)); setTimeout(() => { console.log("left"); process.exit(0); }, 50);';
    expect(await runProgram(body)).toBe('left');
  });
});
