import { createWebBackend, loadModel } from '@org/asr-web';
import { expect, it } from 'vitest';
import { digits, DIGITS_CLIP, DIGITS_TEXT } from '../digits.js';

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
  const clip = new Uint8Array(await (await fetch(DIGITS_CLIP)).arrayBuffer());
  const transcribe = async (times: number): Promise<number> => {
    for (let i = 0; i < times; i++) {
      expect((await model.transcribe(clip)).text).toBe(DIGITS_TEXT);
    }
    return memories.reduce((sum, { buffer }) => sum + buffer.byteLength, 0);
  };
  const before = await transcribe(5);
  expect(before).toBeGreaterThan(0);
  expect(await transcribe(50)).toBe(before);
  expect(backend.liveTensors).toBe(0);
});
