import { readFileSync } from 'node:fs';
import { hasTestData, repositoryFile, testData } from '@org/asr-testkit';
import { beforeAll, describe, expect, it } from 'vitest';
import { parseTokenizerJson } from '../../packages/core/src/text/tokenizer-json.js';
import { IncrementalDetokenizer } from '../../packages/core/src/text/incremental-detokenizer.js';
import {
  resolveSpecialTokens,
  type WhisperSpecialTokens,
} from '../../packages/core/src/text/whisper-special-tokens.js';
import {
  createWhisperTokenizer,
  type WhisperTokenizer,
} from '../../packages/core/src/text/whisper-tokenizer.js';

interface Specials {
  readonly sot_sequence: readonly number[];
  readonly eot: number;
  readonly sot: number;
  readonly transcribe: number;
  readonly translate: number;
  readonly sot_lm: number;
  readonly sot_prev: number;
  readonly no_speech: number;
  readonly no_timestamps: number;
  readonly timestamp_begin: number;
  readonly n_vocab: number;
  readonly non_speech_tokens: readonly number[];
  readonly languages: readonly string[] | null;
}

interface Golden {
  readonly specials: Readonly<Record<'tiny.en' | 'base' | 'large-v3', Specials>>;
  readonly encode: readonly { text: string; gpt2: readonly number[]; multilingual: readonly number[] }[];
  readonly streaming: readonly {
    tokenizer: 'gpt2' | 'multilingual';
    text: string;
    tokens: readonly number[];
    token_bytes_hex: readonly string[];
    decode_each_prefix: readonly string[];
    stream_emit: readonly string[];
    flush: string;
  }[];
  readonly invalid: readonly {
    tokenizer: 'gpt2' | 'multilingual';
    tokens: readonly number[];
    bytes_hex: string;
    decode: string;
    stream_emit: readonly string[];
    flush: string;
  }[];
  readonly with_timestamps: readonly {
    tokens: readonly number[];
    decode: string;
    decode_with_timestamps: string;
  }[];
}

const golden = JSON.parse(
  readFileSync(repositoryFile('tests/golden/vectors/whisper/tokenizer.json'), 'utf8'),
) as Golden;

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** The reference's names in ours. */
function specialsOf(expected: Specials): Partial<WhisperSpecialTokens> {
  return {
    endOfText: expected.eot,
    startOfTranscript: expected.sot,
    translate: expected.translate,
    transcribe: expected.transcribe,
    startOfLm: expected.sot_lm,
    startOfPrevious: expected.sot_prev,
    noSpeech: expected.no_speech,
    noTimestamps: expected.no_timestamps,
    timestampBegin: expected.timestamp_begin,
    timestampEnd: expected.n_vocab - 1,
    multilingual: expected.languages !== null,
  };
}

function expectLanguages(special: WhisperSpecialTokens, expected: Specials): void {
  if (!expected.languages) return;
  expect([...special.languages.keys()].sort()).toEqual([...expected.languages].sort());
  // The script made them for Spanish (base) and Cantonese (large-v3).
  const language = expected.languages.includes('yue') ? 'yue' : 'es';
  expect(special.languages.get(language)).toBe(expected.sot_sequence[1]);
}

function suite(
  kind: 'gpt2' | 'multilingual',
  model: 'tiny.en' | 'base',
  path: () => string,
): () => WhisperTokenizer {
  let tokenizer: WhisperTokenizer;

  beforeAll(async () => {
    tokenizer = await createWhisperTokenizer(parseTokenizerJson(readFileSync(path())));
  });

  it('finds the special tokens', () => {
    expect(tokenizer.special).toMatchObject(specialsOf(golden.specials[model]));
    expectLanguages(tokenizer.special, golden.specials[model]);
    expect(tokenizer.vocabularySize).toBe(golden.specials[model].n_vocab);
  });

  it('finds the non-speech tokens', () => {
    expect(tokenizer.nonSpeechTokens()).toEqual(golden.specials[model].non_speech_tokens);
  });

  it.each(golden.encode)('encodes $text', ({ text, [kind]: ids }) => {
    expect(tokenizer.encode(text)).toEqual(ids);
    expect(tokenizer.decode(ids)).toBe(text);
  });

  it.each(golden.streaming.filter((entry) => entry.tokenizer === kind))('streams $text', (entry) => {
    const stream = new IncrementalDetokenizer(tokenizer);
    expect(entry.tokens.map((id) => stream.push(id))).toEqual(entry.stream_emit);
    expect(stream.finish()).toBe(entry.flush);
    expect(entry.tokens.map((id) => hex(tokenizer.decodeBytes([id])))).toEqual(entry.token_bytes_hex);
    expect(entry.tokens.map((_, i) => tokenizer.decode(entry.tokens.slice(0, i + 1)))).toEqual(
      entry.decode_each_prefix,
    );
  });

  it.each(golden.invalid.filter((entry) => entry.tokenizer === kind))(
    'decodes the bytes $bytes_hex',
    (entry) => {
      const stream = new IncrementalDetokenizer(tokenizer);
      expect(hex(tokenizer.decodeBytes(entry.tokens))).toBe(entry.bytes_hex);
      expect(tokenizer.decode(entry.tokens)).toBe(entry.decode);
      expect(entry.tokens.map((id) => stream.push(id))).toEqual(entry.stream_emit);
      expect(stream.finish()).toBe(entry.flush);
    },
  );

  return () => tokenizer;
}

describe('tokenizer of tiny.en', () => {
  const tokenizer = suite('gpt2', 'tiny.en', () =>
    repositoryFile('packages/model-whisper-tiny-en/model/tokenizer.json'),
  );

  it.each(golden.with_timestamps)('writes the timestamps of $tokens', (entry) => {
    expect(tokenizer().decode(entry.tokens)).toBe(entry.decode);
    expect(tokenizer().decodeWithTimestamps(entry.tokens)).toBe(entry.decode_with_timestamps);
  });
});

describe.skipIf(!hasTestData)('tokenizer of base', () => {
  suite('multilingual', 'base', () => testData('models/whisper-base/tokenizer.json'));
});

describe('special tokens without names', () => {
  it.each(['tiny.en', 'base', 'large-v3'] as const)('follow from the vocabulary size of %s', (model) => {
    const expected = golden.specials[model];
    const special = resolveSpecialTokens({
      origin: 'test',
      names: new Map(),
      basePairs: expected.eot,
      modelVocabularySize: expected.n_vocab,
    });
    expect(special).toMatchObject(specialsOf(expected));
    expectLanguages(special, expected);
  });
});
