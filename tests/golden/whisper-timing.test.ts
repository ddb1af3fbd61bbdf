import { readFileSync } from 'node:fs';
import { hasTestData, repositoryFile, testData } from '@org/asr-testkit';
import {
  addWordTimestamps,
  alignWords,
  alignmentMatrix,
  createWhisperTokenizer,
  dynamicTimeWarping,
  medianFilter,
  mergePunctuation,
  parseTokenizerJson,
  splitIntoCharacters,
  splitIntoWords,
  tokenStartTimes,
} from '@org/asr-core';
import type { WordSplitTokenizer } from '@org/asr-core';
import { describe, expect, it } from 'vitest';

type Words = readonly (readonly [text: string, start: number, end: number, probability: number])[];
interface Vectors {
  readonly prepend: string;
  readonly append: string;
  readonly dtw: readonly {
    readonly seed?: number;
    readonly name?: string;
    readonly shape: [number, number];
    readonly cost: number[][] | null;
    readonly text_indices: number[];
    readonly time_indices: number[];
  }[];
  readonly median_filter: readonly {
    readonly seed: number;
    readonly n: number;
    readonly width: number;
    readonly input: number[];
    readonly output: number[];
  }[];
  readonly attention: readonly {
    readonly seed: number;
    readonly heads: number;
    readonly tokens: number;
    readonly frames: number;
    readonly num_frames: number;
    readonly sot_len: number;
    readonly matrix: number[][];
    readonly jump_times: number[];
  }[];
  readonly merge_punctuations: readonly { words: string[]; merged: string[]; tokens: number[][] }[];
  readonly add_word_timestamps: readonly {
    readonly name: string;
    readonly last_speech_timestamp: number;
    readonly input_segments: readonly [start: number, end: number, text: string][];
    readonly alignment: Words;
    readonly tokens: number[][];
    readonly segments: readonly { start: number; end: number; words: Words }[];
  }[];
  readonly split_to_word_tokens: readonly {
    readonly multilingual: boolean;
    readonly language: string;
    readonly tokens: number[];
    readonly words: string[];
    readonly word_tokens: number[][];
  }[];
}

const vectors = JSON.parse(
  readFileSync(repositoryFile('tests/golden/vectors/whisper/timing.json'), 'utf8'),
) as Vectors;

/** The vectors' random numbers: mulberry32 in −1…1. */
function random(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return (((t ^ (t >>> 14)) >>> 0) / 4294967296) * 2 - 1;
  };
}

describe('dynamic time warping', () => {
  it.each(vectors.dtw)('$name $seed $shape', ({ seed, shape, cost, text_indices, time_indices }) => {
    const [rows, columns] = shape;
    const next = random(seed ?? 0);
    const values = seed === undefined ? cost!.flat() : Array.from({ length: rows * columns }, next);
    const path = dynamicTimeWarping(Float32Array.from(values), rows, columns);
    expect([...path.rows]).toEqual(text_indices);
    expect([...path.columns]).toEqual(time_indices);
  });
});

describe('median filter', () => {
  it.each(vectors.median_filter)('$n values, width $width', ({ n, width, input, output }) => {
    const values = Float32Array.from(input);
    medianFilter(values, 0, n, width);
    expect(values).toEqual(Float32Array.from(output));
  });
});

describe('attention to token times', () => {
  const logitsOf = (seed: number, heads: number, tokens: number, frames: number): Float32Array => {
    const next = random(seed);
    return Float32Array.from({ length: heads * tokens * frames }, (_, i) => {
      const frame = i % frames;
      const token = Math.floor(i / frames) % tokens;
      return next() * 2 + (Math.abs(frame - ((token + 0.5) * frames) / tokens) < 1.5 ? 3 : 0);
    });
  };
  const softmax = (logits: Float32Array, frames: number): Float32Array => {
    const out = logits.map(Math.exp);
    for (let at = 0; at < out.length; at += frames) {
      const row = out.subarray(at, at + frames);
      const sum = row.reduce((a, b) => a + b, 0);
      for (let i = 0; i < frames; i++) row[i]! /= sum;
    }
    return out;
  };

  describe.each(['logits', 'probabilities'] as const)('from %s', (kind) => {
    it.each(vectors.attention)('$heads heads, $tokens tokens, $frames frames', (example) => {
      const { seed, heads, tokens, frames, num_frames, sot_len, matrix, jump_times } = example;
      const logits = logitsOf(seed, heads, tokens, frames);
      const attention = {
        data: kind === 'logits' ? logits : softmax(logits, frames),
        heads,
        tokens,
        frames,
        kind,
        timedRows: [sot_len, tokens - 1],
      } as const;
      const positions = Math.floor(num_frames / 2);
      const actual = alignmentMatrix(attention, positions);
      expect([actual.rows, actual.columns]).toEqual([matrix.length, matrix[0]!.length]);
      const difference = matrix.flat().map((value, i) => Math.abs(value - actual.matrix[i]!));
      expect(Math.max(...difference)).toBeLessThan(2e-5);
      expect([...tokenStartTimes(attention, positions)]).toEqual(jump_times);
    });
  });
});

