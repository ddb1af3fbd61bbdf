/** What users get: the packed packages, installed by npm into projects of their own, typed, imported and required. */
import { repositoryFile } from '@org/asr-testkit';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { npm } from '../../scripts/package-manager.mjs';
import { hasRegistry, packPackages, runNode } from './packed-packages.js';

const temporary = mkdtempSync(join(tmpdir(), 'asr-packaging-'));

/** Copies a project from `integrations` and compiles it. */
function compile(name: string): string {
  const project = join(temporary, name);
  cpSync(repositoryFile(`integrations/${name}`), project, { recursive: true });
  // The repository's compiler and Node types, so that a project needs nothing but what it uses.
  const typeRoots = repositoryFile('node_modules/@types');
  runNode(project, repositoryFile('node_modules/typescript/bin/tsc'), '-p', '.', '--typeRoots', typeRoots);
  return project;
}

afterAll(() => rmSync(temporary, { recursive: true, force: true }));

describe.skipIf(!hasRegistry)('the packed packages', () => {
  beforeAll(() => {
    const packages = ['core', 'node', 'web', 'model-whisper-tiny-en', 'model-silero-vad'];
    const tarballs = packPackages(packages, join(temporary, 'tarballs'));
    // Into the folder above the projects, where Node and TypeScript look too: ONNX Runtime is large.
    writeFileSync(join(temporary, 'package.json'), '{ "private": true }');
    npm(
      ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline', ...tarballs.values()],
      {
        cwd: temporary,
      },
    );
  }, 300_000);

  it.each(['node-esm', 'node-cjs'])('are typed and transcribe in %s', (name) => {
    const output = runNode(compile(name), 'out/main.js', repositoryFile('tests/fixtures/audio/jfk.wav'));
    expect(JSON.parse(output)).toEqual({
      text: expect.stringMatching(/ask not what your country can do for you/i),
      backend: expect.stringContaining('onnxruntime-node'),
      code: 'MODEL_NOT_FOUND',
    });
  });

  it('give every entry its types under nodenext, and the names they promise', () => {
    const output = runNode(compile('nodenext'), 'out/main.js');
    expect(JSON.parse(output)).toEqual({
      '@org/asr-core': 'function',
      '@org/asr-node': 'function',
      '@org/asr-web': 'function',
      '@org/asr-model-whisper-tiny-en': 'whisper-tiny.en',
      '@org/asr-model-silero-vad': 'silero-vad-6',
    });
  });

  it('bring the command line', () => {
    const asr = (...args: readonly string[]) =>
      npm(['exec', '--no', '--', '@org/asr-node', ...args], { cwd: temporary });
    expect(asr('--version')).toMatch(/^\d+\.\d+\.\d+\n$/u);
    const recording = repositoryFile('tests/fixtures/audio/jfk.wav');
    expect(asr('transcribe', recording, '--format', 'srt')).toMatch(
      /-->[^]*ask not what your country can do for you/iu,
    );
    expect(JSON.parse(asr('inspect', '@org/asr-model-whisper-tiny-en', '--json'))).toMatchObject({
      family: 'whisper',
      layout: 'fast',
    });
    expect(asr('transcribe', recording, '--vad')).toMatch(/my fellow Americans/iu);
    rmSync(join(temporary, 'node_modules/@org/asr-model-silero-vad'), { recursive: true });
    // The package manager that runs the tests would have it found nevertheless.
    vi.stubEnv('NODE_PATH', '');
    expect(() => asr('transcribe', recording, '--vad')).toThrow(/npm install @org\/asr-model-silero-vad/u);
    vi.unstubAllEnvs();
  });
});
