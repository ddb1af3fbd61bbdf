import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { repositoryFile } from '@org/asr-testkit';
import { compressionRatio } from '../../packages/core/src/decoding/whisper/compression-ratio.js';
import type { ClipRange } from '../../packages/core/src/decoding/whisper/clip-ranges.js';
import { encodePromptText } from '../../packages/core/src/decoding/whisper/prompt.js';
import type { SearchResult } from '../../packages/core/src/decoding/whisper/search.js';
import {
  transcribeWindows,
  type LongFormOptions,
  type WhisperSegment,
} from '../../packages/core/src/decoding/whisper/transcribe.js';
import type { WindowSource } from '../../packages/core/src/decoding/whisper/window-source.js';
import type { AlignedWord } from '../../packages/core/src/decoding/whisper/word-timing.js';
import { splitIntoWords } from '../../packages/core/src/decoding/whisper/word-split.js';
import { parseTokenizerJson } from '../../packages/core/src/text/tokenizer-json.js';
import {
  createWhisperTokenizer,
  type WhisperTokenizer,
} from '../../packages/core/src/text/whisper-tokenizer.js';

interface Script {
  readonly out: string;
  readonly lp?: number;
  readonly ns?: number;
  readonly cr?: number;
}
type Alignment = { start: number; step: number; p?: number } | [number, number, number][];
interface Case {
  readonly name: string;
  readonly seconds: number;
  readonly options: {
    readonly condition_on_previous_text?: boolean;
    readonly initial_prompt?: string;
    readonly carry_initial_prompt?: boolean;
    readonly clip_timestamps?: string | number[];
    readonly word_timestamps?: boolean;
    readonly hallucination_silence_threshold?: number;
  };
  readonly script: (Script | Script[])[];
  readonly alignment: Alignment[] | null;
  readonly text: string;
  readonly segments: {
    readonly seek: number;
    readonly start: number;
    readonly end: number;
    readonly text: string;
    readonly tokens: number[];
    readonly temperature: number;
    readonly avg_logprob: number;
    readonly compression_ratio: number;
    readonly no_speech_prob: number;
    readonly words?: [string, number, number, number][];
  }[];
  readonly decode_calls: { readonly window: number; temperature: number; prompt_tokens: number[] }[];
  readonly windows: number;
}

const read = (file: string): unknown =>
  JSON.parse(readFileSync(repositoryFile(`tests/golden/vectors/whisper/${file}`), 'utf8'));
const { cases } = read('transcribe_logic.json') as { cases: Case[] };
const ratios = read('compression.json') as {
  cases: { text: string; bytes: number; zlib: number; ratio: number }[];
};

describe('compression ratio', () => {
  it.each(ratios.cases)('$text', ({ text, bytes, zlib }) => {
    expect(compressionRatio(text)).toBe(bytes / zlib);
  });
});

describe('long-form transcription with scripted decodings', () => {
  let tokenizer: WhisperTokenizer;
  beforeAll(async () => {
    const file = repositoryFile('packages/model-whisper-tiny-en/model/tokenizer.json');
    tokenizer = await createWhisperTokenizer(parseTokenizerJson(readFileSync(file)));
  });

  it.each(cases)('$name', async (c) => {
    const run = scriptedSource(c, tokenizer);
    const segments: WhisperSegment[] = [];
    for await (const segment of transcribeWindows(run.source, loopOptions(c, tokenizer)))
      segments.push(segment);

    expect(run.calls).toEqual(
      c.decode_calls.map(({ window, temperature, prompt_tokens }) => ({
        window,
        temperature,
        prompt_tokens,
      })),
    );
    expect(run.open()).toBe(0);
    expect(segments.map((segment) => segment.text).join('')).toBe(c.text);
    // The reference keeps emptied segments; they are left out here.
    const expected = c.segments.filter(({ tokens }) => tokens.length > 0);
    expect(segments).toHaveLength(expected.length);
    for (const [i, want] of expected.entries()) {
      const segment = segments[i]!;
      expect(segment.windowStart * 100).toBeCloseTo(want.seek, 9);
      expect(segment.start).toBeCloseTo(want.start, 6);
      // The reference lets a segment reach past the end of the audio.
      expect(segment.end).toBeCloseTo(Math.min(want.end, c.seconds), 6);
      expect(segment.text).toBe(want.text);
      expect(segment.tokens).toEqual(want.tokens);
      expect(segment.temperature).toBe(want.temperature);
      expect(segment.avgLogProb).toBe(want.avg_logprob);
      expect(segment.noSpeechProb).toBe(want.no_speech_prob);
      expect(segment.compressionRatio).toBeCloseTo(want.compression_ratio, 6);
      const words = segment.words?.map((w) => [w.text, w.start, w.end, w.confidence]);
      expect(words).toEqual(want.words);
    }
  });
});

