import { AsrError } from '@org/asr-core';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDataset } from './dataset.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'asr-dataset-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function write(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content);
  }
}

async function refusal(path: string): Promise<string> {
  const error: unknown = await openDataset(join(folder, path)).catch((caught: unknown) => caught);
  if (AsrError.isInstance(error) && error.code === 'DATASET_INVALID') return error.message;
  throw new Error('not refused as a set', { cause: error });
}

describe('openDataset', () => {
  it('finds LibriSpeech chapters below a folder', async () => {
    await write({
      'LibriSpeech/dev/1/2/1-2.trans.txt': '1-2-0000 ONE\n',
      'LibriSpeech/dev/1/2/1-2-0000.flac': '',
      'LibriSpeech/dev/3/4/3-4.trans.txt': '3-4-0000 TWO\n',
      'LibriSpeech/dev/3/4/3-4-0000.flac': '',
    });
    const { format, utterances } = await openDataset(join(folder, 'LibriSpeech'), { language: 'en' });
    expect(format).toBe('librispeech');
    expect(utterances).toEqual([
      {
        id: '1-2-0000',
        audio: join(folder, 'LibriSpeech/dev/1/2/1-2-0000.flac'),
        text: 'ONE',
        speaker: '1',
        language: 'en',
      },
      {
        id: '3-4-0000',
        audio: join(folder, 'LibriSpeech/dev/3/4/3-4-0000.flac'),
        text: 'TWO',
        speaker: '3',
        language: 'en',
      },
    ]);
  });

  it('reads a Kaldi folder with its optional files', async () => {
    await write({
      'wav.scp': 'r r.wav\n',
      text: 'u hello\n',
      segments: 'u r 1 2\n',
      utt2lang: 'u de\n',
      'r.wav': '',
    });
    const { format, utterances } = await openDataset(folder, { language: 'en' });
    expect(format).toBe('kaldi');
    // What the set says goes before what the caller says.
    expect(utterances).toEqual([
      { id: 'u', audio: join(folder, 'r.wav'), text: 'hello', start: 1, end: 2, language: 'de' },
    ]);
  });

  it('finds the audio of a JSON list in the folder of its name', async () => {
    await write({ 'en.json': '[{"file": "a.wav", "text": "x"}]', 'en/a.wav': '' });
    expect((await openDataset(join(folder, 'en.json'))).utterances[0]!.audio).toBe(join(folder, 'en/a.wav'));
  });

  it('pairs recordings with texts, also below', async () => {
    await write({
      'a.wav': '',
      'a.txt': ' one \n',
      'sub/b.mp3': '',
      'sub/b.txt': 'two',
      'notes.txt': 'no audio',
    });
    const { format, utterances } = await openDataset(folder);
    expect(format).toBe('text-files');
    expect(utterances.map(({ id, text }) => [id, text])).toEqual([
      ['a', 'one'],
      ['sub/b', 'two'],
    ]);
  });

  it('says what is wrong, and where', async () => {
    await write({
      'empty/readme.md': '',
      'gone.jsonl': '{"audio": "x.wav", "text": "a"}',
      'twice/1/a.trans.txt': 'a ONE\n',
      'twice/1/a.flac': '',
      'twice/2/a.trans.txt': 'a ONE\n',
      'twice/2/a.flac': '',
      'notes.md': '',
      'wrong.tsv': 'a\tb\n',
    });
    await writeFile(join(folder, 'latin.jsonl'), Uint8Array.of(0x7b, 0xe9, 0x7d));
    expect(await refusal('nowhere')).toContain('there is no such file or folder');
    expect(await refusal('empty')).toContain('looked for wav.scp with text (Kaldi)');
    expect(await refusal('notes.md')).toContain('expected a folder');
    expect(await refusal('gone.jsonl')).toContain(
      `the audio of "x.wav" is not there: ${join(folder, 'x.wav')}`,
    );
    expect(await refusal('twice')).toContain('utterances of the same id');
    expect(await refusal('wrong.tsv')).toContain('wrong.tsv, line 1: there is no column "path"');
    expect(await refusal('latin.jsonl')).toContain('no text in UTF-8');
  });
});
