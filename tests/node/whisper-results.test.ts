/** What one asks of a transcript beyond its text: alternatives, segments as they come, channels. Packaged model. */
import whisperTinyEn from '@org/asr-model-whisper-tiny-en';
import {
  createNodeBackend,
  joinFloats,
  loadModel,
  mixdown,
  readWav,
  type NodeBackend,
  type Pcm,
  type Segment,
  type SpeechModel,
  type TranscribeOptions,
  type Transcript,
  type WhisperDecoding,
  type Word,
} from '@org/asr-node';
import { repositoryFile } from '@org/asr-testkit';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const SECOND = 16_000;
const jfk = mixdown(readWav(new Uint8Array(readFileSync(repositoryFile('tests/fixtures/audio/jfk.wav')))));
const pcm = (...channels: Float32Array[]): Pcm => ({ samples: channels, sampleRate: SECOND });

/** Pieces one after the other; a number stands for seconds of silence. */
function join(...pieces: (Float32Array | number)[]): Float32Array {
  return joinFloats(
    pieces.map((piece) => (typeof piece === 'number' ? new Float32Array(piece * SECOND) : piece)),
  );
}

let backend: NodeBackend;
let model: SpeechModel;
beforeAll(async () => {
  backend = await createNodeBackend();
  model = await loadModel(whisperTinyEn, { backend });
});
afterAll(async () => {
  await model.dispose();
  await backend.dispose();
});

describe('nBest', () => {
  it('gives the beams of a search, best first, the transcript among them', async () => {
    const decoding = { type: 'whisper', temperature: 0, beamSize: 5, nBest: 5 } as const;
    const { nBest = [], text, segments } = await model.transcribe(pcm(jfk), { decoding });
    expect(nBest.length).toBeGreaterThan(1);
    expect(nBest.length).toBeLessThanOrEqual(5);
    expect(nBest[0]!.text).toBe(text);
    expect(new Set(nBest.map((one) => one.text)).size).toBe(nBest.length);
    const scores = nBest.map(({ score }) => score);
    expect(scores).toEqual(scores.toSorted((a, b) => b - a));
    for (const { tokens = [], tokenLogProbs = [], logProb } of nBest) {
      expect(tokenLogProbs).toHaveLength(tokens.length);
      // What is missing in the sum is the end of the text.
      expect(tokenLogProbs.reduce((sum, one) => sum + one, 0)).toBeGreaterThanOrEqual(logProb - 1e-6);
    }
    expect(segments[0]!.nBest).toEqual(nBest);
    expect(segments.slice(1).some((segment) => segment.nBest)).toBe(false);
  });

  it('gives the samples above temperature 0, and nothing unasked', async () => {
    const decoding = { type: 'whisper', temperature: 0.8, bestOf: 4, nBest: 4, seed: 3 } as const;
    const sampled = await model.transcribe(pcm(jfk), { decoding });
    expect(sampled.nBest?.[0]?.text).toBe(sampled.text);
    expect(await model.transcribe(pcm(jfk))).not.toHaveProperty('nBest');
  });
});

