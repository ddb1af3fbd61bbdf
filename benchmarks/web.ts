/**
 * Whisper tiny.en in Chromium: ours beside transformers.js 4.3.1, on the same model files and recording, each in a browser of
 * its own, in turn. Time to load, time to transcribe (the first one left out), and the largest memory of the page's process.
 *
 * Run: npx tsx benchmarks/web.ts --models folder [--rounds 3] [--runs 3] [--threads 1] [--recording file.wav] [--fp32]
 *        [--only text]
 *   --models  a folder with `whisper-tiny.en` in Hugging Face's ONNX layout
 *   --also    name=folder: another export of the project's own, as often as wanted
 *   --only    leave out candidates that don't have this in their name; transformers.js stays
 *
 * Needs Linux: the memory is read from /proc.
 */
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { readdirSync, readFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { prepareAudio, readAudio } from '@org/asr-core';
import { createNodePlatform } from '@org/asr-node';
import { repositoryFile } from '@org/asr-testkit';
import { buildPage } from '../scripts/pages/build-page.js';
import { launchChromium } from '../scripts/pages/open-page.js';
import { serveFolder } from '../scripts/pages/serve-folder.js';
import { median } from './interleaved.js';
import { installPeer } from './peers.js';
import type { LoadRequest } from './web/page-benchmark.js';

const { values } = parseArgs({
  options: {
    models: { type: 'string' },
    rounds: { type: 'string', default: '3' },
    runs: { type: 'string', default: '3' },
    threads: { type: 'string', default: '1' },
    recording: { type: 'string', default: repositoryFile('tests/fixtures/audio/jfk.wav') },
    fp32: { type: 'boolean', default: false },
    also: { type: 'string', multiple: true, default: [] },
    only: { type: 'string', default: '' },
  },
});
if (values.models === undefined) throw new Error('--models is missing: see the top of this file');
const threads = Number(values.threads);

interface Candidate {
  readonly name: string;
  readonly page: 'ours/ours.html' | 'transformers.html';
  readonly load: LoadRequest;
}

/** Milliseconds by the clock, and of processor time of the page's process, which other work on the machine doesn't stretch. */
interface Time {
  readonly wall: number;
  readonly processor: number;
}

interface Measured {
  readonly load: Time;
  readonly plain: Time;
  readonly timed: Time;
  /** MB. */
  readonly memory: number;
  readonly text: string;
  /** Share of a transcription's time that each graph runs, by file name. */
  readonly shares: Readonly<Record<string, number>>;
}

const settings = ['config.json', 'generation_config.json', 'preprocessor_config.json', 'tokenizer.json'];

/** One model with every audio context that is to be measured. */
function ours(name: string, load: Omit<LoadRequest, 'audioContext'>): Candidate[] {
  return (['full', 'fit', { padding: 5 }] as const).map((audioContext): Candidate => {
    const context = typeof audioContext === 'string' ? audioContext : `padded by ${audioContext.padding} s`;
    return {
      name: `ours, ${name}, audio context ${context}`,
      page: 'ours/ours.html',
      load: { ...load, audioContext },
    };
  });
}

function candidates(): Candidate[] {
  const equal = (dtype: 'q8' | 'fp32'): Candidate[] => {
    const suffix = dtype === 'q8' ? '_quantized' : '';
    const graphs = ['encoder_model', 'decoder_model_merged'].map((name) => `onnx/${name}${suffix}.onnx`);
    const files = [...settings, ...graphs];
    const load = { base: '/models/whisper-tiny.en/', files, dtype, threads } as const;
    return [
      ...ours(`${dtype}, the same files`, load),
      {
        name: `transformers.js 4.3.1, ${dtype}`,
        page: 'transformers.html',
        load: { ...load, audioContext: 'full' },
      },
    ];
  };
  const own = exports().flatMap(([name, folder]) =>
    ours(name, { base: `/${name}/`, files: readdirSync(folder), dtype: 'q8', threads }),
  );
  const all = [...own, ...equal('q8'), ...(values.fp32 ? equal('fp32') : [])];
  return all.filter(({ name }) => name.includes(values.only) || name.startsWith('transformers'));
}

/** Models in the project's own layout: a name for their address, and their folder. */
function exports(): (readonly [name: string, folder: string])[] {
  const also = values.also.map((text) => {
    const [name, folder] = text.split('=');
    if (!name || !folder) throw new Error(`--also ${text}: expected name=folder`);
    return [name, resolve(folder)] as const;
  });
  return [['packaged', repositoryFile('packages/model-whisper-tiny-en/model')], ...also];
}

/** A folder with everything that the pages fetch. Gives the seconds of the recording. */
async function gather(folder: string): Promise<number> {
  const transformers = installPeer('@huggingface/transformers', '4.3.1');
  const links = {
    models: values.models!,
    ...Object.fromEntries(exports()),
    transformers,
    'transformers-ort': join(dirname(dirname(transformers)), 'onnxruntime-web/dist'),
    'transformers.html': repositoryFile('benchmarks/web/transformers.html'),
  };
  for (const [name, target] of Object.entries(links)) await symlink(target, join(folder, name));
  await buildPage(repositoryFile('benchmarks/web'), join(folder, 'ours'), 'ours.html');
  const audio = await readAudio(values.recording, createNodePlatform());
  const samples = await prepareAudio(audio, 16_000);
  await writeFile(
    join(folder, 'recording.f32'),
    new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength),
  );
  return samples.length / 16_000;
}

