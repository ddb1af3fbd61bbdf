import { describeBackend, FakeBackend, fakeGraphFile, fakeTestGraphs } from '@org/asr-testkit';
import { afterAll, describe, expect, it } from 'vitest';
import { AsrError } from '../../errors.js';
import { createTensor } from '../tensor.js';
import { connectBackend } from './connect-backend.js';
import type { RemoteBackend } from './connect-backend.js';
import type { MessageEndpoint } from './protocol.js';
import { serveBackend } from './serve-backend.js';

const ports: MessagePort[] = [];
afterAll(() => {
  for (const port of ports) port.close();
});

function endpoint(port: MessagePort): MessageEndpoint {
  ports.push(port);
  return {
    post: (message, transfer) => port.postMessage(message, [...transfer]),
    listen: (listener) => {
      port.addEventListener('message', (event) => listener(event.data));
      port.start();
    },
  };
}

async function connect(): Promise<{
  readonly fake: FakeBackend;
  readonly remote: RemoteBackend;
  readonly busy: boolean[];
}> {
  const { port1, port2 } = new MessageChannel();
  const fake = new FakeBackend(fakeTestGraphs);
  const busy: boolean[] = [];
  serveBackend(endpoint(port1), () => Promise.resolve(fake));
  const remote = await connectBackend(endpoint(port2), { onBusy: (now) => busy.push(now) });
  return { fake, remote, busy };
}

/** Lets messages that need no answer arrive. */
async function settle(remote: RemoteBackend): Promise<void> {
  await remote.createSession(fakeGraphFile('none')).catch(() => {});
}

describeBackend('a fake backend behind a message channel', {
  create: async () => (await connect()).remote,
  graph: (name) => fakeGraphFile(name),
  defaultProvider: 'cpu',
  missingProvider: 'dml',
  liveTensors: (backend) => (backend as RemoteBackend).liveTensors,
});

describe('connectBackend', () => {
  const step = createTensor('float32', Float32Array.of(1, 2), [1, 1, 2]);

  it('frees tensors and sessions of the other side', async () => {
    const { fake, remote } = await connect();
    const session = await remote.createSession(fakeGraphFile('concat-cache'), { deviceOutputs: ['present'] });
    const { present, total } = await session.run({ past: step, step });
    expect([present!.location, total!.location]).toEqual(['device', 'cpu']);
    expect([fake.liveTensors, fake.liveSessions, remote.liveTensors]).toEqual([1, 1, 2]);
    present!.dispose();
    total!.dispose();
    await session.dispose();
    expect([fake.liveTensors, fake.liveSessions, remote.liveTensors]).toEqual([0, 0, 0]);
    await remote.dispose();
  });

  it('frees what a disposed backend left', async () => {
    const { fake, remote } = await connect();
    const session = await remote.createSession(fakeGraphFile('concat-cache'), { deviceOutputs: ['present'] });
    const { present } = await session.run({ past: step, step });
    await remote.dispose();
    expect([fake.liveTensors, fake.liveSessions]).toEqual([0, 0]);
    await expect(present!.read()).rejects.toMatchObject({ code: 'DISPOSED' });
    present!.dispose();
  });

  it('gives up a session that arrives after the abort', async () => {
    const { fake, remote } = await connect();
    const controller = new AbortController();
    const opening = remote.createSession(fakeGraphFile('add'), { signal: controller.signal });
    await Promise.resolve();
    await Promise.resolve();
    controller.abort('enough');
    await expect(opening).rejects.toBe('enough');
    await settle(remote);
    await settle(remote);
    expect(fake.liveSessions).toBe(0);
    await remote.dispose();
  });

  it('keeps handles for a run that waits for a tensor of another backend', async () => {
    const [first, second] = [await connect(), await connect()];
    const options = { deviceOutputs: ['present'] };
    const one = await first.remote.createSession(fakeGraphFile('concat-cache'), options);
    const two = await second.remote.createSession(fakeGraphFile('concat-cache'), options);
    const foreign = await one.run({ past: step, step }, ['present']);
    const own = await two.run({ past: step, step }, ['present']);
    const pending = two.run({ past: foreign['present']!, step: own['present']! }, ['total']);
    own['present']!.dispose();
    expect((await pending)['total']!.data).toEqual(Float32Array.of(4, 8));
    foreign['present']!.dispose();
    await settle(second.remote);
    expect(second.fake.liveTensors).toBe(0);
    await Promise.all([first.remote.dispose(), second.remote.dispose()]);
  });

  it('rejects everything when the other side dies, and can still be disposed', async () => {
    const { remote } = await connect();
    const session = await remote.createSession(fakeGraphFile('slow'));
    const pending = session.run({
      x: createTensor('float32', new Float32Array(4096), [64, 64]),
      iterations: createTensor('int64', BigInt64Array.of(100_000n), []),
    });
    remote.fail(new AsrError('BACKEND_FAILED', 'the thread is gone'));
    await expect(pending).rejects.toMatchObject({ code: 'BACKEND_FAILED', message: 'the thread is gone' });
    await expect(remote.createSession(fakeGraphFile('add'))).rejects.toMatchObject({
      code: 'BACKEND_FAILED',
    });
    await session.dispose();
    await remote.dispose();
  });

  it('tells when it waits for answers', async () => {
    const { remote, busy } = await connect();
    expect(busy).toEqual([true, false]);
    await Promise.all([settle(remote), settle(remote)]);
    expect(busy).toEqual([true, false, true, false]);
    await remote.dispose();
  });
});
