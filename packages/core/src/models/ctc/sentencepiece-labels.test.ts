import { repositoryFile } from '@org/asr-testkit';
import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { AsrError } from '../../errors.js';
import { parseSentencePieces } from './sentencepiece-labels.js';

const folder = repositoryFile('tests/fixtures/sentencepiece');
const model = new Uint8Array(readFileSync(`${folder}/tokenizer.ckpt`));

describe('SentencePiece models', () => {
  it('have the pieces that the library reads, in its order', () => {
    const pieces = JSON.parse(readFileSync(`${folder}/pieces.json`, 'utf8')) as string[];
    expect(pieces.length).toBeGreaterThan(40);
    expect(parseSentencePieces(model, 'tokenizer.ckpt')).toEqual(pieces);
  });

  it.each([
    ['an empty file', new Uint8Array()],
    ['a PyTorch checkpoint', new TextEncoder().encode('PK\u0003\u0004')],
    ['a text', new TextEncoder().encode('<unk>\t0\n')],
    ['half of a piece', model.subarray(0, 9)],
  ])('%s is none', (_, bytes) => {
    expect(() => parseSentencePieces(bytes, 'tokenizer.ckpt')).toThrow(
      /tokenizer\.ckpt: not a SentencePiece model/,
    );
  });

  it('damaged bytes are MODEL_INVALID or labels, nothing else', () => {
    const change = fc.tuple(fc.nat(model.length - 1), fc.nat(255));
    fc.assert(
      fc.property(
        fc.array(change, { minLength: 1, maxLength: 6 }),
        fc.nat(model.length),
        (changes, length) => {
          const bytes = model.slice();
          for (const [at, value] of changes) bytes[at] = value;
          try {
            const pieces = parseSentencePieces(bytes.subarray(0, length), 'tokenizer.ckpt');
            expect(pieces.length).toBeLessThanOrEqual(length);
          } catch (error) {
            expect(AsrError.isInstance(error) && error.code).toBe('MODEL_INVALID');
          }
        },
      ),
      { numRuns: 1000 },
    );
  });
});
