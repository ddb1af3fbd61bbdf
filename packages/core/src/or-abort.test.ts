import { describe, expect, it } from 'vitest';
import { orAbort } from './or-abort.js';

const reason = new Error('stop');

describe('orAbort', () => {
  it('settles as the promise does', async () => {
    const { signal } = new AbortController();
    expect(await orAbort(Promise.resolve(1), signal)).toBe(1);
    expect(await orAbort(Promise.resolve(1), undefined)).toBe(1);
    await expect(orAbort(Promise.reject(reason), signal)).rejects.toBe(reason);
  });

  it('rejects as soon as it is aborted, and hands over what arrives later', async () => {
    const controller = new AbortController();
    const { promise, resolve } = withResolvers<string>();
    const discarded: string[] = [];
    const waiting = orAbort(promise, controller.signal, (late) => discarded.push(late));
    controller.abort(reason);
    await expect(waiting).rejects.toBe(reason);
    resolve('late');
    await promise;
    await Promise.resolve();
    expect(discarded).toEqual(['late']);
  });

  it('rejects when it was aborted before, and takes no notice of later failures', async () => {
    await expect(orAbort(Promise.resolve(1), AbortSignal.abort(reason))).rejects.toBe(reason);
    const failing = Promise.reject(new Error('late failure'));
    await expect(orAbort(failing, AbortSignal.abort(reason))).rejects.toBe(reason);
    const failingDiscard = (): Promise<never> => Promise.reject(new Error('no'));
    await expect(orAbort(Promise.resolve(1), AbortSignal.abort(reason), failingDiscard)).rejects.toBe(reason);
  });
});

function withResolvers<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve!: (value: T) => void;
  const promise = new Promise<T>((settle) => (resolve = settle));
  return { promise, resolve };
}
