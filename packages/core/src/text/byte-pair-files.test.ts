import { readFileSync } from 'node:fs';
import { repositoryFile } from '@org/asr-testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AsrError } from '../errors.js';
import { byteLevelToBytes } from './byte-level.js';
import type { BytePairFiles } from './byte-pair-files.js';
import { parseTokenizerJson } from './tokenizer-json.js';
import { parseTokensText } from './tokens-text.js';
import { parseVocabularyFiles } from './vocabulary-files.js';
import { createWhisperTokenizer, type WhisperTokenizer } from './whisper-tokenizer.js';

interface TokenizerJson {
  readonly added_tokens: readonly {
    readonly id: number;
    readonly content: string;
    readonly special: boolean;
  }[];
  readonly model: { readonly vocab: Readonly<Record<string, number>>; readonly merges: readonly string[] };
}

const bytes = readFileSync(repositoryFile('packages/model-whisper-tiny-en/model/tokenizer.json'));
const json = JSON.parse(bytes.toString()) as TokenizerJson;
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const encodeJson = (value: unknown): Uint8Array => utf8(JSON.stringify(value));

const bytePieces = Object.fromEntries(Object.entries(json.model.vocab).filter(([, id]) => id < 256));

/** A small valid tokenizer.json: the bytes, two merges, four named tokens. */
function small(change: (json: Record<string, unknown>) => void = () => {}): Record<string, unknown> {
  const vocab = Object.fromEntries(
    Object.entries(json.model.vocab).filter(([, id]) => id < 258 || id === 50256),
  );
  const byteLevel = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true };
  const value: Record<string, unknown> = {
    version: '1.0',
    added_tokens: json.added_tokens,
    normalizer: null,
    pre_tokenizer: byteLevel,
    post_processor: null,
    decoder: byteLevel,
    model: { type: 'BPE', vocab, merges: json.model.merges.slice(0, 2) },
  };
  change(value);
  return value;
}

const sherpaText = Object.entries(json.model.vocab)
  .filter(([, id]) => id < 50256)
  .map(([piece, id]) => `${Buffer.from(byteLevelToBytes(piece)!).toString('base64')} ${id}`)
  .join('\n');

function code(action: () => unknown): unknown {
  try {
    action();
    return undefined;
  } catch (error) {
    return AsrError.isInstance(error) ? error.code : error;
  }
}

describe('the three formats of tiny.en', () => {
  const formats: Record<string, () => BytePairFiles> = {
    'tokenizer.json, merges as pairs': () =>
      parseTokenizerJson(
        encodeJson({
          ...json,
          model: { ...json.model, merges: json.model.merges.map((pair) => pair.split(' ')) },
        }),
      ),
    'vocab.json, merges.txt and added_tokens.json': () =>
      parseVocabularyFiles(
        encodeJson(json.model.vocab),
        utf8(`#version: 0.2\r\n${json.model.merges.join('\r\n')}\r\n`),
        encodeJson(Object.fromEntries(json.added_tokens.map(({ content, id }) => [content, id]))),
      ),
    'tokens.txt of sherpa-onnx': () => parseTokensText(utf8(`${sherpaText}\n`), 'tiny.en-tokens.txt'),
  };

  it.each(Object.keys(formats))('%s: the same tokenizer', async (format) => {
    const reference = await createWhisperTokenizer(parseTokenizerJson(bytes));
    const files = formats[format]!();
    const tokenizer = await createWhisperTokenizer(files, { modelVocabularySize: 51864 });
    expect(files.ranked).toBe(true);
    expect(tokenizer.special).toEqual(reference.special);
    expect(tokenizer.nonSpeechTokens()).toEqual(reference.nonSpeechTokens());
    const text = ' Naïve café, 東京 ♪';
    expect(tokenizer.encode(text)).toEqual(reference.encode(text));
    const all = [...reference.encode(text), 50257, 50362, 50363, 50463, 50256];
    expect(tokenizer.decodeWithTimestamps(all)).toBe(reference.decodeWithTimestamps(all));
  });

  it('takes the bare "=" with which the multilingual file of sherpa-onnx ends', () => {
    const files = parseTokensText(utf8(`${sherpaText}\n= 50256\n`), 'base-tokens.txt');
    expect(files.pieces[50256]).toBe('');
  });
});

describe('vocabularies of another make', () => {
  const encodeBoth = async (value: unknown, text: string): Promise<[WhisperTokenizer, number[]]> => {
    const tokenizer = await createWhisperTokenizer(parseTokenizerJson(encodeJson(value)));
    return [tokenizer, tokenizer.encode(text)];
  };

  it('are encoded by the merge list where ids are not in merge order', async () => {
    const files = small((value) => {
      const { vocab } = value['model'] as { vocab: Record<string, number> };
      value['model'] = {
        type: 'BPE',
        vocab: { ...vocab, '\u0120t': 257, '\u0120a': 256 },
        merges: ['\u0120 t', '\u0120 a'],
      };
    });
    const parsed = parseTokenizerJson(encodeJson(files));
    expect(parsed.ranked).toBe(false);
    const [, ids] = await encodeBoth(files, ' t a');
    expect(ids).toEqual([257, 256]);
  });

  it('keep the words a fine-tune added, and keep control tokens out of prompts', async () => {
    const files = small((value) => {
      value['added_tokens'] = [
        ...json.added_tokens,
        { id: 51864, content: 'Kaldi', special: false, normalized: false },
      ];
    });
    const [tokenizer, ids] = await encodeBoth(files, 'Kaldi<|endoftext|>');
    expect(ids[0]).toBe(51864);
    expect(ids).not.toContain(50256);
    expect(tokenizer.decode(ids)).toBe('Kaldi<|endoftext|>');
    expect(tokenizer.isText(51864)).toBe(true);
    expect(tokenizer.isText(51863)).toBe(false);
    expect(tokenizer.isTimestamp(51864)).toBe(false);
  });

  it('obey a normaliser', async () => {
    const [, ids] = await encodeBoth(
      small((value) => (value['normalizer'] = { type: 'Lowercase' })),
      'T',
    );
    expect(ids).toEqual([json.model.vocab['t']]);
  });
});

