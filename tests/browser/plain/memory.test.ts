import whisperTinyEn from '@org/asr-model-whisper-tiny-en';
import { mixdown, readWav } from '@org/asr-core';
import type { AudioInput, PackagedModel, TranscribeOptions } from '@org/asr-core';
import { createWebBackend, loadModel } from '@org/asr-web';
import { cdp } from 'vitest/browser';
import { expect, it } from 'vitest';
import { digits, DIGITS_CLIP, DIGITS_TEXT } from '../digits.js';

/** Memories that WebAssembly code of this page gets. ONNX Runtime has one for the page, made with the first session. */
const memories: WebAssembly.Memory[] = [];
WebAssembly.Memory = class extends WebAssembly.Memory {
  constructor(descriptor: WebAssembly.MemoryDescriptor) {
    super(descriptor);
    memories.push(this);
  }
};

/** Playwright's; Vitest leaves the type to the provider. */
const devtools = cdp() as unknown as { send(method: string): Promise<{ readonly usedSize?: number }> };

/** Bytes of wasm memory, which never shrinks, and of JavaScript's objects after a collection. */
async function memoryUse(): Promise<{ readonly wasm: number; readonly objects: number }> {
  await devtools.send('HeapProfiler.collectGarbage');
  const { usedSize } = await devtools.send('Runtime.getHeapUsage');
  const wasm = memories.reduce((sum, { buffer }) => sum + buffer.byteLength, 0);
  return { wasm, objects: usedSize ?? Number.NaN };
}

/** Transcribes 50 times, after a few in which memory may grow. */
async function expectNoGrowth(
  source: PackagedModel,
  clip: AudioInput,
  text: string,
  options: TranscribeOptions = {},
): Promise<void> {
  await using backend = await createWebBackend();
  await using model = await loadModel(source, { backend });
  const transcribe = async (count: number) => {
    for (let i = 0; i < count; i++) {
      expect((await model.transcribe(clip, options)).text.trim()).toBe(text);
    }
    return memoryUse();
  };
  const before = await transcribe(4);
  expect(before.wasm).toBeGreaterThan(0);
  const after = await transcribe(50);
  expect(after.wasm).toBe(before.wasm);
  expect(after.objects - before.objects).toBeLessThan(2 ** 20);
  expect(backend.liveTensors).toBe(0);
}

async function bytesOf(url: URL): Promise<Uint8Array> {
  return new Uint8Array(await (await fetch(url)).arrayBuffer());
}

it('takes no more memory after 50 transcriptions', async () => {
  await expectNoGrowth(digits, await bytesOf(DIGITS_CLIP), DIGITS_TEXT);
});

// In windows of 7 s, because the encoder takes a second for 30 s, whatever the clip.
it('takes no more memory after 50 transcriptions with Whisper', async () => {
  const samples = mixdown(readWav(await bytesOf(new URL('../../fixtures/audio/jfk.wav', import.meta.url))));
  const clip = { samples: samples.subarray(0, 2 * 16_000), sampleRate: 16_000 };
  const decoding = { type: 'whisper', audioContext: { padding: 5 } } as const;
  await expectNoGrowth(whisperTinyEn, clip, 'And so my fellow American', { decoding });
}, 300_000);