function loopOptions(c: Case, tokenizer: WhisperTokenizer): LongFormOptions {
  const { options } = c;
  // `no_speech_exactly_threshold` was made with temperature 0 alone, which its options don't show.
  const single = c.decode_calls.length === 1 && c.name === 'no_speech_exactly_threshold';
  const edge = c.script.flat().find(({ cr }) => cr !== undefined);
  return {
    frames: Math.round(c.seconds * 100),
    tokens: tokenizer.special,
    decodeText: (ids) => tokenizer.decode(ids),
    maxTokens: 448,
    temperatures: single ? [0] : [0, 0.2, 0.4, 0.6, 0.8, 1],
    compressionRatioThreshold: 2.4,
    logProbThreshold: -1,
    noSpeechThreshold: 0.6,
    whenAllFail: 'last',
    conditionOnPreviousText: options.condition_on_previous_text ?? true,
    promptResetTemperature: 0.5,
    initialPrompt: encodePromptText(options.initial_prompt ?? '', (text) => tokenizer.encode(text)),
    carryInitialPrompt: options.carry_initial_prompt ?? false,
    clipRanges: clipRanges(options.clip_timestamps),
    words: options.word_timestamps
      ? { hallucinationSilenceThreshold: options.hallucination_silence_threshold }
      : undefined,
    compressionRatio: (text) => edge?.cr ?? compressionRatio(text),
  };
}

function clipRanges(spec: string | number[] | undefined): ClipRange[] {
  const times = typeof spec === 'string' ? spec.split(',').map(Number) : (spec ?? []);
  return times.flatMap((start, i) => (i % 2 === 0 ? [{ start, end: times[i + 1] }] : []));
}

function scriptedSource(c: Case, tokenizer: WhisperTokenizer) {
  const calls: { window: number; temperature: number; prompt_tokens: number[] }[] = [];
  let window = -1;
  let opened = 0;
  let aligned = 0;
  const source: WindowSource = {
    open: () => {
      window++;
      opened++;
      const attempts = [c.script[Math.min(window, c.script.length - 1)]!].flat();
      let attempt = 0;
      return Promise.resolve({
        decode: ({ temperature, previous }) => {
          calls.push({ window, temperature, prompt_tokens: [...previous] });
          const step = attempts[Math.min(attempt++, attempts.length - 1)]!;
          return Promise.resolve(scripted(step, temperature, tokenizer));
        },
        alignWords: (textTokens) => {
          // As in the script that made the vectors: every call takes the next alignment, those beyond get 0.3 s a word.
          return Promise.resolve(words(c.alignment?.[aligned++], textTokens, tokenizer));
        },
        dispose: () => {
          opened--;
        },
      });
    },
  };
  return { source, calls, open: () => opened };
}

function scripted({ out, lp, ns }: Script, temperature: number, tokenizer: WhisperTokenizer): SearchResult {
  const tokens = out
    .split(/(<\d+\.\d+>)/)
    .filter((part) => part !== '')
    .flatMap((part) =>
      part.startsWith('<')
        ? [tokenizer.special.timestampBegin + Math.round(Number(part.slice(1, -1)) / 0.02)]
        : tokenizer.encode(part),
    );
  return {
    tokens,
    tokenLogProbs: tokens.map(() => lp ?? -0.3),
    sumLogProb: (lp ?? -0.3) * (tokens.length + 1),
    avgLogProb: lp ?? -0.3,
    noSpeechProb: ns ?? 0.05,
    temperature,
  };
}

function words(
  alignment: Alignment | undefined,
  textTokens: readonly number[],
  tokenizer: WhisperTokenizer,
): AlignedWord[] {
  return splitIntoWords(textTokens, tokenizer, 'en').map(({ text, tokens }, i) => {
    if (Array.isArray(alignment)) {
      const [start, end, probability] = alignment[i]!;
      return { text, tokens, start, end, probability };
    }
    const { start, step, p = 0.9 } = alignment ?? { start: 0, step: 0.3 };
    return { text, tokens, start: start + i * step, end: start + (i + 1) * step, probability: p };
  });
}