describe('damaged files', () => {
  const damaged: Record<string, unknown> = {
    'no model': { ...small(), model: undefined },
    'vocab is a list': small((value) => (value['model'] = { type: 'BPE', vocab: [], merges: [] })),
    'empty vocab': small((value) => (value['model'] = { type: 'BPE', vocab: {}, merges: [] })),
    'negative id': small((value) => (value['model'] = { type: 'BPE', vocab: { a: -1 }, merges: [] })),
    'huge id': small((value) => (value['model'] = { type: 'BPE', vocab: { a: 2 ** 31 }, merges: [] })),
    'piece that is no byte-level text': small(
      (value) => (value['model'] = { type: 'BPE', vocab: { ...bytePieces, 東: 256 }, merges: [] }),
    ),
    'merge of three': small(
      (value) => (value['model'] = { type: 'BPE', vocab: { a: 1 }, merges: ['a b c'] }),
    ),
    'added token without text': small((value) => (value['added_tokens'] = [{ id: 1 }])),
    'added tokens missing': { ...small(), added_tokens: null },
  };

  it.each(Object.keys(damaged))('%s', (name) => {
    expect(code(() => parseTokenizerJson(encodeJson(damaged[name])))).toBe('MODEL_INVALID');
  });

  it('says what else a file may be', () => {
    const pointer = utf8('version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n');
    expect(() => parseTokenizerJson(pointer)).toThrow(/tokenizer\.json.*Git LFS pointer/su);
  });

  it('refuses another kind of tokenizer', () => {
    const unigram = small((value) => (value['model'] = { type: 'Unigram', vocab: [['a', 0]] }));
    expect(code(() => parseTokenizerJson(encodeJson(unigram)))).toBe('MODEL_UNSUPPORTED');
  });

  it('names the line of a tokens.txt', () => {
    expect(() => parseTokensText(utf8('IQ== 0\n%% 1\n'), 'x-tokens.txt')).toThrow(/x-tokens\.txt, line 2/u);
    expect(() => parseTokensText(utf8('IQ== 0\nIg== 2\n'), 'x-tokens.txt')).toThrow(/token 1 is missing/u);
  });

  it('is always an AsrError, however the bytes are damaged', async () => {
    const valid = encodeJson(small());
    const tokens = utf8(sherpaText.slice(0, 4000));
    const damage = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(damage, fc.option(fc.nat()), fc.boolean(), async (changes, cut, asJson) => {
        const source = asJson ? valid : tokens;
        const broken = source.slice(0, cut === null ? source.length : cut % source.length);
        for (const [at, byte] of changes) if (broken.length > 0) broken[at % broken.length] = byte;
        try {
          const files = asJson ? parseTokenizerJson(broken) : parseTokensText(broken, 'x-tokens.txt');
          const tokenizer = await createWhisperTokenizer(files, { modelVocabularySize: 51864 });
          tokenizer.decode(tokenizer.encode('some text'));
        } catch (error) {
          if (!AsrError.isInstance(error)) throw error;
          expect(['MODEL_INVALID', 'MODEL_UNSUPPORTED']).toContain(error.code);
        }
      }),
      { numRuns: 400 },
    );
  });

  it('is always an AsrError, whatever a field of tokenizer.json holds', async () => {
    const paths = [
      ['normalizer'],
      ['pre_tokenizer'],
      ['pre_tokenizer', 'use_regex'],
      ['post_processor'],
      ['decoder'],
      ['model'],
      ['model', 'type'],
      ['model', 'vocab'],
      ['model', 'vocab', 'a'],
      ['model', 'merges'],
      ['model', 'merges', '0'],
      ['added_tokens'],
      ['added_tokens', '0'],
      ['added_tokens', '0', 'id'],
      ['added_tokens', '1', 'content'],
      ['added_tokens', '2', 'special'],
    ];
    const valid = JSON.stringify(small());
    const changes = fc.array(fc.tuple(fc.constantFrom(...paths), fc.jsonValue()), {
      minLength: 1,
      maxLength: 3,
    });
    await fc.assert(
      fc.asyncProperty(changes, async (list) => {
        const broken = JSON.parse(valid) as unknown;
        for (const [path, value] of list) {
          let at = broken;
          for (const key of path.slice(0, -1)) at = (at as Record<string, unknown> | undefined)?.[key];
          if (typeof at === 'object' && at !== null) Object.assign(at, { [path.at(-1)!]: value });
        }
        try {
          const files = parseTokenizerJson(encodeJson(broken));
          const tokenizer = await createWhisperTokenizer(files, { modelVocabularySize: 51864 });
          tokenizer.decode(tokenizer.encode('some text'));
        } catch (error) {
          if (!AsrError.isInstance(error)) throw error;
          expect(['MODEL_INVALID', 'MODEL_UNSUPPORTED']).toContain(error.code);
        }
      }),
      { numRuns: 200 },
    );
  });
});
