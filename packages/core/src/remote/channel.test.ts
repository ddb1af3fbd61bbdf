import { afterAll, describe, expect, it } from 'vitest';
import { AsrError } from '../errors.js';
import type { MessageEndpoint } from '../inference/remote/protocol.js';
import { Channel, Moved, ROOT } from './channel.js';
import type { Methods } from './channel.js';

const ports: MessagePort[] = [];
afterAll(() => {
  for (const port of ports) port.close();
});

function endpoint(port: MessagePort): MessageEndpoint {
  ports.push(port);
  return {
    post: (message, transfer) => port.postMessage(message, [...transfer]),
    listen(listener) {
      port.addEventListener('message', (event) => listener(event.data));
      port.start();
    },
  };
}

function connect(root: Methods): { readonly near: Channel; readonly far: Channel } {
  const { port1, port2 } = new MessageChannel();
  return { near: new Channel(endpoint(port1), {}), far: new Channel(endpoint(port2), root) };
}

describe('Channel', () => {
  it('carries arguments, answers and the classes of errors', async () => {
    const { near } = connect({
      sum: ([a, b]) => (a as number) + (b as number),
      range: () => Promise.reject(new RangeError('too far')),
      code: () => Promise.reject(new AsrError('AUDIO_INVALID', 'no audio')),
    });
    expect(await near.call(ROOT, 'sum', [1, 2])).toBe(3);
    await expect(near.call(ROOT, 'range', [])).rejects.toThrow(RangeError);
    await expect(near.call(ROOT, 'code', [])).rejects.toMatchObject({ code: 'AUDIO_INVALID' });
    await expect(near.call(ROOT, 'toString', [])).rejects.toThrow('no method toString');
  });

  it('answers with an error when a result cannot be cloned', async () => {
    const { near } = connect({ odd: () => () => 1 });
    await expect(near.call(ROOT, 'odd', [])).rejects.toThrow('could not be cloned');
  });

  it('moves buffers', async () => {
    const kept: Uint8Array[] = [];
    const { near } = connect({
      move() {
        kept.push(Uint8Array.of(1, 2));
        return new Moved(kept[0], [kept[0]!.buffer as ArrayBuffer]);
      },
    });
    expect(await near.call(ROOT, 'move', [])).toEqual(Uint8Array.of(1, 2));
    expect(kept[0]).toHaveLength(0);
  });

  it('aborts over there and rejects here at once', async () => {
    let stopped = (): void => {};
    const stop = new Promise<void>((resolve) => {
      stopped = resolve;
    });
    const { near } = connect({
      wait: (_, signal) =>
        new Promise((resolve) => {
          signal.addEventListener('abort', () => {
            stopped();
            resolve('late');
          });
        }),
    });
    const controller = new AbortController();
    const late: unknown[] = [];
    const pending = near.call(ROOT, 'wait', [], {
      signal: controller.signal,
      discard: (value) => late.push(value),
    });
    controller.abort(new Error('enough'));
    await expect(pending).rejects.toThrow('enough');
    await stop;
    await expect.poll(() => late).toEqual(['late']);
  });

  it('calls objects that were offered, until they are withdrawn', async () => {
    const heard: unknown[] = [];
    const { near, far } = connect({ offer: () => target });
    const target = far.offer({ next: () => 7, notify: ([value]) => heard.push(value) });
    expect(await near.call(ROOT, 'offer', [])).toBe(target);
    near.notify(target, 'a');
    expect(await near.call(target, 'next', [])).toBe(7);
    expect(heard).toEqual(['a']);
    far.withdraw(target);
    await expect(near.call(target, 'next', [])).rejects.toMatchObject({ code: 'DISPOSED' });
  });

  it('rejects everything when the other side is gone', async () => {
    const { near } = connect({ wait: () => new Promise(() => {}) });
    const pending = near.call(ROOT, 'wait', []);
    near.fail(new AsrError('BACKEND_FAILED', 'gone'));
    await expect(pending).rejects.toMatchObject({ message: 'gone' });
    await expect(near.call(ROOT, 'wait', [])).rejects.toMatchObject({ code: 'BACKEND_FAILED' });
  });
});
