/** Runs the programs of docs/guides/whisper-low-level.md as they are printed there, with real models and audio. */
import {
  createNodeBackend,
  greedySearch,
  buildPrompt,
  loadWhisperTokenizer,
  LogitRules,
  openModel,
  openWhisperGraphs,
  readWav,
  whisperLogMel,
} from '@org/asr-node';
import type {
  EncodedAudio,
  NodeBackend,
  OpenedWhisperGraphs,
  SearchResult,
  WhisperTokenIds,
  WhisperTokenizer,
  WindowRange,
} from '@org/asr-node';
import whisperTinyEn from '@org/asr-model-whisper-tiny-en';
import { hasTestData, repositoryFile, testData } from '@org/asr-testkit';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { copyFile, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

const guide = readFileSync(repositoryFile('docs/guides/whisper-low-level.md'), 'utf8');
const programs = [...guide.matchAll(/```ts\n(.*?)```/gsu)].map(([, code]) => code!);
/** The program that uses a name; there must be one such. */
const programWith = (name: string): string => {
  const [found, ...others] = programs.filter((code) => code.includes(name));
  expect(found, name).toBeDefined();
  expect(others, name).toEqual([]);
  return found!;
};

const jfk = repositoryFile('tests/fixtures/audio/jfk.wav');
const samples = readWav(new Uint8Array(readFileSync(jfk))).samples[0]!;

describe('whisper-low-level.md', () => {
  let folder: string;
  let backend: NodeBackend;
  let graphs: OpenedWhisperGraphs;
  let tokenizer: WhisperTokenizer;
  let encoded: EncodedAudio;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'asr-guide-'));
    backend = await createNodeBackend();
    const files = await openModel(whisperTinyEn);
    graphs = await openWhisperGraphs(files, backend);
    tokenizer = await loadWhisperTokenizer(files);
    const { data, frames } = whisperLogMel(samples, { bins: graphs.melBins, length: 480_000 });
    encoded = await graphs.encode(data, frames);
  });
  afterAll(async () => {
    encoded.dispose();
    expect(backend.liveTensors).toBe(0);
    await graphs.dispose();
    await backend.dispose();
    await rm(folder, { recursive: true });
  });

  async function importProgram<T>(name: string): Promise<T> {
    const path = join(folder, `${name}.ts`);
    await writeFile(path, programWith(`function ${name}(`));
    return (await import(path)) as T;
  }

  it('a search on logits of your own', async () => {
    type Score = (rows: readonly (readonly number[])[]) => Promise<Float32Array>;
    const { decode } = await importProgram<{
      decode: (score: Score, tokens: WhisperTokenIds) => Promise<SearchResult>;
    }>('decode');
    const score: Score = async (rows) => {
      const logits = new Float32Array(rows.length * graphs.vocabularySize);
      for (const [i, row] of rows.entries()) {
        const decoder = encoded.startDecoder(false);
        logits.set(await decoder.append(row, 1, row.length - 1), i * graphs.vocabularySize);
        decoder.dispose();
      }
      return logits;
    };
    const { tokens } = await decode(score, tokenizer.special);
    expect(tokenizer.decode(tokens.filter((token) => token < tokenizer.special.endOfText))).toMatch(
      /my fellow Americans,? ask not what your country can do for you/u,
    );
  });

  it('the loop with windows of your own', async () => {
    const { print } = await importProgram<{
      print: (
        frames: number,
        tokenizer: WhisperTokenizer,
        decodeWindow: (
          window: WindowRange,
          temperature: number,
          previous: readonly number[],
        ) => Promise<SearchResult>,
      ) => Promise<void>;
    }>('print');
    const rules = new LogitRules({
      tokens: tokenizer.special,
      vocabularySize: graphs.vocabularySize,
      maxInitialTimestamp: 50,
    });
    const asked: unknown[] = [];
    const log = vi.spyOn(console, 'log').mockImplementation(() => {});
    try {
      await print(samples.length / 160, tokenizer, async (window, temperature, previous) => {
        asked.push({ window, temperature, previous });
        const decoder = encoded.startDecoder(false);
        const prompt = buildPrompt(tokenizer.special, { previous }, 448);
        const result = await greedySearch(decoder, { ...prompt, rules, maxNewTokens: 224, maxTokens: 448 });
        decoder.dispose();
        return result;
      });
      expect(asked[0]).toEqual({ window: { seek: 0, size: 1100 }, temperature: 0, previous: [] });
      const lines = log.mock.calls.map((line) => line as [number, number, string]);
      expect(lines[0]![0]).toBe(0);
      expect(lines[0]![2]).toMatch(/my fellow Americans/u);
      expect(lines.at(-1)![1]).toBeLessThanOrEqual(11);
    } finally {
      log.mockRestore();
    }
  });

  it.skipIf(!hasTestData)('the graphs of a model, without its loop (extended test data)', async () => {
    await writeFile(join(folder, 'graphs.mts'), programWith('openWhisperGraphs(files, backend)'));
    await copyFile(jfk, join(folder, 'audio.wav'));
    await symlink(testData('models/whisper-base'), join(folder, 'whisper-base'), 'junction');
    const { stdout, stderr, status } = spawnSync(
      process.execPath,
      ['--import', import.meta.resolve('tsx'), 'graphs.mts'],
      {
        cwd: folder,
        encoding: 'utf8',
        env: { ...process.env, TSX_TSCONFIG_PATH: repositoryFile('tsconfig.base.json') },
      },
    );
    expect(stderr).toBe('');
    expect(status).toBe(0);
    const [likeliest, ...others] = stdout.trim().split('\n');
    expect(likeliest).toMatch(/^en 0\.9/u);
    expect(others).toHaveLength(2);
  });
});
