/** The page of this SDK: what `benchmarks/web.ts` measures, on the page's thread as the other one. */
import { createWebBackend, loadModel } from '@org/asr-web';
import type { SpeechModel } from '@org/asr-web';
import type { LoadRequest, PageBenchmark } from './page-benchmark.js';
import { timedBackend } from './timed-backend.js';

let model: SpeechModel;
let audioContext: LoadRequest['audioContext'];
const spent = new Map<string, number>();

const benchmark: PageBenchmark = {
  async load({ base, files, threads, audioContext: context }) {
    audioContext = context;
    const urls = Object.fromEntries(files.map((file) => [file, new URL(file, new URL(base, location.href))]));
    const backend = await createWebBackend({ threads });
    model = await loadModel({ name: 'benchmark', urls }, { backend: timedBackend(backend, spent) });
    return model.info.backend;
  },
  async transcribe(samples, timestamps) {
    spent.clear();
    const { text } = await model.transcribe(
      { samples, sampleRate: 16_000 },
      { timestamps: timestamps ? 'segment' : 'none', decoding: { type: 'whisper', audioContext } },
    );
    return text;
  },
  spent: () => Object.fromEntries(spent),
};
Object.assign(globalThis, { benchmark });