describe('words', () => {
  const options = { timestamps: 'word' } as const;
  const wordsOf = ({ segments }: Transcript): readonly Word[] => segments.flatMap(({ words = [] }) => words);
  const lower = (words: readonly Word[]): string =>
    words.map(({ text }) => text.toLowerCase().replaceAll(/[^a-z ]/gu, '')).join('');

  it('of clips lie in the clips, where they lie in the whole', async () => {
    const whole = wordsOf(await model.transcribe(pcm(jfk), options));
    expect(whole).toHaveLength(22);
    const clipRanges = [{ start: 0, end: 2.9 }, { start: 7.9, end: 11 }]; // prettier-ignore
    const decoding = { type: 'whisper', clipRanges } as const;
    const found = wordsOf(await model.transcribe(pcm(jfk), { ...options, decoding }));
    const expected = [...whole.slice(0, 5), ...whole.slice(14)];
    expect(lower(found)).toBe(lower(expected));
    for (const [i, { start, end }] of found.entries()) {
      expect(clipRanges.some((clip) => start >= clip.start && end <= clip.end)).toBe(true);
      expect(Math.abs(start - expected[i]!.start)).toBeLessThan(0.3);
      expect(Math.abs(end - expected[i]!.end)).toBeLessThan(0.3);
    }
  });

  it('of beams are those of the text that won, with patience, a length penalty and its rivals', async () => {
    const beams = { beamSize: 4, patience: 2, lengthPenalty: 0.6, nBest: 4, temperature: 0 } as const;
    const decoding = { type: 'whisper', ...beams } as const;
    const greedy = wordsOf(await model.transcribe(pcm(jfk), options));
    const found = await model.transcribe(pcm(jfk), { ...options, decoding });
    expect(found.nBest!.length).toBeGreaterThan(1);
    expect(found.nBest![0]!.text).toBe(found.text);
    const words = wordsOf(found);
    expect(
      words
        .map(({ text }) => text)
        .join('')
        .trim(),
    ).toBe(found.text);
    expect(lower(words)).toBe(lower(greedy));
    // Other punctuation moves a word beside a pause; against openai/whisper's beams: whisper-reference.test.ts.
    const apart = words.map(({ start }, i) => Math.abs(start - greedy[i]!.start)).sort((a, b) => a - b);
    expect(apart[apart.length >> 1]).toBeLessThanOrEqual(0.041);
    expect(apart.at(-1)).toBeLessThan(0.5);
    expect(words.every(({ confidence = 0 }) => confidence > 0)).toBe(true);
  });
});

describe('onProgress', () => {
  const long = join(jfk, 22, jfk);
  const clips: WhisperDecoding = {
    type: 'whisper',
    clipRanges: [{ start: 0, end: 5 }, { start: 34, end: 40 }], // prettier-ignore
  };
  it.each<[string, Pcm, TranscribeOptions]>([
    ['words', pcm(long), { timestamps: 'word' }],
    ['clips that end before the audio', pcm(long), { decoding: clips }],
    ['two channels', pcm(jfk, long.subarray(0, jfk.length)), { channels: 'separate' }],
    ['audio that ends within a frame', pcm(jfk.subarray(0, 3 * SECOND + 77)), {}],
    ['silence', pcm(new Float32Array(40 * SECOND)), {}],
  ])('grows to the total: %s', async (_, audio, options) => {
    const done: number[] = [];
    const totals = new Set<number>();
    const { duration } = await model.transcribe(audio, {
      ...options,
      onProgress(progress) {
        done.push(progress.seconds);
        totals.add(progress.duration);
      },
    });
    expect(done).toEqual(done.toSorted((a, b) => a - b));
    expect(done.at(-1)).toBe(duration);
    expect(totals).toEqual(new Set([duration]));
  });
});

