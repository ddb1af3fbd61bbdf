import type { PackagedModel } from '@org/asr-core';
import { createWebBackend, loadModel } from '@org/asr-web';
import { expect, it } from 'vitest';

const fixture = (name: string): URL => new URL(`../../fixtures/digits-nemo-ctc/${name}`, import.meta.url);
const digits: PackagedModel = {
  name: 'digits',
  urls: Object.fromEntries(['model.onnx', 'tokens.txt', 'config.json'].map((name) => [name, fixture(name)])),
};

/** Memories that WebAssembly code of this page gets. */
function watchMemories(): WebAssembly.Memory[] {
  const memories: WebAssembly.Memory[] = [];
  WebAssembly.Memory = class extends WebAssembly.Memory {
    constructor(descriptor: WebAssembly.MemoryDescriptor) {
      super(descriptor);
      memories.push(this);
    }
  };
  return memories;
}

it('takes no more memory after 50 transcriptions', async () => {
  const memories = watchMemories();
  await using backend = await createWebBackend();
  await using model = await loadModel(digits, { backend });
  const clip = new Uint8Array(await (await fetch(fixture('clip5_theo.wav'))).arrayBuffer());
  const transcribe = async (times: number): Promise<number> => {
    for (let i = 0; i < times; i++) {
      // As NeMo itself reads it (golden.json).
      expect((await model.transcribe(clip)).text).toBe('seven eight six six three one four');
    }
    return memories.reduce((sum, { buffer }) => sum + buffer.byteLength, 0);
  };
  const before = await transcribe(5);
  expect(before).toBeGreaterThan(0);
  expect(await transcribe(50)).toBe(before);
  expect(backend.liveTensors).toBe(0);
});
