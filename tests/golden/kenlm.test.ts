import { loadNgramModel, type NgramModel } from '@org/asr-core';
import { hasTestData, repositoryFile, testData } from '@org/asr-testkit';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const folder = repositoryFile('tests/golden/vectors/kenlm');

type Token = readonly [logProb: number, matchedLength: number, outOfVocabulary: boolean];
interface Scored {
  readonly sentence: string;
  readonly words: readonly string[];
  readonly bos1_eos1: { readonly tokens: readonly Token[] };
  readonly bos0_eos1: { readonly tokens: readonly Token[] };
}
interface GoldenModel {
  readonly sentences: readonly Scored[];
  readonly state_classes: readonly (readonly string[])[];
}
interface Golden {
  readonly variants: Readonly<
    Record<string, { readonly loads: boolean; readonly arpa: string; readonly a_c_d_é?: readonly Token[] }>
  >;
  readonly models: Readonly<Record<string, GoldenModel>>;
  readonly binaries: Readonly<
    Record<string, { readonly own_scores?: readonly { sentence: string; tokens: readonly Token[] }[] }>
  >;
}

const golden = JSON.parse(readFileSync(`${folder}/scores.json`, 'utf8')) as Golden;

/** Scores words one by one, `</s>` last. */
function scoreAll(model: NgramModel, words: readonly string[], begin: boolean): Token[] {
  let state = model.createState();
  let next = model.createState();
  if (begin) model.beginSentence(state);
  return words.map((word) => {
    const id = model.wordId(word);
    const logProb = model.score(state, id, next);
    [state, next] = [next, state];
    return [logProb, model.matchedLength, id === 0];
  });
}

/** Scores are sums of float32, so their error grows with their size. */
function expectTokens(found: readonly Token[], expected: readonly Token[], tolerance = 1e-6): void {
  expect(found.map(([, length, oov]) => [length, oov])).toEqual(
    expected.map(([, length, oov]) => [length, oov]),
  );
  found.forEach(([logProb], i) => {
    const reference = (expected[i] as Token)[0];
    expect(Math.abs(logProb - reference)).toBeLessThan(tolerance * Math.max(2, Math.abs(reference)));
  });
}

const load = (file: string): Promise<NgramModel> =>
  loadNgramModel(new Uint8Array(readFileSync(`${folder}/${file}`)), { name: file });

describe('KenLM scores', () => {
  const exact = [
    'small4.arpa',
    'small4.probing.bin',
    'small4.probing_p2.bin',
    'small4.trie.bin',
    'small4.trie_a64.bin',
    'hand3.arpa',
    'hand3_comment.arpa',
    'hand3.probing.bin',
    'hand3.trie.bin',
    'hand3.trie_a64.bin',
    'hand3_nounk.arpa',
    'hand3_nounk.probing.bin',
  ];
  it.each(exact)('%s equals kenlm token by token', async (file) => {
    const model = await load(file);
    const name = (file.split('.')[0] as string).replace('_comment', '');
    const reference = golden.models[name] as GoldenModel;
    for (const { words, bos1_eos1, bos0_eos1 } of reference.sentences) {
      expectTokens(scoreAll(model, [...words, '</s>'], true), bos1_eos1.tokens);
      expectTokens(scoreAll(model, [...words, '</s>'], false), bos0_eos1.tokens);
    }
  });

  const quantised = [
    'small4.trie_q8b8.bin',
    'small4.trie_q8b8a64.bin',
    'hand3.trie_q8b8.bin',
    'hand3.trie_q8b8a64.bin',
  ];
  it.each(quantised)('%s equals kenlm on the quantised file', async (file) => {
    const model = await load(file);
    const scores = golden.binaries[file]?.own_scores ?? [];
    expect(scores.length).toBeGreaterThan(5);
    for (const { sentence, tokens } of scores) {
      const words = sentence.split(' ').filter((word) => word !== '');
      expectTokens(scoreAll(model, [...words, '</s>'], true), tokens);
    }
  });

  it.each(exact)('%s: equal contexts give equal states', async (file) => {
    const model = await load(file);
    const name = (file.split('.')[0] as string).replace('_comment', '');
    const keyOf = (text: string): string => {
      const begin = text.startsWith('<s>');
      const words = text
        .replace('<s>', '')
        .split(' ')
        .filter((word) => word !== '');
      let state = model.createState();
      let next = model.createState();
      if (begin) model.beginSentence(state);
      for (const word of words) {
        model.score(state, model.wordId(word), next);
        [state, next] = [next, state];
      }
      return state.key();
    };
    for (const texts of (golden.models[name] as GoldenModel).state_classes) {
      // "<s> the" in the file is also the literal word sequence; both mean the same here.
      const keys = new Set(texts.filter((text) => !text.startsWith('<s> <s>')).map(keyOf));
      expect([...keys], texts.join(' | ')).toHaveLength(1);
    }
  });

  it('keeps the words of the vocabulary', async () => {
    for (const file of ['small4.arpa', 'small4.probing.bin', 'small4.trie_a64.bin']) {
      const words = [...((await load(file)).words() ?? [])];
      expect(words).toContain('über');
      expect(words[0]).toBe('<unk>');
    }
  });
});

describe('ARPA variants', () => {
  // KenLM refuses these for reasons of its own; they are harmless here.
  const tolerated = new Set(['order1', 'spaces_instead_of_tabs', 'no_bos', 'bom', 'data_after_end']);
  it.each(Object.entries(golden.variants))('%s', async (name, { loads, arpa, a_c_d_é: expected }) => {
    const loading = loadNgramModel(new TextEncoder().encode(arpa), { name: 'test.arpa' });
    if (!loads && !tolerated.has(name)) {
      await expect(loading).rejects.toMatchObject({
        code: 'MODEL_INVALID',
        message: expect.stringMatching(/^test\.arpa, line \d+: /) as unknown,
      });
      return;
    }
    const model = await loading;
    if (expected)
      expectTokens(scoreAll(model, ['a', 'c', 'd', 'é', '</s>'].slice(0, expected.length), true), expected);
  });
});

describe.skipIf(!hasTestData)('a real trigram (extended test data)', () => {
  const real = testData('golden/kenlm/en_us.json');
  it.each(['en-us.pruned.arpa.gz', 'en-us.pruned.trie.bin', 'en-us.small.arpa.gz'])('%s', async (file) => {
    const model = await loadNgramModel(new Uint8Array(readFileSync(testData(`lm/${file}`))), { name: file });
    const { results } = JSON.parse(readFileSync(real, 'utf8')) as {
      results: Record<string, { scores: readonly { sentence: string; tokens: readonly Token[] }[] }>;
    };
    const scores = results[file.replace('trie.bin', 'arpa.gz')]?.scores ?? [];
    expect(scores.length).toBeGreaterThan(0);
    for (const { sentence, tokens } of scores) {
      const words = sentence.split(' ');
      // The trie in the test data is quantised to 8 bits; its scores differ by the width of a bin.
      const tolerance = file.endsWith('.bin') ? 0.02 : 1e-6;
      expectTokens(scoreAll(model, [...words, '</s>'].slice(0, tokens.length), true), tokens, tolerance);
    }
  });
});
