import { AsrError } from '../errors.js';
import { repositoryFile } from '@org/asr-testkit';
import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { loadNgramModel } from './load-ngram-model.js';
import type { NgramModel } from './ngram-model.js';

const read = (file: string): Uint8Array =>
  new Uint8Array(readFileSync(repositoryFile(`tests/golden/vectors/kenlm/${file}`)));

/** Loads and uses a model; only a typed error may come out of damaged bytes. */
async function survives(bytes: Uint8Array): Promise<void> {
  let model: NgramModel;
  try {
    model = await loadNgramModel(bytes, { name: 'damaged' });
    let state = model.createState();
    let next = model.createState();
    model.beginSentence(state);
    for (const word of ['a', 'b', 'c', 'zebra', '</s>', 'the', 'cat']) {
      model.score(state, model.wordId(word), next);
      [state, next] = [next, state];
    }
    Array.from(model.words() ?? []);
  } catch (error) {
    expect(AsrError.isInstance(error), String(error)).toBe(true);
  }
}

describe('damaged language models', () => {
  const files = [
    'hand3.arpa',
    'hand3.probing.bin',
    'hand3.trie.bin',
    'hand3.trie_a64.bin',
    'small4.trie_q8b8a64.bin',
  ];
  it.each(files)('%s with changed bytes is an AsrError or a model', async (file) => {
    const original = read(file);
    const edits = fc.array(fc.tuple(fc.nat(original.length - 1), fc.nat(255)), {
      minLength: 1,
      maxLength: 6,
    });
    await fc.assert(
      fc.asyncProperty(edits, async (changes) => {
        const bytes = original.slice();
        for (const [at, value] of changes) bytes[at] = value;
        await survives(bytes);
      }),
      { numRuns: 300 },
    );
  });

  it.each(files)('%s cut short is MODEL_INVALID', async (file) => {
    const original = read(file);
    // The words at the end of a binary are not needed for scores, so only cuts in front of them must fail.
    const cut = Math.floor(original.length * 0.4);
    await expect(loadNgramModel(original.subarray(0, cut), { name: file })).rejects.toMatchObject({
      code: 'MODEL_INVALID',
      message: expect.stringContaining(file) as unknown,
    });
  });

  it('random bytes are an AsrError', async () => {
    await fc.assert(fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), survives), { numRuns: 300 });
  });

  it.each([1e6, 1e8, 3e9, 999_999_999_999])(
    'an announced count of %d that the file can’t hold is MODEL_INVALID, and nothing is allocated for it',
    async (count) => {
      const arpa = `\\data\\\nngram 1=3\nngram 2=${count}\n\n\\1-grams:\n-1 a 0\n`;
      const before = process.memoryUsage().arrayBuffers;
      await expect(loadNgramModel(new TextEncoder().encode(arpa), { name: 'x.arpa' })).rejects.toMatchObject({
        code: 'MODEL_INVALID',
        message: expect.stringMatching(/^x\.arpa, line 5: .*more than the file can hold/u) as unknown,
      });
      expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(4e6);
    },
  );

  it('an announced count that no memory can hold is MODEL_INVALID', async () => {
    const arpa = '\\data\\\nngram 1=3\nngram 2=999999999999\n\n\\1-grams:\n';
    await expect(loadNgramModel(new TextEncoder().encode(arpa), { name: 'x.arpa' })).rejects.toMatchObject({
      code: 'MODEL_INVALID',
    });
  });
});

describe('gzipped ARPA', () => {
  it('equals the plain file', async () => {
    const plain = await loadNgramModel(read('small4.arpa'));
    const packed = await loadNgramModel(new Uint8Array(gzipSync(read('small4.arpa'))));
    const score = (model: NgramModel): number => {
      const state = model.createState();
      model.beginSentence(state);
      return model.score(state, model.wordId('the'), model.createState());
    };
    expect(score(packed)).toBe(score(plain));
  });

  it('cut short is MODEL_INVALID', async () => {
    const packed = new Uint8Array(gzipSync(read('small4.arpa')));
    await expect(loadNgramModel(packed.subarray(0, packed.length >> 1))).rejects.toMatchObject({
      code: 'MODEL_INVALID',
    });
  });
});

