/** The packaged model on real audio, as an application uses it. */
import whisperTinyEn from '@org/asr-model-whisper-tiny-en';
import {
  loadModel,
  mixdown,
  normalizeEnglish,
  readWav,
  resample,
  wordErrorRate,
  writeWav,
  createNodeBackend,
  type Pcm,
  type WhisperDecoding,
  type SpeechModel,
  type Transcript,
  type Word,
} from '@org/asr-node';
import { hasTestData, repositoryFile, testData, watchRuns } from '@org/asr-testkit';
import { createReadStream, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const JFK = repositoryFile('tests/fixtures/audio/jfk.wav');
const JFK_TEXT =
  'and so my fellow americans ask not what your country can do for you ask what you can do for your country';

const words = (text: string): string[] => normalizeEnglish(text).split(' ').filter(Boolean);
const readSamples = (path: string): Float32Array => mixdown(readWav(new Uint8Array(readFileSync(path))));
const pcm = (samples: Float32Array): Pcm => ({ samples, sampleRate: 16_000 });

let model: SpeechModel;
beforeAll(async () => {
  model = await loadModel(whisperTinyEn, { offThread: false });
});
afterAll(() => model.dispose());

describe('jfk', () => {
  it('gives the words, segments in order and what they were decided by', async () => {
    const progress: number[] = [];
    const { text, segments, duration, language } = await model.transcribe(JFK, {
      onProgress: ({ seconds }) => progress.push(seconds),
    });
    expect(words(text).join(' ')).toBe(JFK_TEXT);
    expect(duration).toBeCloseTo(11, 2);
    expect(language).toBe('en');
    expect(progress.at(-1)).toBeCloseTo(duration, 1);
    expect(segments.map((segment) => segment.text).join(' ')).toBe(text);
    for (const segment of segments) {
      expect(segment.start).toBeLessThan(segment.end);
      expect(segment.end).toBeLessThanOrEqual(duration);
      expect(segment.avgLogProb).toBeLessThan(0);
      expect(segment.noSpeechProb).toBeLessThan(0.5);
      expect(segment.compressionRatio).toBeGreaterThan(1);
      expect(segment.temperature).toBe(0);
    }
    expect(JSON.parse(JSON.stringify(segments))).toEqual(segments);
  });

  it('is the same from a path, URL, Buffer, ArrayBuffer, Blob, stream and samples', async () => {
    const bytes = readFileSync(JFK);
    const copy = new Uint8Array(bytes);
    const { text } = await model.transcribe(JFK);
    const inputs = [
      pathToFileURL(JFK),
      bytes,
      copy.buffer,
      new Blob([copy]),
      createReadStream(JFK),
      new Blob([copy]).stream(),
      pcm(readSamples(JFK)),
    ];
    for (const input of inputs) expect((await model.transcribe(input)).text).toBe(text);
  });

  it('is loaded by the precision that its exporter noted', async () => {
    await using int8 = await loadModel(whisperTinyEn, { offThread: false, quantization: 'int8' });
    expect(int8.info.detection).toContain('int8 was asked for');
    await expect(loadModel(whisperTinyEn, { offThread: false, quantization: 'fp32' })).rejects.toMatchObject({
      code: 'MODEL_NOT_FOUND',
    });
  });

  it('has the same text with words, and times them as feeding the text again does', async () => {
    const plain = await model.transcribe(JFK);
    const asDecoded = await model.transcribe(JFK, {
      timestamps: 'word',
      decoding: { type: 'whisper', wordAlignment: 'decoding' },
    });
    expect(asDecoded.text).toBe(plain.text);
    const again = await model.transcribe(JFK, { timestamps: 'word' });
    const wordsOf = ({ segments }: Transcript): readonly Word[] =>
      segments.flatMap((segment) => segment.words!);
    const [found, expected] = [wordsOf(asDecoded), wordsOf(again)];
    expect(found.map(({ text }) => text)).toEqual(expected.map(({ text }) => text));
    const distances = found
      .flatMap(({ start, end }, i) => [
        Math.abs(start - expected[i]!.start),
        Math.abs(end - expected[i]!.end),
      ])
      .toSorted((a, b) => a - b);
    expect(distances.at(-1)).toBeGreaterThan(0); // two ways, not one
    expect(distances[distances.length >> 1]).toBeLessThanOrEqual(0.04);
    // One is farther: where "you" ends before the pause.
    expect(distances.at(-2)).toBeLessThan(0.15);
  });

  it('says how sure it is of words by the decoding, or by reading the text again', async () => {
    const wordsBy = async (decoding: Omit<WhisperDecoding, 'type'>) => {
      const { segments } = await model.transcribe(JFK, {
        timestamps: 'word',
        decoding: { type: 'whisper', ...decoding },
      });
      return segments;
    };
    const [plain, again, guarded] = [
      await wordsBy({}),
      await wordsBy({ wordConfidence: 'teacher-forced' }),
      await wordsBy({ hallucinationSilenceThreshold: 2 }),
    ];
    const all = (segments: typeof plain) => segments.flatMap(({ words = [] }) => words);
    const times = (segments: typeof plain) =>
      all(segments).map(({ text, start, end }) => ({ text, start, end }));
    expect(times(plain)).toEqual(times(again));
    const confidences = (segments: typeof plain) => all(segments).map(({ confidence }) => confidence!);
    expect(confidences(guarded)).toEqual(confidences(again));
    expect(confidences(plain)).not.toEqual(confidences(again));
    // "And", one token, after the timestamp that opens the segment.
    const first = plain[0]!;
    expect(first.words![0]!.confidence).toBeCloseTo(Math.exp(first.tokenLogProbs![1]!), 6);
    // Timestamps and what the rules forbid hardly count inside of a sentence.
    const distances = confidences(plain)
      .map((confidence, i) => Math.abs(confidence - confidences(again)[i]!))
      .toSorted((a, b) => a - b);
    expect(distances[distances.length >> 1]).toBeLessThan(0.1);
    await expect(wordsBy({ wordAlignment: 'decoding', wordConfidence: 'teacher-forced' })).rejects.toThrow(
      /wordConfidence/,
    );
  });

  it('times words inside of their segments and in order', async () => {
    const { segments, text } = await model.transcribe(JFK, { timestamps: 'word' });
    const all = segments.flatMap((segment) => segment.words ?? []);
    expect(
      all
        .map((word) => word.text)
        .join('')
        .trim(),
    ).toBe(text);
    for (const [i, word] of all.entries()) {
      expect(word.end).toBeGreaterThanOrEqual(word.start);
      expect(word.start).toBeGreaterThanOrEqual(all[i - 1]?.end ?? 0);
      expect(word.confidence).toBeGreaterThan(0);
    }
    const ask = all.find((word) => word.text.trim() === 'ask');
    expect(Math.abs((ask?.end ?? 0) - 3.88)).toBeLessThan(0.1);
  });
});

describe('audio of any kind', () => {
  const samples = readSamples(JFK);

  it('reads 8 kHz, 96 kHz and stereo', async () => {
    for (const sampleRate of [8000, 44_100, 96_000]) {
      const converted = resample(samples, 16_000, sampleRate);
      const { text } = await model.transcribe({ samples: [converted, converted], sampleRate });
      expect(wordErrorRate(JFK_TEXT, words(text).join(' '))).toBeLessThanOrEqual(
        sampleRate === 8000 ? 0.2 : 0.05,
      );
    }
  });

  it('finds nothing in silence, none and 10 ms of audio, and in a file of zero length', async () => {
    const quiet = (seconds: number): Pcm => ({
      samples: new Float32Array(16_000 * seconds),
      sampleRate: 16_000,
    });
    for (const seconds of [30, 5, 0.01, 0]) {
      const { text, segments, duration } = await model.transcribe(quiet(seconds));
      expect(text).toBe('');
      expect(segments).toEqual([]);
      expect(duration).toBeCloseTo(seconds, 6);
    }
    const empty = await model.transcribe(writeWav(quiet(0)));
    expect(empty).toMatchObject({ text: '', duration: 0 });
  });

  it('refuses samples without a rate, wrong kinds and damaged files', async () => {
    await expect(model.transcribe(samples as never)).rejects.toThrow(TypeError);
    await expect(model.transcribe(5 as never)).rejects.toThrow(TypeError);
    await expect(model.transcribe(new Uint8Array(0))).rejects.toMatchObject({ code: 'AUDIO_INVALID' });
    await expect(model.transcribe(new TextEncoder().encode('hello world'.repeat(9)))).rejects.toMatchObject({
      code: expect.stringMatching(/^AUDIO_/) as unknown,
    });
    await expect(model.transcribe('/nowhere/at/all.wav')).rejects.toMatchObject({ code: 'AUDIO_INVALID' });
  });

  it('reads an MP3 whose name says WAV', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'asr-'));
    const path = join(folder, 'speech.wav');
    await writeFile(path, readFileSync(repositoryFile('tests/fixtures/audio/jfk-1s.mp3')));
    const { duration } = await model.transcribe(path);
    expect(duration).toBeGreaterThan(0.5);
    await rm(folder, { recursive: true });
  });
});

