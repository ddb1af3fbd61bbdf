/**
 * Every option of the search, the rules and the prompt does something on a real model (packaged, int8). That it does the right
 * thing is compared with openai/whisper in whisper-reference.test.ts and tests/golden, where openai/whisper has the option.
 */
import whisperTinyEn from '@org/asr-model-whisper-tiny-en';
import {
  createNodeBackend,
  encodePromptText,
  loadModel,
  loadWhisperTokenizer,
  mixdown,
  openModel,
  readWav,
  type Pcm,
  type SpeechModel,
  type TranscribeOptions,
  type Transcript,
  type WhisperDecoding,
} from '@org/asr-node';
import { repositoryFile, watchRuns } from '@org/asr-testkit';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeSignal } from '../golden/signals.js';

const RATE = 16_000;
const jfk = mixdown(readWav(new Uint8Array(readFileSync(repositoryFile('tests/fixtures/audio/jfk.wav')))));
/** Speech that one has to guess at: a beam of one is not sure of it. */
const noisy = jfk.map(
  (
    (noise) => (sample: number, i: number) =>
      sample + noise[i]!
  )(makeSignal({ kind: 'noise', samples: jfk.length, seed: 3, amplitude: 0.25 })),
);
const pcm = (samples: Float32Array): Pcm => ({ samples, sampleRate: RATE });

let model: SpeechModel;
let plain: Transcript;
beforeAll(async () => {
  model = await loadModel(whisperTinyEn, { offThread: false });
  plain = await hear({});
});
afterAll(() => model.dispose());

/** At temperature 0 unless the options say otherwise: no second attempt hides what an option does. */
function hear(
  decoding: Omit<WhisperDecoding, 'type'>,
  options: Omit<TranscribeOptions, 'decoding'> = {},
  samples: Float32Array = jfk,
): Promise<Transcript> {
  return model.transcribe(pcm(samples), {
    ...options,
    decoding: { type: 'whisper', temperature: 0, ...decoding },
  });
}
const tokensOf = ({ segments }: Transcript): readonly number[] =>
  segments.flatMap(({ tokens = [] }) => tokens);

