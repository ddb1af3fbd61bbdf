import { readFileSync } from 'node:fs';
import { repositoryFile } from '@org/asr-testkit';
import { describe, expect, it } from 'vitest';
import type { ModelFiles } from '../../hub/model-files.js';
import { loadWhisperTokenizer } from './load-tokenizer.js';

const model = (name: string): Uint8Array =>
  readFileSync(repositoryFile(`packages/model-whisper-tiny-en/model/${name}`));

function memory(files: Readonly<Record<string, Uint8Array>>): ModelFiles {
  return {
    origin: 'test files',
    list: () => Promise.resolve(Object.keys(files)),
    open: (name) => Promise.resolve({ name, bytes: () => Promise.resolve(files[name]!) }),
  };
}

describe('loadWhisperTokenizer', () => {
  it('reads the tokenizer with its configuration', async () => {
    const names = ['tokenizer.json', 'config.json', 'generation_config.json'];
    const tokenizer = await loadWhisperTokenizer(
      memory(Object.fromEntries(names.map((name) => [name, model(name)]))),
    );
    expect(tokenizer.vocabularySize).toBe(51864);
    expect(tokenizer.decode(tokenizer.encode(' And so'))).toBe(' And so');
  });

  it('compares the configuration with the tokenizer', async () => {
    const generation = new TextEncoder().encode('{"no_timestamps_token_id": 50363}');
    await expect(
      loadWhisperTokenizer(
        memory({ 'tokenizer.json': model('tokenizer.json'), 'generation_config.json': generation }),
      ),
    ).rejects.toMatchObject({ code: 'MODEL_INVALID', message: expect.stringContaining('50362') as unknown });
  });

  it('counts the padding of the logits', async () => {
    const files = memory({ 'tokenizer.json': model('tokenizer.json') });
    const tokenizer = await loadWhisperTokenizer(files, { modelVocabularySize: 51968 });
    expect(tokenizer.vocabularySize).toBe(51968);
    expect(tokenizer.decode([51900])).toBe('');
    expect(() => tokenizer.decode([51968])).toThrow(RangeError);
  });

  it('says what it looked for', async () => {
    await expect(loadWhisperTokenizer(memory({ 'a.txt': new Uint8Array() }))).rejects.toMatchObject({
      code: 'MODEL_NOT_FOUND',
      message: expect.stringContaining('tokenizer.json') as unknown,
    });
    const two = memory({ 'a-tokens.txt': new Uint8Array(), 'b-tokens.txt': new Uint8Array() });
    await expect(loadWhisperTokenizer(two)).rejects.toThrow(/a-tokens\.txt, b-tokens\.txt/u);
  });
});