describe('options that can not be honoured', () => {
  it('are errors and never ignored', async () => {
    const unsupported = { code: 'OPTION_UNSUPPORTED' };
    await expect(model.transcribe(JFK, { language: 'de' })).rejects.toMatchObject(unsupported);
    await expect(model.transcribe(JFK, { task: 'translate' })).rejects.toMatchObject(unsupported);
    await expect(model.transcribe(JFK, { language: 'klingon' })).rejects.toThrow(RangeError);
    await expect(model.transcribe(JFK, { timestamps: 'letter' as never })).rejects.toThrow(TypeError);
    await expect(model.transcribe(JFK, { decoding: { type: 'whisper', beamSize: 0 } })).rejects.toThrow(
      /beamSize/,
    );
    await expect(
      model.transcribe(JFK, { decoding: { type: 'whisper', beamsize: 5 } as never }),
    ).rejects.toThrow(/beamsize/);
  });
});

describe('stopping', () => {
  it('aborts within one decode step, with the reason given', async () => {
    const reason = new Error('enough');
    const controller = new AbortController();
    let aborted = 0;
    setTimeout(() => {
      aborted = performance.now();
      controller.abort(reason);
    }, 700);
    await using offThread = await loadModel(whisperTinyEn, { offThread: true });
    const long = {
      samples: new Float32Array(16_000 * 600).map(() => Math.random() * 0.2),
      sampleRate: 16_000,
    };
    await expect(offThread.transcribe(long, { signal: controller.signal })).rejects.toBe(reason);
    // An encoder run is the longest step.
    expect(performance.now() - aborted).toBeLessThan(5000);
    await expect(model.transcribe(JFK, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });

  it('refuses use after dispose', async () => {
    const short = await loadModel(whisperTinyEn, { offThread: false });
    await short.dispose();
    await short.dispose();
    await expect(short.transcribe(JFK)).rejects.toMatchObject({ code: 'DISPOSED' });
  });
});

describe('damaged models', () => {
  const files = (change: (name: string, bytes: Uint8Array) => Uint8Array | undefined) => ({
    files: Object.fromEntries(
      readdirSync(repositoryFile('packages/model-whisper-tiny-en/model'))
        .map((name) => {
          const bytes = new Uint8Array(
            readFileSync(repositoryFile(`packages/model-whisper-tiny-en/model/${name}`)),
          );
          return [name, change(name, bytes)] as const;
        })
        .filter((entry): entry is [string, Uint8Array] => entry[1] !== undefined),
    ),
  });

  it('say which file and what is wrong', async () => {
    const cut = files((name, bytes) => (name === 'encoder.onnx' ? bytes.subarray(0, 5_000_000) : bytes));
    await expect(loadModel(cut)).rejects.toMatchObject({
      code: 'MODEL_INVALID',
      message: expect.stringContaining('encoder.onnx') as unknown,
    });
    const text = files((name, bytes) =>
      name === 'decoder.onnx' ? new TextEncoder().encode('not found') : bytes,
    );
    await expect(loadModel(text)).rejects.toMatchObject({
      code: 'MODEL_INVALID',
      message: expect.stringContaining('decoder.onnx') as unknown,
    });
    const partial = files((name, bytes) => (name === 'decoder.onnx' ? undefined : bytes));
    await expect(loadModel(partial)).rejects.toMatchObject({
      code: 'MODEL_UNSUPPORTED',
      message: expect.stringContaining('decoder') as unknown,
    });
    const json = files((name, bytes) => (name === 'tokenizer.json' ? bytes.subarray(0, 1000) : bytes));
    await expect(loadModel(json)).rejects.toMatchObject({
      code: 'MODEL_INVALID',
      message: expect.stringContaining('tokenizer.json') as unknown,
    });
    await expect(loadModel({ path: repositoryFile('docs') })).rejects.toMatchObject({
      code: 'MODEL_UNSUPPORTED',
    });
    await expect(loadModel({ path: '/nowhere/at/all' })).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND' });
  });
});

describe('in memory', () => {
  it('loads from bytes and gives the same text', async () => {
    const folder = repositoryFile('packages/model-whisper-tiny-en/model');
    const files = Object.fromEntries(
      readdirSync(folder).map((name) => [name, new Uint8Array(readFileSync(join(folder, name)))]),
    );
    await using inMemory = await loadModel({ files });
    expect((await inMemory.transcribe(JFK)).text).toBe((await model.transcribe(JFK)).text);
  });
});

describe('the event loop', () => {
  /** Part of the time of a transcription in which the calling thread could do nothing else. */
  async function busy(loaded: SpeechModel): Promise<number> {
    await loaded.transcribe(JFK); // compiled and cached
    const before = performance.eventLoopUtilization();
    await loaded.transcribe(JFK);
    return performance.eventLoopUtilization(before).utilization;
  }

  it('stays responsive while inference runs in a worker', async () => {
    // benchmarks/off-thread measures the longest stall; shares of time hold on a busy machine too.
    await using offThread = await loadModel(whisperTinyEn, { offThread: true });
    expect(await busy(offThread)).toBeLessThan(0.5);
    expect(await busy(model)).toBeGreaterThan(0.8);
  });
});

describe('many transcriptions', () => {
  it('leave no file handles and no growing memory behind', async () => {
    const second = pcm(readSamples(JFK).subarray(0, 16_000));
    const handles = (): number => readdirSync('/proc/self/fd').length;
    const resident = (): number => process.memoryUsage().rss / 2 ** 20;
    for (let i = 0; i < 40; i++) await model.transcribe(second);
    const before = { handles: handles(), resident: resident() };
    for (let i = 0; i < 160; i++) await model.transcribe(second);
    expect(handles()).toBeLessThanOrEqual(before.handles + 2);
    expect(resident() - before.resident).toBeLessThan(60);
  });
});

describe.skipIf(!hasTestData)('longer audio (extended test data)', () => {
  interface Truth {
    readonly start: number;
    readonly end: number;
    readonly text: string;
  }

  it('stays within 0.5 points of the float32 reference on the prompts', async () => {
    const items = JSON.parse(readFileSync(testData('audio/prompts/en.json'), 'utf8')) as readonly {
      readonly file: string;
      readonly text: string;
    }[];
    const heard: string[] = [];
    for (const { file } of items)
      heard.push((await model.transcribe(testData(`audio/prompts/en/${file}`))).text);
    const rate = wordErrorRate(
      items.map(({ text }) => normalizeEnglish(text)),
      heard.map((text) => normalizeEnglish(text)),
    );
    expect(100 * rate).toBeLessThan(5.22 + 0.5);
  });

  it('hears all of two_cities, past the window of 30 s', async () => {
    const { text, segments } = await model.transcribe(testData('audio/long/two-cities-48k.wav'));
    const golden = JSON.parse(
      readFileSync(testData('golden/whisper/e2e_tiny.en_two_cities.json'), 'utf8'),
    ) as {
      readonly cases: readonly { readonly text: string }[];
    };
    expect(wordErrorRate(normalizeEnglish(golden.cases[0]!.text), normalizeEnglish(text))).toBeLessThan(0.05);
    expect(segments.at(-1)!.end).toBeGreaterThan(41);
  });

  it('hears every prompt of the three-minute file once, with boundaries within 0.5 s', async () => {
    const truth = JSON.parse(
      readFileSync(testData('audio/long/prompts-en.json'), 'utf8'),
    ) as readonly Truth[];
    const { text, segments } = await model.transcribe(testData('audio/long/prompts-en.flac'));
    const rate = wordErrorRate(
      normalizeEnglish(truth.map((one) => one.text).join(' ')),
      normalizeEnglish(text),
    );
    expect(rate).toBeLessThan(0.12);
    for (const prompt of truth) {
      // Segments that lie in the prompt for the most part; a long prompt has several.
      const own = segments.filter(({ start, end }) => {
        const inside = Math.min(end, prompt.end) - Math.max(start, prompt.start);
        return inside > 0.5 * (end - start);
      });
      expect(own.length, prompt.text).toBeGreaterThan(0);
      expect(Math.abs(own[0]!.start - prompt.start), prompt.text).toBeLessThan(0.5);
      expect(Math.abs(own.at(-1)!.end - prompt.end), prompt.text).toBeLessThan(0.5);
    }
  });
});

describe('audio context', () => {
  it('is 30 s, or fitted to short audio when asked, and then 30 s again after a failure', async () => {
    const inner = await createNodeBackend();
    const frames: number[] = [];
    const backend = watchRuns(inner, ({ feeds }, execute) => {
      const features = feeds['input_features'];
      if (features) frames.push(features.dims[2]!);
      return execute();
    });
    const watched = await loadModel(whisperTinyEn, { backend });
    try {
      const hear = async (decoding: object) => {
        frames.length = 0;
        const { text } = await watched.transcribe(JFK, { decoding: { type: 'whisper', ...decoding } });
        expect(words(text).join(' ')).toBe(JFK_TEXT);
        return [...frames];
      };
      expect(await hear({})).toEqual([3000]);
      expect(await hear({ audioContext: 'full' })).toEqual([3000]);
      expect(await hear({ audioContext: 'fit' })).toEqual([2100]);
      expect(await hear({ audioContext: { padding: 5 } })).toEqual([1600]);
      // No text is this probable: heard anew in 30 s, and kept as the best there is.
      expect(await hear({ audioContext: 'fit', temperature: 0, logProbThreshold: 0 })).toEqual([2100, 3000]);
      // Word times, of both ways to time them, lie near those of the filled-up window: one of 22 is 0.48 s off.
      for (const wordAlignment of ['teacher-forced', 'decoding'] as const) {
        const timed = await Promise.all(
          (['fit', 'full'] as const).map(async (audioContext) => {
            const { segments } = await model.transcribe(JFK, {
              timestamps: 'word',
              decoding: { type: 'whisper', audioContext, wordAlignment },
            });
            return segments.flatMap((segment) => segment.words ?? []);
          }),
        );
        const [fitted, full] = timed as [Word[], Word[]];
        expect(fitted.map((word) => word.text)).toEqual(full.map((word) => word.text));
        for (const [i, word] of fitted.entries()) {
          expect(Math.abs(word.start - full[i]!.start)).toBeLessThan(0.6);
          expect(Math.abs(word.end - full[i]!.end)).toBeLessThan(0.6);
        }
      }
    } finally {
      await watched.dispose();
      await inner.dispose();
    }
  });
});