describe('segments()', () => {
  const long = join(jfk, 22, jfk, 22, jfk);

  it('gives what transcribe() gives, and each segment before the next window is decoded', async () => {
    const expected = await model.transcribe(pcm(long), { timestamps: 'word' });
    const segments: Segment[] = [];
    const progressAt: number[] = [];
    let seconds = 0;
    const options = {
      timestamps: 'word',
      onProgress: (progress: { seconds: number }) => (seconds = progress.seconds),
    } as const;
    for await (const segment of model.segments(pcm(long), options)) {
      segments.push(segment);
      progressAt.push(seconds);
    }
    expect(segments).toEqual(expected.segments);
    expect(progressAt[0]).toBe(0);
    expect(progressAt.at(-1)).toBeLessThan(seconds);
    expect(seconds).toBeCloseTo(long.length / SECOND, 1);
  });

  it('stops when the reader stops, and leaves no tensors', async () => {
    const before = backend.liveTensors;
    let seconds = 0;
    const onProgress = (progress: { seconds: number }): void => void (seconds = progress.seconds);
    for await (const segment of model.segments(pcm(long), { onProgress })) {
      expect(segment.text).toMatch(/country/u);
      break;
    }
    expect(seconds).toBeLessThan(31);
    const two = model.segments(pcm(long, long), { channels: 'separate' });
    await two.next();
    await two.return();
    expect(backend.liveTensors).toBe(before);
  });

  it('rejects at the first segment what transcribe() rejects', async () => {
    await expect(model.segments(pcm(jfk), { language: 'de' }).next()).rejects.toMatchObject({
      code: 'OPTION_UNSUPPORTED',
    });
    await expect(model.segments(pcm(jfk), { channels: 'left' as never }).next()).rejects.toThrow(/channels/u);
    const reason = new Error('enough');
    const controller = new AbortController();
    const segments = model.segments(pcm(long), { signal: controller.signal });
    await segments.next();
    controller.abort(reason);
    // What is final already still comes.
    const rest = async (): Promise<void> => {
      for await (const segment of segments) expect(segment.end).toBeLessThan(31);
    };
    await expect(rest()).rejects.toBe(reason);
    expect(await segments.next()).toEqual({ done: true, value: undefined });
  });
});

describe("channels: 'separate'", () => {
  const first = jfk.subarray(0, 3 * SECOND);
  const second = jfk.subarray(3 * SECOND, 8 * SECOND);
  // A call: one party speaks, then the other, then the first again.
  const call = pcm(join(first, 15, first), join(10, second, 6));

  it('transcribes the parties of a call apart, in order of time', async () => {
    const { segments, channels = [], text } = await model.transcribe(call, { channels: 'separate' });
    expect(channels).toHaveLength(2);
    expect(channels[0]!.text).toMatch(/fellow Americans/iu);
    expect(channels[0]!.text).not.toMatch(/country/iu);
    expect(channels[1]!.text).toMatch(/country/iu);
    const starts = segments.map(({ start }) => start);
    expect(starts).toEqual(starts.toSorted((a, b) => a - b));
    expect(new Set(segments.map(({ channel }) => channel))).toEqual(new Set([0, 1]));
    expect(text.split('\n').length).toBeGreaterThanOrEqual(2);
    const streamed: Segment[] = [];
    for await (const segment of model.segments(call, { channels: 'separate' })) streamed.push(segment);
    expect(streamed).toEqual(segments);
  });

  it('takes mono audio as one channel, and a silent channel as empty', async () => {
    const mono = await model.transcribe(pcm(first), { channels: 'separate' });
    expect(mono.channels).toHaveLength(1);
    expect(mono.segments.every(({ channel }) => channel === 0)).toBe(true);
    const half = await model.transcribe(pcm(first, new Float32Array(first.length)), { channels: 'separate' });
    expect(half.channels?.[1]).toMatchObject({ text: '', segments: [] });
    expect(half.channels?.[0]?.text).toBe(mono.text);
  });
});

describe('options without effect', () => {
  it.each([
    ['hallucinationSilenceThreshold', { hallucinationSilenceThreshold: 2 }],
    ['carryInitialPrompt', { carryInitialPrompt: true }],
    ['nBest', { nBest: 3 }],
  ])('%s is refused', async (name, decoding) => {
    const options = { decoding: { type: 'whisper', ...decoding } as const };
    await expect(model.transcribe(pcm(jfk), options)).rejects.toThrow(RangeError);
    await expect(model.transcribe(pcm(jfk), options)).rejects.toThrow(new RegExp(`decoding\\.${name}`, 'u'));
  });

  it('multilingualAudio is refused by an English-only model', async () => {
    const decoding = { type: 'whisper', multilingualAudio: true } as const;
    await expect(model.transcribe(pcm(jfk), { decoding })).rejects.toMatchObject({
      code: 'OPTION_UNSUPPORTED',
    });
  });
});
