import { repositoryFile } from '@org/asr-testkit';
import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { AsrError } from '../../errors.js';
import { memoryFiles } from '../../hub/memory-files.js';
import { loadPyctcdecodeFolder } from './pyctcdecode-folder.js';

const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const json = (value: unknown): Uint8Array => text(JSON.stringify(value));
const attributes = { alpha: 0.7, beta: 2, unk_score_offset: -8, score_boundary: false };
const folder = {
  'alphabet.json': json({ labels: [' ', 'a', 'b', ''], is_bpe: false }),
  'language_model/attrs.json': json(attributes),
  'language_model/unigrams.txt': text('the\ncat\n\nüber\n'),
  'language_model/small4.bin': new Uint8Array(
    readFileSync(repositoryFile('tests/golden/vectors/kenlm/small4.probing.bin')),
  ),
};
const load = (files: Record<string, Uint8Array>) => loadPyctcdecodeFolder(memoryFiles({ files }));

describe('loadPyctcdecodeFolder', () => {
  it('reads labels, weights, words and the language model', async () => {
    const { vocabulary, settings } = await load(folder);
    expect(vocabulary).toEqual({ pieces: [' ', 'a', 'b', ''], blank: 3, wordDelimiter: 0 });
    const { languageModel, ...weights } = settings;
    expect(languageModel?.order).toBe(4);
    expect(weights).toEqual({
      alpha: 0.7,
      beta: 2,
      unknownPenalty: -8,
      sentenceBoundaries: false,
      unigrams: ['the', 'cat', 'über'],
    });
  });

  it('reads word pieces, and a folder without a language model', async () => {
    const labels = ['▁⁇▁', '▁the', 's', ''];
    const { vocabulary, settings } = await load({ 'alphabet.json': json({ labels, is_bpe: true }) });
    expect(vocabulary).toEqual({ pieces: [' ⁇ ', ' the', 's', ''], blank: 3 });
    expect(settings).toEqual({});
  });

  it.each([
    ['alphabet.json', json({ labels: 'abc' }), /alphabet\.json: "labels" must be a list of strings/],
    ['alphabet.json', json({ labels: ['a', 'b'] }), /none of the 2 labels is the blank/],
    ['language_model/attrs.json', json({ ...attributes, alpha: '1' }), /"alpha" must be a number, found "1"/],
    ['language_model/attrs.json', json({ ...attributes, score_boundary: 1 }), /"score_boundary" must be/],
    ['language_model/attrs.json', text('{'), /attrs\.json: not a JSON file/],
    ['language_model/unigrams.txt', Uint8Array.of(0xff), /unigrams\.txt: not a text in UTF-8/],
    [
      'language_model/other.arpa',
      text('x'),
      /found language_model\/other\.arpa, language_model\/small4\.bin/,
    ],
  ])('refuses a wrong %s', async (name, bytes, message) => {
    await expect(load({ ...folder, [name]: bytes })).rejects.toMatchObject({
      code: 'MODEL_INVALID',
      message,
    });
  });

  it('needs the alphabet', async () => {
    await expect(load({ 'a.txt': text('') })).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND' });
  });

  it('damaged files are an AsrError or a folder', async () => {
    const names = Object.keys(folder) as (keyof typeof folder)[];
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...names), fc.nat(), fc.nat(255), async (name, at, value) => {
        const bytes = folder[name].slice();
        bytes[at % bytes.length] = value;
        await load({ ...folder, [name]: bytes }).catch((error: unknown) =>
          expect(AsrError.isInstance(error), String(error)).toBe(true),
        );
      }),
      { numRuns: 200 },
    );
  });
});