describe('what may be decoded', () => {
  it('suppressPattern keeps matching tokens out', async () => {
    expect(plain.text).toMatch(/\p{Lu}/u);
    const { text } = await hear({ suppressPattern: /\p{Lu}/u });
    expect(text).not.toMatch(/\p{Lu}/u);
    expect(text).toMatch(/fellow americans/u);
  });

  it('suppressTokens keeps single tokens out, and its default those of sounds', async () => {
    const [, first = 0] = tokensOf(plain);
    const without = await hear({ suppressTokens: ['non-speech', first] });
    expect(tokensOf(plain)).toContain(first);
    expect(tokensOf(without)).not.toContain(first);
    const music = makeSignal({ kind: 'sines', samples: 5 * RATE, terms: [[0.2, 440, 0], [0.2, 550, 0]] }); // prettier-ignore
    const sounds = await hear({ suppressTokens: [], noSpeechThreshold: false }, {}, music);
    const words = await hear({ noSpeechThreshold: false }, {}, music);
    expect(sounds.text).toMatch(/[[(*♪]/u);
    expect(words.text).not.toMatch(/[[(*♪]/u);
  });

  it('maxInitialTimestamp bounds the first time of a window', async () => {
    // The model is sure of 0.00 here, so what is bound is what it draws when it is made to guess.
    const latest = async (maxInitialTimestamp: number | false): Promise<number> => {
      const guesses = { temperature: 3, bestOf: 32, nBest: 32, maxNewTokens: 2 } as const;
      const { nBest = [] } = await hear({
        ...guesses,
        maxInitialTimestamp,
        noSpeechThreshold: false,
        suppressBlank: false,
      });
      return Math.max(...nBest.map(({ tokens = [] }) => tokens[0]!)) - 50_363;
    };
    expect(await latest(false)).toBeGreaterThan(50);
    expect(await latest(1)).toBeLessThanOrEqual(50);
    expect(await latest(0.2)).toBeLessThanOrEqual(10);
  });

  it('maxNewTokens ends a window', async () => {
    const cut = await hear({ maxNewTokens: 8, clipRanges: [{ start: 0, end: 11 }] });
    expect(cut.segments[0]!.tokens).toEqual(tokensOf(plain).slice(0, 8));
  });
});

describe('repetition', () => {
  /** Text tokens that are there already. */
  const repeated = (transcript: Transcript): readonly number[] =>
    tokensOf(transcript).filter((token, i, all) => token < 50_256 && all.indexOf(token) < i);

  it('repetitionPenalty and noRepeatNgramSize keep tokens from coming again', async () => {
    expect(repeated(plain).length).toBeGreaterThan(5);
    expect(repeated(await hear({ repetitionPenalty: 5 }))).toEqual([]);
    expect(repeated(await hear({ noRepeatNgramSize: 1 }))).toEqual([]);
    // "ask what you can do for your country" says no run of ten tokens again.
    expect(tokensOf(await hear({ noRepeatNgramSize: 10 }))).toEqual(tokensOf(plain));
  });

  it('compressionRatioThreshold sends a window to the next temperature, whenAllFail says which is kept', async () => {
    const strict = { compressionRatioThreshold: 1, bestOf: 1, temperature: [0, 1] } as const;
    expect(tokensOf(await hear({ ...strict, compressionRatioThreshold: false }))).toEqual(tokensOf(plain));
    expect((await hear(strict)).segments[0]!.temperature).toBe(0);
    const last = await hear({ ...strict, whenAllFail: 'last' });
    expect(last.segments[0]!.temperature).toBe(1);
    expect(last.text).not.toBe(plain.text);
  });

  it('logProbThreshold does too, and with noSpeechThreshold takes a window for silence', async () => {
    const sure = plain.segments[0]!.avgLogProb! + 0.01;
    const tried = await hear({ logProbThreshold: sure, temperature: [0, 1], whenAllFail: 'last', bestOf: 1 });
    expect(tried.segments[0]!.temperature).toBe(1);
    const noSpeechThreshold = plain.segments[0]!.noSpeechProb! / 2;
    expect((await hear({ noSpeechThreshold })).text).toBe(plain.text);
    expect((await hear({ noSpeechThreshold, logProbThreshold: sure })).text).toBe('');
  });
});

describe('search', () => {
  it('seed and bestOf choose among samples', async () => {
    const sampled = (seed: number, bestOf: number): Promise<Transcript> =>
      hear(
        { temperature: 1, seed, bestOf, compressionRatioThreshold: false, logProbThreshold: false },
        {},
        noisy,
      );
    const one = await sampled(1, 1);
    expect(tokensOf(await sampled(1, 1))).toEqual(tokensOf(one));
    expect(tokensOf(await sampled(2, 1))).not.toEqual(tokensOf(one));
    expect((await sampled(1, 8)).segments[0]!.avgLogProb).toBeGreaterThan(one.segments[0]!.avgLogProb!);
  });

  it('beamSize finds likelier text, patience goes on searching, lengthPenalty ranks otherwise', async () => {
    const beams = (options: Omit<WhisperDecoding, 'type'>): Promise<Transcript> =>
      hear({ beamSize: 4, nBest: 4, ...options }, {}, noisy);
    const greedy = await hear({}, {}, noisy);
    const four = await beams({});
    const scoreOf = ({ nBest = [] }: Transcript): readonly number[] => nBest.map(({ score }) => score);
    expect(four.segments[0]!.avgLogProb).toBeGreaterThan(greedy.segments[0]!.avgLogProb!);
    const patient = await beams({ patience: 3 });
    expect(patient.nBest![0]!.score).toBeGreaterThanOrEqual(four.nBest![0]!.score);
    expect(scoreOf(patient)).not.toEqual(scoreOf(four));
    for (const lengthPenalty of [0, 0.6, 1]) {
      for (const { score, logProb, tokens = [] } of (await beams({ lengthPenalty })).nBest ?? []) {
        expect(score).toBeCloseTo(logProb / ((5 + tokens.length) / 6) ** lengthPenalty, 5);
      }
    }
    for (const { score, logProb, tokens = [] } of four.nBest ?? []) {
      expect(score).toBeCloseTo(logProb / tokens.length, 5);
    }
  });
});

describe('what the model is told', () => {
  const prompt = 'AND SO, MY FELLOW AMERICANS: ASK NOT!';
  const inCapitals = ({ segments }: Transcript): readonly boolean[] => [
    ...new Set(segments.map(({ text }) => !/[a-z]{3}/u.test(text))),
  ];

  it('prompt and hotwords change the spelling', async () => {
    expect(inCapitals(plain)).toEqual([false]);
    expect(inCapitals(await hear({}, { prompt }))).toEqual([true]);
    expect(inCapitals(await hear({ hotwords: prompt }))).toEqual([true]);
  });

  it('prefix begins the transcript and is part of it', async () => {
    const { text } = await hear({ prefix: 'And so, my dear fellow' });
    expect(text).toMatch(/^And so, my dear fellow Americans/u);
  });

  const twice = new Float32Array(2 * 30 * RATE);
  twice.set(jfk, 0);
  twice.set(jfk, 30 * RATE);
  const clipRanges = [{ start: 0, end: 30 }, { start: 30, end: 60 }]; // prettier-ignore

  it('carryInitialPrompt tells it to every window, hotwords are told to all, conditionOnPreviousText tells the text so far', async () => {
    const apart = { clipRanges, conditionOnPreviousText: false };
    expect(inCapitals(await hear(apart, { prompt }, twice))).toEqual([true, false]);
    expect(inCapitals(await hear({ ...apart, carryInitialPrompt: true }, { prompt }, twice))).toEqual([true]);
    expect(inCapitals(await hear({ ...apart, hotwords: prompt }, {}, twice))).toEqual([true]);
    // The capitals of the first window are the text before the second …
    expect(inCapitals(await hear({ clipRanges }, { prompt }, twice))).toEqual([true]);
    // … unless it is forgotten.
    const forgotten = { clipRanges, temperature: 0.1, promptResetTemperature: 0 };
    expect(inCapitals(await hear(forgotten, { prompt }, twice))).toEqual([true, false]);
  });

  it('hotwords, a carried prompt and the text so far share 223 tokens, and only the text gives way', async () => {
    const { encode, special } = await loadWhisperTokenizer(await openModel(whisperTinyEn)).then(
      (tokenizer) => ({
        encode: (text: string) => encodePromptText(text, (content) => tokenizer.encode(content)),
        special: tokenizer.special,
      }),
    );
    const told: number[][] = [];
    const backend = watchRuns(await createNodeBackend(), async ({ feeds }, execute) => {
      const ids = feeds['input_ids'] && [...(await feeds['input_ids'].read())].map(Number);
      if (ids?.includes(special.startOfTranscript)) told.push(ids);
      return execute();
    });
    await using watched = await loadModel(whisperTinyEn, { backend });
    const hear = async (hotwords: string, prompt: string): Promise<readonly number[]> => {
      told.length = 0;
      const { segments } = await watched.transcribe(pcm(twice), {
        prompt,
        decoding: {
          type: 'whisper',
          temperature: 0,
          maxNewTokens: 40,
          clipRanges,
          hotwords,
          carryInitialPrompt: true,
        },
      });
      return segments
        .filter(({ start }) => start < 30)
        .flatMap(({ tokens = [] }) => tokens.filter((token) => token !== special.endOfText));
    };
    const sentence = 'My fellow Americans, ask what your country can do. ';
    const [start, from] = [special.startOfTranscript, special.startOfPrevious];
    // There is room for the end of the text.
    const [hotwords, prompt] = [sentence.repeat(4), sentence.repeat(16)];
    const first = [...encode(hotwords), ...encode(prompt)];
    const room = 223 - first.length;
    expect(room).toBeGreaterThan(0);
    const text = await hear(hotwords, prompt);
    expect(text.length).toBeGreaterThan(room);
    expect(told[0]).toEqual([from, ...first, start]);
    expect(told[1]).toEqual([from, ...first, ...text.slice(-room), start]);
    // There is none, nor for the beginning of the prompt.
    const long = sentence.repeat(12);
    await hear(long, prompt);
    const left = 223 - encode(long).length;
    const whole = [from, ...encode(long), ...encode(prompt).slice(-left), start];
    expect(whole).toHaveLength(225);
    expect(told).toEqual([whole, whole]);
    await backend.dispose();
  });
});
