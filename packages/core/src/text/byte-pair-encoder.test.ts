import { readFileSync } from 'node:fs';
import { Tokenizer } from '@huggingface/tokenizers';
import { repositoryFile } from '@org/asr-testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BytePairEncoder } from './byte-pair-encoder.js';

interface TokenizerJson {
  readonly model: { readonly vocab: Readonly<Record<string, number>> };
}

const json = JSON.parse(
  readFileSync(repositoryFile('packages/model-whisper-tiny-en/model/tokenizer.json'), 'utf8'),
) as TokenizerJson;

const pieces: string[] = [];
for (const [piece, id] of Object.entries(json.model.vocab)) if (id < 50256) pieces[id] = piece;

describe('BytePairEncoder', () => {
  const encoder = new BytePairEncoder(pieces);

  it('gives what @huggingface/tokenizers gives', () => {
    const library = new Tokenizer({ ...json, added_tokens: [] }, {});
    const words = fc.constantFrom(
      ' the',
      "'ll",
      'naïve',
      '你好',
      ' 42',
      '  ',
      '\n\t',
      '🎉',
      'antidisestablish',
      '...',
    );
    const text = fc.array(fc.oneof(words, fc.string({ unit: 'binary', maxLength: 12 })), { maxLength: 12 });
    fc.assert(
      fc.property(text, (parts) => {
        const input = parts.join('');
        const expected = input === '' ? [] : library.encode(input, { add_special_tokens: false }).ids;
        expect(encoder.encode(input)).toEqual(expected);
      }),
      { numRuns: 500 },
    );
  });

  it('treats U+0085 as white space and U+FEFF as not, as the references do', () => {
    // Alone they are two and three bytes without a merge that starts with a space.
    expect(encoder.encode('a\u0085b')).toEqual([
      ...encoder.encode('a'),
      ...encoder.encode('\u0085'),
      ...encoder.encode('b'),
    ]);
    expect(encoder.encode(' \uFEFF')[0]).not.toBe(220);
  });

  it('encodes a control token as the text it is', () => {
    expect(encoder.encode('<|endoftext|>').every((id) => id < 50256)).toBe(true);
  });

  it('replaces a lone surrogate', () => {
    expect(encoder.encode('\ud800')).toEqual(encoder.encode('\ufffd'));
  });

  it('gets through a long run without a boundary', () => {
    const text = 'ab'.repeat(5000);
    const ids = encoder.encode(text);
    expect(ids.map((id) => pieces[id]).join('')).toBe(text);
  });
});
