import { repositoryFile } from '@org/asr-testkit';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { HubServer } from '../hub/hub-server.js';
import { asr } from './run-cli.js';

const WHISPER = repositoryFile('packages/model-whisper-tiny-en/model');

describe('asr inspect', () => {
  it('says all that is known, for people', async () => {
    const { code, stdout, stderr } = await asr(['inspect', WHISPER]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const line of [
      /^whisper, fast: config\.json has model_type "whisper"/mu,
      /^ {2}audio +16000 Hz$/mu,
      /^ {2}front end +log-mel spectrogram, 80 bins/mu,
      /^ {2}vocabulary +byte-level BPE, 51864$/mu,
      /^ {2}languages +1: en$/mu,
      /^ {2}word timestamps +yes +/mu,
      /^ {2}translation +no +the model is English-only$/mu,
      /^ {2}streaming +yes +/mu,
      /^ {2}encoder\.onnx +\d+\.\d MB {2}used {2}a graph that is run$/mu,
      /^ {2}preprocessor_config\.json +\d+ B {2}left +nothing that this family reads$/mu,
      /^ {4}in +input_ids +int64 +\[/mu,
      /^ {2}nemo-ctc +there is no tokens\.txt/mu,
    ]) {
      expect(stdout).toMatch(line);
    }
  });

  it('says it as JSON, for programs', async () => {
    const { stdout } = await asr(['inspect', WHISPER, '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ family: 'whisper', layout: 'fast', sampleRate: 16_000 });
  });

  it('says what it looked for in a folder that holds no model', async () => {
    const { code, stdout, stderr } = await asr(['inspect', repositoryFile('docs')]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^asr: MODEL_UNSUPPORTED: No model family recognises .*Looked for whisper: /u);
  });

  it('fetches no graph of a remote model unless asked', async () => {
    await using hub = await HubServer.start();
    const cache = await mkdtemp(join(tmpdir(), 'asr-inspect-'));
    const fixture = repositoryFile('tests/fixtures/digits-wav2vec2-ctc');
    const files: Record<string, Uint8Array> = {};
    for (const name of [
      'config.json',
      'model.onnx',
      'vocab.json',
      'preprocessor_config.json',
      'tokenizer_config.json',
    ]) {
      files[name] = await readFile(join(fixture, name));
    }
    hub.models.set('ada/digits', { files });
    vi.stubEnv('HF_ENDPOINT', hub.endpoint);
    const inspect = (...flags: readonly string[]) =>
      asr(['inspect', 'ada/digits', '--cache', cache, ...flags]);
    const graphs = () => hub.downloads.filter(({ url }) => url.includes('model.onnx')).length;
    expect((await inspect()).stdout).not.toContain('Graphs');
    expect(graphs()).toBe(0);
    expect((await inspect('--fetch-graphs')).stdout).toMatch(/^ {4}in +input_values +float32/mu);
    expect(graphs()).toBeGreaterThan(0);
    vi.unstubAllEnvs();
    await rm(cache, { recursive: true, force: true });
  });
});
