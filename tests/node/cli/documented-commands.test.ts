/**
 * Every command that the documentation or a help text shows is run, in a folder that has what they name. `npx` is a
 * script here that runs `asr` from the sources; the real one runs in packaging.test.ts.
 */
import { hasTestData, repositoryFile, testData } from '@org/asr-testkit';
import { spawnSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HubServer } from '../hub/hub-server.js';
import { runShell, writeAsrScript } from './asr-process.js';
import { commandsOf, documentedCommands } from './find-commands.js';

const HUB_MODEL = 'onnx-community/whisper-base';
/** Measuring eight recordings under two noises at four ratios takes its time on a busy machine. */
const MINUTES_15 = 900_000;
const hasFfmpeg = spawnSync('ffmpeg', ['-version']).status === 0;

const commands = documentedCommands();

let folder: string;
let hub: HubServer;
let env: Readonly<Record<string, string>>;

describe('the commands of a document', () => {
  it('are found in blocks and in running text, without comments and what only names them', () => {
    const fence = '`'.repeat(3);
    const text = [
      'Run `asr compare`, `npx asr transcribe a.wav` or `asr align --help <x>`.',
      `${fence}text\nnpm install @org/asr-node\nnpx @org/asr-node bench a.wav   # five times\n# alone\n${fence}`,
      `${fence}sh\ncp a b\ncat b | asr transcribe -\nasr align [options] <recording>\n${fence}`,
      `${fence}sh\nls\n${fence}`,
      `${fence}dockerfile\nFROM node\nRUN npx asr models verify\n${fence}`,
      `${fence}ts\nasr models list\n${fence}`,
    ];
    expect(commandsOf(text.join('\n\n'))).toEqual([
      'npx @org/asr-node bench a.wav',
      'cp a b',
      'cat b | asr transcribe -',
      'npx asr models verify',
      'npx asr transcribe a.wav',
    ]);
  });
});

describe.skipIf(!hasTestData)('documented commands', () => {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'asr-guide-'));
    hub = await HubServer.start();
    await writeAsrScript(join(folder, 'bin'));
    await installPackages();
    await writeRecordings();
    await writeRecorder();
    const files = await writeModels();
    hub.models.set(HUB_MODEL, { files });
    const path = `${join(folder, 'bin')}:${process.env['PATH']}`;
    env = { PATH: path, HF_ENDPOINT: hub.endpoint, ASR_CACHE: join(folder, 'cache') };
  });
  afterAll(async () => {
    await hub[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  it('are there, from every place that shows some', () => {
    for (const command of [
      'transcribe',
      'listen',
      'align',
      'inspect',
      'models',
      'evaluate',
      'compare',
      'bench',
    ]) {
      expect(commands.filter(({ line }) => line.includes(`asr ${command} `))).not.toEqual([]);
    }
    expect([...new Set(commands.flatMap(({ files }) => files))]).toEqual(
      expect.arrayContaining([
        'README.md',
        ...['choosing-a-model', 'cli-reference', 'command-line', 'evaluating', 'models', 'offline'].map(
          (name) => `docs/guides/${name}.md`,
        ),
      ]),
    );
  });

  it.each(commands.map(({ line }) => line))(
    '%s',
    async (line) => {
      if (line.includes('ffmpeg') && !hasFfmpeg) return;
      if (line.includes('models remove'))
        await runShell(`asr models fetch ${HUB_MODEL}`, { cwd: folder, env });
      const { code, stderr } = await runShell(line, { cwd: folder, env });
      expect(code, stderr).toBe(0);
      expect(stderr).not.toMatch(/^(?:asr|error):/mu);
    },
    MINUTES_15,
  );
});

/** The packages that guides tell to install. `bench` and `compare` measure in the built program, which knows no sources. */
async function installPackages(): Promise<void> {
  const scope = join(folder, 'node_modules/@org');
  await mkdir(scope, { recursive: true });
  for (const name of ['model-whisper-tiny-en', 'model-silero-vad']) {
    await symlink(repositoryFile(`packages/${name}`), join(scope, `asr-${name}`));
  }
}

/** A microphone: a program that is called as ALSA's recorder, and gives raw samples. */
async function writeRecorder(): Promise<void> {
  const script = `#!/bin/sh\ntail -c +45 '${join(folder, 'talk.wav')}'\n`;
  await writeFile(join(folder, 'bin/arecord'), script, { mode: 0o755 });
}

async function writeRecordings(): Promise<void> {
  const audio = repositoryFile('tests/fixtures/audio');
  const clip = repositoryFile('tests/fixtures/digits-wav2vec2-ctc/clip0_jackson.wav');
  await cp(join(audio, 'jfk.wav'), join(folder, 'talk.wav'));
  for (const name of ['talk', 'meeting']) await cp(join(audio, 'jfk-1s.mp3'), join(folder, `${name}.mp3`));
  await cp(clip, join(folder, 'call.wav'));
  await writeFile(
    join(folder, 'talk.txt'),
    'And so, my fellow Americans:\nask not what your country can do for you,\nask what you can do for your country.\n',
  );
  const other = repositoryFile('tests/fixtures/digits-wav2vec2-ctc/clip2_jackson.wav');
  // Babble is of six other recordings.
  const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
  const prompts = [{ file: 'other.wav', text: 'eight three six' }];
  await cp(other, join(folder, 'other.wav'));
  for (const set of ['.', 'recordings', 'french']) {
    await mkdir(join(folder, set), { recursive: true });
    for (const name of names) {
      await cp(clip, join(folder, set, `${name}.wav`));
      if (set !== '.') await writeFile(join(folder, set, `${name}.txt`), 'two\n');
    }
  }
  prompts.push(...names.map((name) => ({ file: `${name}.wav`, text: 'two' })));
  await cp(other, join(folder, 'kitchen.wav'));
  await writeFile(join(folder, 'prompts.json'), JSON.stringify(prompts));
  if (hasFfmpeg) spawnSync('ffmpeg', ['-loglevel', 'error', '-i', 'talk.mp3', 'film.mkv'], { cwd: folder });
}

/** Folders of models, and the files of the one on the hub. */
async function writeModels(): Promise<Record<string, Uint8Array>> {
  await symlink(testData('models/english-ctc'), join(folder, 'english-ctc'));
  await symlink(testData('models/whisper-tiny.en-fast'), join(folder, 'whisper-tiny.en'));
  await symlink(repositoryFile('tests/fixtures/digits-wav2vec2-ctc'), join(folder, 'my-model'));
  await symlink(testData('lm/en-us.small.arpa.gz'), join(folder, 'en.arpa.gz'));
  const source = testData('models/whisper-base');
  await cp(source, join(folder, 'whisper-base'), { recursive: true, dereference: true });
  const graphs = join(folder, 'whisper-base/onnx');
  for (const name of await readdir(graphs)) {
    // The test data has one precision; where another one is asked for, its graphs go by that name, too.
    await cp(join(graphs, name), join(graphs, name.replace('_quantized', '')));
  }
  const files: Record<string, Uint8Array> = {};
  for (const entry of await readdir(join(folder, 'whisper-base'), { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    files[path.slice(join(folder, 'whisper-base').length + 1)] = await readFile(path);
  }
  return files;
}
