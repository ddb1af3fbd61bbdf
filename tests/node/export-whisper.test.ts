/** Runs the Python tests of tools/export-whisper, where there is a Python with what they need. */
import { repositoryFile } from '@org/asr-testkit';
import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';

const python = process.env['ASR_PYTHON'] ?? 'python3';
const hasExporterPython = run('-c', 'import numpy, onnx, onnxruntime, pytest, safetensors').status === 0;

function run(...args: readonly string[]) {
  const cwd = repositoryFile('tools/export-whisper');
  return spawnSync(python, args, {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' },
  });
}

it.skipIf(!hasExporterPython)("the exporter's own tests pass", () => {
  const { status, stdout, stderr } = run('-m', 'pytest', '-q', '-p', 'no:cacheprovider');
  expect(status, `${stdout}${stderr}`).toBe(0);
  expect(stdout).toMatch(/\d+ passed/);
});
