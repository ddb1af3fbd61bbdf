import { repositoryFile } from '@org/asr-testkit';
import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { AsrError } from '../errors.js';
import { loadDeepSpeechScorer } from './deepspeech-scorer.js';
import { openKenlmTables } from './kenlm-binary.js';
import { loadNgramModel } from './load-ngram-model.js';
import type { NgramModel } from './ngram-model.js';

const binary = new Uint8Array(
  readFileSync(repositoryFile('tests/golden/vectors/kenlm/small4.trie_q8b8a64.bin')),
);

interface Trailer {
  readonly magic?: number;
  readonly version?: number;
  readonly bytesMode?: boolean;
  readonly alpha?: number;
}

/** As DeepSpeech's generate_scorer_package writes it: tables without words, trailer, and some lexicon. */
function scorerPackage({ magic = 0x54524945, version = 6, bytesMode = false, alpha = 0.93 }: Trailer = {}) {
  const { end } = openKenlmTables(binary, 'small4');
  const bytes = new Uint8Array(end + 25 + 40).fill(7);
  bytes.set(binary.subarray(0, end));
  bytes[100] = 0; // built with -v: no words at the end
  const view = new DataView(bytes.buffer, end);
  view.setUint32(0, magic, true);
  view.setInt32(4, version, true);
  view.setUint8(8, Number(bytesMode));
  view.setFloat64(9, alpha, true);
  view.setFloat64(17, 1.18, true);
  return bytes;
}

function score(model: NgramModel): number {
  const state = model.createState();
  model.beginSentence(state);
  return model.score(state, model.wordId('the'), model.createState());
}

describe('loadDeepSpeechScorer', () => {
  it('reads the language model and its weights', async () => {
    const { languageModel, alpha, beta } = await loadDeepSpeechScorer(scorerPackage());
    expect([alpha, beta]).toEqual([0.93, 1.18]);
    expect(score(languageModel)).toBe(score(await loadNgramModel(binary)));
    expect(languageModel.words()).toBeUndefined();
  });

  it.each([
    ['another mark', scorerPackage({ magic: 1 }), 'MODEL_INVALID', /no "TRIE" mark/],
    ['another version', scorerPackage({ version: 5 }), 'MODEL_UNSUPPORTED', /version 5, expected 6/],
    ['the bytes mode', scorerPackage({ bytesMode: true }), 'MODEL_UNSUPPORTED', /bytes output mode/],
    ['weights that are no numbers', scorerPackage({ alpha: Number.NaN }), 'MODEL_INVALID', /alpha NaN/],
    ['no trailer', scorerPackage().subarray(0, -50), 'MODEL_INVALID', /15 bytes behind the language model/],
    ['no language model', new Uint8Array(200), 'MODEL_INVALID', /begins with a KenLM binary/],
    ['half of the tables', scorerPackage().subarray(0, 900), 'MODEL_INVALID', /truncated/],
  ])('refuses %s', async (_, bytes, code, message) => {
    await expect(loadDeepSpeechScorer(bytes, { name: 'x.scorer' })).rejects.toMatchObject({ code, message });
    await expect(loadDeepSpeechScorer(bytes, { name: 'x.scorer' })).rejects.toThrow(/^x\.scorer/);
  });

  it('changed bytes are an AsrError or a model', async () => {
    const original = scorerPackage();
    const change = fc.tuple(
      fc.oneof(
        fc.nat(original.length - 1),
        fc.integer({ min: original.length - 65, max: original.length - 1 }),
      ),
      fc.nat(255),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 6 }), fc.nat(60), async (changes, cut) => {
        const bytes = original.slice(0, original.length - cut);
        for (const [at, value] of changes) bytes[at] = value;
        try {
          score((await loadDeepSpeechScorer(bytes)).languageModel);
        } catch (error) {
          expect(AsrError.isInstance(error), String(error)).toBe(true);
        }
      }),
      { numRuns: 400 },
    );
  });
});