describe('streams', () => {
  const scores = (model: NgramModel): number[] => {
    let state = model.createState();
    let next = model.createState();
    model.beginSentence(state);
    return ['the', 'cat', 'sat', 'on', 'the', 'mat', '</s>'].map((word) => {
      const score = model.score(state, model.wordId(word), next);
      [state, next] = [next, state];
      return score;
    });
  };
  const sources = {
    'an ARPA file': read('small4.arpa'),
    'a gzipped one': new Uint8Array(gzipSync(read('small4.arpa'))),
    'a KenLM binary': read('small4.trie_a64.bin'),
  };

  /** Pieces of the sizes given, one after the other. */
  async function* pieces(bytes: Uint8Array, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
    for (let at = 0, i = 0; at < bytes.length; i++) {
      await Promise.resolve();
      yield bytes.slice(at, (at += sizes[i % sizes.length]!));
    }
  }

  const readableOf = (source: AsyncIterator<Uint8Array>): ReadableStream<Uint8Array> =>
    new ReadableStream({
      async pull(controller) {
        const { done, value } = await source.next();
        if (done === true) controller.close();
        else controller.enqueue(value);
      },
    });

  it.each(Object.entries(sources))('%s in pieces of any size is the whole file', async (_, bytes) => {
    const whole = scores(await loadNgramModel(bytes));
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 3000 }), { minLength: 1, maxLength: 8 }),
        fc.boolean(),
        async (sizes, readable) => {
          const stream = pieces(bytes, sizes);
          const model = await loadNgramModel(readable ? readableOf(stream) : stream);
          expect(scores(model)).toEqual(whole);
        },
      ),
      { numRuns: 20 },
    );
  });

  it('end where the signal says so, and give the source back', async () => {
    const controller = new AbortController();
    let closed = false;
    async function* endless(): AsyncGenerator<Uint8Array> {
      try {
        for (;;) {
          await Promise.resolve();
          yield read('small4.arpa').slice(0, 200);
          controller.abort(new Error('enough'));
        }
      } finally {
        closed = true;
      }
    }
    await expect(loadNgramModel(endless(), { signal: controller.signal })).rejects.toThrow('enough');
    expect(closed).toBe(true);
  });

  it.each(Object.entries(sources))('%s: what the source fails with comes out', async (_, bytes) => {
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield bytes.slice(0, bytes.length >> 1);
      await Promise.resolve();
      throw new Error('the line is down');
    }
    await expect(loadNgramModel(broken())).rejects.toThrow('the line is down');
  });

  it('cut short are MODEL_INVALID', async () => {
    for (const bytes of Object.values(sources)) {
      for (const share of [0, 0.01, 0.4]) {
        const stream = pieces(bytes.subarray(0, bytes.length * share), [777]);
        await expect(loadNgramModel(stream, { name: 'cut' })).rejects.toMatchObject({
          code: 'MODEL_INVALID',
          message: expect.stringContaining('cut') as unknown,
        });
      }
    }
  });
});

describe('a bigram that pruning left without its ending', () => {
  it('is still found through longer n-grams', async () => {
    // "a b c" and "z b c" are trigrams, "b c" is none: KenLM puts it back with the backed-off score.
    const arpa = [
      '\\data\\\nngram 1=5\nngram 2=2\nngram 3=2\n\n\\1-grams:',
      '-1 <unk>\n-0.5 a -0.2\n-0.6 b -0.3\n-0.7 c\n-0.8 z -0.1\n\n\\2-grams:',
      '-0.25 a b -0.15\n-0.35 z b -0.05\n\n\\3-grams:\n-0.05 a b c\n-0.06 z b c\n\n\\end\\\n',
    ].join('\n');
    const model = await loadNgramModel(new TextEncoder().encode(arpa));
    const after = (...words: string[]): number => {
      let state = model.createState();
      let next = model.createState();
      let logProb = 0;
      for (const word of words) {
        logProb = model.score(state, model.wordId(word), next);
        [state, next] = [next, state];
      }
      return logProb;
    };
    expect(after('a', 'b', 'c')).toBeCloseTo(-0.05, 6);
    expect(after('z', 'b', 'c')).toBeCloseTo(-0.06, 6);
    expect(after('b', 'c')).toBeCloseTo(-0.3 - 0.7, 6);
  });
});
