import { repositoryFile } from '@org/asr-testkit';
import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { AsrError } from '../errors.js';
import { loadDeepSpeechScorer } from './deepspeech-scorer.js';
import { openKenlmTables } from './kenlm-binary.js';
import { loadNgramModel } from './load-ngram-model.js';
import type { NgramModel } from './ngram-model.js';

const read = (name: string): Uint8Array =>
  new Uint8Array(readFileSync(repositoryFile(`tests/golden/vectors/kenlm/${name}`)));
const binary = read('small4.trie_q8b8a64.bin');
/** Packed by DeepSpeech's own code, see tests/golden/scripts/deepspeech_scorer.py. */
const original = read('small4.scorer');
const { end } = openKenlmTables(original, 'small4');
const FST = end + 25;

interface Trailer {
  readonly magic?: number;
  readonly version?: number;
  readonly bytesMode?: boolean;
  readonly alpha?: number;
}

function scorerPackage({ magic = 0x54524945, version = 6, bytesMode = false, alpha = 0.75 }: Trailer = {}) {
  const bytes = original.slice();
  const view = new DataView(bytes.buffer, end);
  view.setUint32(0, magic, true);
  view.setInt32(4, version, true);
  view.setUint8(8, Number(bytesMode));
  view.setFloat64(9, alpha, true);
  return bytes;
}

/** A package with a number of its lexicon changed, `at` bytes from where that begins. */
function changed(at: number, value: number): Uint8Array {
  const bytes = original.slice();
  new DataView(bytes.buffer).setUint32(FST + at, value, true);
  return bytes;
}

function score(model: NgramModel): number {
  const state = model.createState();
  model.beginSentence(state);
  return model.score(state, model.wordId('the'), model.createState());
}

describe('loadDeepSpeechScorer', () => {
  it('reads the language model and its weights', async () => {
    const { languageModel, alpha, beta } = await loadDeepSpeechScorer(original);
    expect(alpha).toBeCloseTo(0.75, 6);
    expect(beta).toBeCloseTo(1.85, 6);
    expect(score(languageModel)).toBe(score(await loadNgramModel(binary)));
    expect(languageModel.words()).toBeUndefined();
  });

  it('reads the lexicon: the words of the package and no others', async () => {
    const { lexicon } = await loadDeepSpeechScorer(original);
    const labels = " abcdefghijklmnopqrstuvwxyz'";
    const words: string[] = [];
    const walk = (state: number, spelled: string): void => {
      for (const [label, letter] of [...labels].entries()) {
        const next = lexicon.next(state, label);
        if (next < 0) continue;
        if (letter === ' ') {
          expect(next).toBe(lexicon.start);
          words.push(spelled);
        } else walk(next, spelled + letter);
      }
    };
    walk(lexicon.start, '');
    const known = [...(await loadNgramModel(binary)).words()!].filter((word) => /^[a-z']+$/.test(word));
    expect(words.toSorted()).toEqual([...known, 'zebra'].toSorted());
    expect(lexicon.labels).toBe(27); // z
    expect(lexicon.next(lexicon.start, 28)).toBe(-1);
  });

  it.each([
    ['another mark', scorerPackage({ magic: 1 }), 'MODEL_INVALID', /no "TRIE" mark/],
    ['another version', scorerPackage({ version: 5 }), 'MODEL_UNSUPPORTED', /version 5, expected 6/],
    ['the bytes mode', scorerPackage({ bytesMode: true }), 'MODEL_UNSUPPORTED', /bytes output mode/],
    ['weights that are no numbers', scorerPackage({ alpha: Number.NaN }), 'MODEL_INVALID', /alpha NaN/],
    ['no trailer', original.subarray(0, end + 15), 'MODEL_INVALID', /15 bytes behind the language model/],
    ['no lexicon', original.subarray(0, FST), 'MODEL_INVALID', /lexicon is damaged: it ends at byte/],
    ['half of the lexicon', original.subarray(0, -500), 'MODEL_INVALID', /37 states and \d+ arcs don't fit/],
    ['another mark of the lexicon', changed(0, 1), 'MODEL_INVALID', /no OpenFst mark/],
    ['another kind of FST', changed(8, 0x74636576), 'MODEL_UNSUPPORTED', /lexicon is a vect/],
    ['a start outside of it', changed(41, 99), 'MODEL_INVALID', /starts in state 99 of/],
    ['more states than bytes', changed(49, 2 ** 31), 'MODEL_INVALID', /don't fit/],
    ['no language model', new Uint8Array(200), 'MODEL_INVALID', /begins with a KenLM binary/],
    ['half of the tables', scorerPackage().subarray(0, 900), 'MODEL_INVALID', /truncated/],
  ])('refuses %s', async (_, bytes, code, message) => {
    await expect(loadDeepSpeechScorer(bytes, { name: 'x.scorer' })).rejects.toMatchObject({ code, message });
    await expect(loadDeepSpeechScorer(bytes, { name: 'x.scorer' })).rejects.toThrow(/^x\.scorer/);
  });

  it('changed bytes are an AsrError or a model', async () => {
    const change = fc.tuple(
      fc.oneof(fc.nat(original.length - 1), fc.integer({ min: end, max: original.length - 1 })),
      fc.nat(255),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 6 }), fc.nat(60), async (changes, cut) => {
        const bytes = original.slice(0, original.length - cut);
        for (const [at, value] of changes) bytes[at] = value;
        try {
          const { languageModel, lexicon } = await loadDeepSpeechScorer(bytes);
          score(languageModel);
          let state = lexicon.start;
          for (let i = 0; i < 50; i++) state = Math.max(lexicon.next(state, (i * 7) % 28), lexicon.start);
        } catch (error) {
          expect(AsrError.isInstance(error), String(error)).toBe(true);
        }
      }),
      { numRuns: 400 },
    );
  });
});
