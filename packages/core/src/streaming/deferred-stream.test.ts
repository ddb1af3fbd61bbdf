import { describe, expect, it } from 'vitest';
import type { Pcm } from '../audio/pcm.js';
import { DeferredStream } from './deferred-stream.js';
import type { LiveStream } from './live-stream.js';
import type { AudioChunk } from './stream-options.js';

/** Notes what reaches the stream behind. */
function recorder(): { readonly calls: unknown[]; readonly stream: LiveStream } {
  const calls: unknown[] = [];
  const stream = {
    write: async (chunk: AudioChunk) => void calls.push(chunk),
    flush: async () => void calls.push('flush'),
    end: async () => void calls.push('end'),
    dispose: async () => void calls.push('dispose'),
    next: async () => void calls.push('next'),
  };
  return { calls, stream: stream as unknown as LiveStream };
}

describe('DeferredStream', () => {
  it('hands calls on in order, those during the opening and those after it', async () => {
    const { calls, stream } = recorder();
    let open = (): void => {};
    const opening = new Promise<LiveStream>((resolve) => (open = () => resolve(stream)));
    const deferred = new DeferredStream(() => opening);
    const first = [deferred.write(Float32Array.of(1)), deferred.flush(), deferred.write(Float32Array.of(2))];
    open();
    const second = opening.then(() => Promise.all([deferred.write(Float32Array.of(3)), deferred.end()]));
    await Promise.all([...first, second]);
    expect(calls).toEqual([Float32Array.of(1), 'flush', Float32Array.of(2), Float32Array.of(3), 'end']);
  });

  it('keeps what is written during the opening: the writer reuses its memory', async () => {
    const { calls, stream } = recorder();
    const deferred = new DeferredStream(() => Promise.resolve(stream));
    const samples = Float32Array.of(1);
    const bytes = Uint8Array.of(1);
    const stereo: Pcm = { samples: [samples, samples], sampleRate: 8000 };
    const writes = [samples, bytes, { samples, sampleRate: 8000 }, stereo].map((chunk) =>
      deferred.write(chunk),
    );
    samples[0] = 2;
    bytes[0] = 2;
    await Promise.all(writes);
    const one = Float32Array.of(1);
    expect(calls).toEqual([
      one,
      Uint8Array.of(1),
      { samples: one, sampleRate: 8000 },
      { samples: [one, one], sampleRate: 8000 },
    ]);
  });

  it('leaves what is no chunk for the stream to refuse', async () => {
    const { calls, stream } = recorder();
    const deferred = new DeferredStream(() => Promise.resolve(stream));
    const wrong = ['text', null, { samples: 'text' }, { samples: [1, null] }] as unknown as AudioChunk[];
    await Promise.all(wrong.map((chunk) => deferred.write(chunk)));
    expect(calls).toEqual(wrong);
  });

  it('tells every call that it could not be opened, and is then disposed without one', async () => {
    const deferred = new DeferredStream(() => Promise.reject(new Error('no code')));
    await expect(deferred.write(Float32Array.of(1))).rejects.toThrow('no code');
    await expect(deferred.end()).rejects.toThrow('no code');
    await expect(deferred[Symbol.asyncIterator]().next()).rejects.toThrow('no code');
    await deferred.fail(new Error('the model is gone'));
    await deferred.dispose();
  });

  it('has one reader', () => {
    const deferred = new DeferredStream(() => new Promise(() => {}));
    deferred[Symbol.asyncIterator]();
    expect(() => deferred[Symbol.asyncIterator]()).toThrow(/one reader/);
  });
});
