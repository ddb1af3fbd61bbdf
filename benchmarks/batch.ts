/**
 * Many files on all cores: one model with threads, several calls on one model, and several models with a thread each, on
 * this thread or each wholly in a thread of its own. Needs the build and the extended test data.
 *
 *   npx tsx benchmarks/batch.ts [rounds]
 */
import { availableParallelism } from 'node:os';
import { readFileSync, readdirSync } from 'node:fs';
import { Worker, isMainThread, parentPort, workerData } from 'node:worker_threads';
import { isCtcModel, loadModel, loadNgramModel } from '@org/asr-node';
import type { LoadOptions, SpeechModel, TranscribeOptions } from '@org/asr-node';
import { repositoryFile, testData } from '@org/asr-testkit';

interface Task {
  readonly name: string;
  readonly model: string;
  readonly files: readonly string[];
  readonly lm?: string;
}

const prompts = testData('audio/prompts/en-unseen');
const files = readdirSync(prompts)
  .filter((name) => name.endsWith('.wav'))
  .slice(0, 12)
  .map((name) => `${prompts}/${name}`);
const tasks: readonly Task[] = [
  { name: 'whisper tiny.en', model: repositoryFile('packages/model-whisper-tiny-en/model'), files },
  {
    name: 'ctc, trigram',
    model: testData('models/english-ctc'),
    files,
    lm: testData('lm/en-us.pruned.trie.bin'),
  },
];
const cores = availableParallelism();

interface Runner extends AsyncDisposable {
  run(file: string): Promise<string>;
}

async function open(task: Task, options: LoadOptions): Promise<Runner> {
  const model: SpeechModel = await loadModel({ path: task.model }, options);
  const call: TranscribeOptions =
    task.lm !== undefined && isCtcModel(model)
      ? { decoding: { type: 'ctc-beam', languageModel: await loadNgramModel(readFileSync(task.lm)) } }
      : {};
  return {
    run: async (file) => (await model.transcribe(file, call)).text,
    [Symbol.asyncDispose]: () => model.dispose(),
  };
}

async function openInThread(task: Task): Promise<Runner> {
  // tsx is not inherited by threads.
  const start = `import('tsx/esm/api').then(({ register }) => { register(); return import(${JSON.stringify(import.meta.url)}); })`;
  const worker = new Worker(start, { workerData: task, eval: true });
  const next = (): Promise<string> => new Promise((resolve) => worker.once('message', resolve));
  await next();
  return {
    run: (file) => {
      worker.postMessage(file, []);
      return next();
    },
    [Symbol.asyncDispose]: async () => void (await worker.terminate()),
  };
}

/** Serves every file to whichever runner is free. */
async function work(runners: readonly Runner[], task: Task): Promise<void> {
  const queue = [...task.files];
  await Promise.all(
    runners.map(async (runner) => {
      for (let file = queue.shift(); file !== undefined; file = queue.shift()) await runner.run(file);
    }),
  );
}

type Plan = (task: Task) => Promise<readonly Runner[]>;

const plans: Readonly<Record<string, Plan>> = {
  [`one model, ${cores} threads`]: async (task) => [await open(task, { threads: cores })],
  [`one model, ${cores} threads, ${cores} calls`]: async (task) => {
    const runner = await open(task, { threads: cores });
    return Array.from({ length: cores }, () => runner);
  },
  [`one model, ${cores} replicas, ${cores} calls`]: async (task) => {
    // CTC models have none.
    if (task.lm !== undefined) return [];
    const runner = await open(task, { replicas: cores });
    return Array.from({ length: cores }, () => runner);
  },
  [`${cores} models of a thread, on one thread of JavaScript`]: (task) =>
    Promise.all(Array.from({ length: cores }, () => open(task, { threads: 1 }))),
  [`${cores} models, each in a thread with its JavaScript`]: (task) =>
    Promise.all(Array.from({ length: cores }, () => openInThread(task))),
};

async function main(): Promise<void> {
  const rounds = Number(process.argv[2] ?? 3);
  for (const task of tasks) {
    const opened = new Map<string, readonly Runner[]>();
    for (const [name, plan] of Object.entries(plans)) opened.set(name, await plan(task));
    const times = new Map<string, number[]>();
    for (let round = -1; round < rounds; round++) {
      for (const [name, runners] of opened) {
        if (runners.length === 0) continue;
        const start = performance.now();
        await work(runners, task);
        if (round >= 0) times.set(name, [...(times.get(name) ?? []), performance.now() - start]);
      }
    }
    console.log(`\n${task.name}, ${task.files.length} files`);
    for (const [name, values] of times) {
      const sorted = values.toSorted((a, b) => a - b);
      console.log(`  ${name.padEnd(58)} ${sorted.map((ms) => (ms / 1000).toFixed(2)).join('  ')} s`);
    }
    for (const runners of opened.values())
      for (const runner of new Set(runners)) await runner[Symbol.asyncDispose]();
  }
}

if (isMainThread) await main();
else {
  const runner = await open(workerData as Task, { threads: 1, offThread: false });
  parentPort?.on('message', (file: string) => {
    void runner.run(file).then((text) => parentPort?.postMessage(text, []));
  });
  parentPort?.postMessage('ready', []);
}