describe('punctuation', () => {
  it.each(vectors.merge_punctuations)('$words', ({ words, merged, tokens }) => {
    const timed = words.map((text, i) => ({ text, tokens: [i], start: i, end: i + 1, probability: 0.5 }));
    const expected = merged
      .map((text, i) => ({ text, tokens: tokens[i]! }))
      .filter((word) => word.tokens.length > 0);
    const actual = mergePunctuation(timed, vectors.prepend, vectors.append);
    expect(actual.map(({ text, tokens }) => ({ text, tokens }))).toEqual(expected);
    expect(mergePunctuation(timed)).toEqual(actual);
  });
});

describe('words of segments', () => {
  it.each(vectors.add_word_timestamps)('$name', (example) => {
    const segments = example.input_segments.map(([start, end], i) => ({
      start,
      end,
      tokens: example.tokens[i]!,
    }));
    const tokens = example.tokens.flat();
    let at = 0;
    const alignment = example.alignment.map(([text, start, end, probability]) => {
      // All words of these vectors are one token but for this one.
      const count = text === ' "Go' ? 2 : 1;
      at += count;
      return { text, tokens: tokens.slice(at - count, at), start, end, probability };
    });
    expect(at).toBe(tokens.length);
    const actual = addWordTimestamps(segments, alignment, {
      isText: () => true,
      timeOffset: 0,
      audioEnd: 30,
      lastSpeechEnd: example.last_speech_timestamp,
    });
    expect(
      actual.map(({ start, end, words }) => ({
        start,
        end,
        words: words.map((word) => [word.text, word.start, word.end, word.confidence]),
      })),
    ).toEqual(example.segments);
  });
});

async function tokenizerOf(path: string): Promise<WordSplitTokenizer> {
  return createWhisperTokenizer(parseTokenizerJson(readFileSync(path), path));
}

function expectSplit(tokenizer: WordSplitTokenizer, example: Vectors['split_to_word_tokens'][number]): void {
  const { language, tokens, words, word_tokens } = example;
  const actual =
    language === 'unicode-only'
      ? splitIntoCharacters(tokens, tokenizer)
      : splitIntoWords(tokens, tokenizer, language);
  expect(actual.map((word) => word.text)).toEqual(words);
  expect(actual.map((word) => word.tokens)).toEqual(word_tokens);
}

describe('word splitting', () => {
  const examples = vectors.split_to_word_tokens;

  it.each(examples.filter((example) => !example.multilingual))('gpt2: $text', async (example) => {
    expectSplit(
      await tokenizerOf(repositoryFile('packages/model-whisper-tiny-en/model/tokenizer.json')),
      example,
    );
  });

  describe.skipIf(!hasTestData)('multilingual', () => {
    it.each(examples.filter((example) => example.multilingual))('$language: $text', async (example) => {
      expectSplit(await tokenizerOf(testData('models/whisper-base/tokenizer.json')), example);
    });
  });
});

describe('alignWords', () => {
  it('spans from the first token to the first of the next word', () => {
    const words = [
      { text: ' a', tokens: [1, 2] },
      { text: ' b', tokens: [3] },
    ];
    expect(alignWords(words, [0.1, 0.2, 0.5, 0.9], [0.5, 1, 0.25])).toEqual([
      { text: ' a', tokens: [1, 2], start: 0.1, end: 0.5, probability: 0.75 },
      { text: ' b', tokens: [3], start: 0.5, end: 0.9, probability: 0.25 },
    ]);
  });
});
