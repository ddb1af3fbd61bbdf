import { readFileSync } from 'node:fs';
import { repositoryFile } from '@org/asr-testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseTokenizerJson } from './tokenizer-json.js';
import { IncrementalDetokenizer } from './incremental-detokenizer.js';
import { createWhisperTokenizer } from './whisper-tokenizer.js';

const tokenizer = await createWhisperTokenizer(
  parseTokenizerJson(readFileSync(repositoryFile('packages/model-whisper-tiny-en/model/tokenizer.json'))),
);

describe('IncrementalDetokenizer', () => {
  it('adds up to the text of the tokens, for any tokens', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 50255 }), { maxLength: 40 }), (ids) => {
        const stream = new IncrementalDetokenizer(tokenizer);
        const shown = ids.map((id) => stream.push(id)).join('') + stream.finish();
        expect(shown).toBe(tokenizer.decode(ids));
      }),
    );
  });

  it('never shows a broken character of well-formed text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const stream = new IncrementalDetokenizer(tokenizer);
        let shown = '';
        for (const id of tokenizer.encode(text)) {
          shown += stream.push(id);
          expect(text.startsWith(shown)).toBe(true);
        }
        expect(shown).toBe(text);
        expect(stream.finish()).toBe('');
      }),
    );
  });

  it('leaves out control tokens and timestamps, and starts anew after finish()', () => {
    const stream = new IncrementalDetokenizer(tokenizer);
    const [first = 0, second = 0] = tokenizer.encode('你');
    expect(stream.push(first)).toBe('');
    expect([50257, 50363, 50362, 50256].map((id) => stream.push(id))).toEqual(['', '', '', '']);
    expect(stream.push(second)).toBe('你');
    stream.push(first);
    expect(stream.finish()).toBe('\ufffd');
    expect(stream.push(995)).toBe(' world');
  });
});