/** One browser, one candidate: loads it, transcribes, and reads what its process took. */
async function measure(origin: string, { page: path, load }: Candidate): Promise<Measured> {
  await using browser = await launchChromium();
  const page = await browser.newPage();
  await page.goto(`${origin}/${path}`);
  await page.waitForFunction('globalThis.benchmark');
  await page.evaluate(`(async () => {
    globalThis.samples = new Float32Array(await (await fetch('/recording.f32')).arrayBuffer());
  })()`);
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  const pids = processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => id);
  const time = async (code: string): Promise<Time & { readonly result: string }> => {
    const used = processorTime(pids);
    const started = performance.now();
    const result: string = await page.evaluate(code);
    return { result, wall: performance.now() - started, processor: processorTime(pids) - used };
  };
  const loading = await time(`benchmark.load(${JSON.stringify(load)})`);
  // The first one compiles and allocates; it is not counted.
  await time('benchmark.transcribe(samples.slice(), false)');
  const plain: Time[] = [];
  const timed: Time[] = [];
  let text = '';
  let spent: Record<string, number> = {};
  for (let run = 0; run < Number(values.runs); run++) {
    plain.push(await time('benchmark.transcribe(samples.slice(), false)'));
    spent = await page.evaluate('benchmark.spent?.() ?? {}');
    const last = await time('benchmark.transcribe(samples.slice(), true)');
    timed.push(last);
    text = last.result.trim();
  }
  return {
    load: loading,
    plain: middle(plain),
    timed: middle(timed),
    memory: Math.max(...pids.map(peakMemory)),
    text,
    shares: Object.fromEntries(
      Object.entries(spent).map(([file, ms]) => [basename(file), ms / plain.at(-1)!.wall]),
    ),
  };
}

function middle(times: readonly Time[]): Time {
  return {
    wall: median(times.map(({ wall }) => wall)),
    processor: median(times.map(({ processor }) => processor)),
  };
}

/** Processor time of processes, in ms: the user and system time of proc(5), in ticks of 10 ms. */
function processorTime(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
    return sum + 10 * (Number(fields[11]) + Number(fields[12]));
  }, 0);
}

/** The largest resident memory that a process has had, in MB. */
function peakMemory(pid: number): number {
  const [, kilobytes = '0'] = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes) / 1024;
}

const folder = await mkdtemp(join(tmpdir(), 'asr-web-benchmark-'));
const seconds = await gather(folder);
const isolation = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};
await using server = await serveFolder(folder, threads > 1 ? isolation : {});
const results = new Map<Candidate, Measured[]>(candidates().map((candidate) => [candidate, []]));
for (let round = 0; round < Number(values.rounds); round++) {
  for (const [candidate, measured] of results) measured.push(await measure(server.origin, candidate));
}
await rm(folder, { recursive: true });

console.log(
  `${basename(values.recording)}, ${seconds.toFixed(1)} s, ${threads} threads, ${values.rounds} browsers each, ` +
    `load ${loadavg()[0]!.toFixed(1)}`,
);
for (const [{ name }, measured] of results) {
  const show = (key: 'load' | 'plain' | 'timed'): string => {
    const { wall, processor } = middle(measured.map((run) => run[key]));
    return `${wall.toFixed(0)} ms (${processor.toFixed(0)})`;
  };
  console.log(
    `  ${name.padEnd(28)} load ${show('load')}, text ${show('plain')}, with timestamps ${show('timed')}, ` +
      `at most ${median(measured.map(({ memory }) => memory)).toFixed(0)} MB: ${measured[0]!.text}`,
  );
  const shares = Object.keys(measured[0]!.shares).map(
    (file) => `${file} ${(100 * median(measured.map((one) => one.shares[file] ?? 0))).toFixed(0)} %`,
  );
  if (shares.length > 0) console.log(`${' '.repeat(31)}of which ${shares.join(', ')}`);
}
