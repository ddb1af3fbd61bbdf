/** The packaged detector on real audio, as an application uses it. */
import sileroVad from '@org/asr-model-silero-vad';
import { loadVad, mixdown, readWav, resample } from '@org/asr-node';
import type { Pcm, SpeechEvent, SpeechSpan, Vad } from '@org/asr-node';
import { hasTestData, repositoryFile, testData } from '@org/asr-testkit';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mulberry32 } from '../golden/signals.js';
import { translateVadOptions, type PythonVadOptions } from '../golden/vad-options.js';

interface Recording {
  readonly wav: string;
  readonly samples: number;
  readonly probabilities: readonly number[];
  readonly segments: readonly {
    readonly options: PythonVadOptions;
    readonly samples: readonly (readonly [number, number])[];
  }[];
}

const { cases } = JSON.parse(
  readFileSync(repositoryFile('tests/golden/vectors/vad/silero.json'), 'utf8'),
) as { readonly cases: readonly Recording[] };
const JFK = repositoryFile('tests/fixtures/audio/jfk.wav');
const readSamples = (path: string): Float32Array => mixdown(readWav(new Uint8Array(readFileSync(path))));
const pcm = (samples: Float32Array): Pcm => ({ samples, sampleRate: 16_000 });
const inSamples = (spans: readonly SpeechSpan[]): number[][] =>
  spans.map(({ start, end }) => [Math.round(start * 16_000), Math.round(end * 16_000)]);

let vad: Vad;
beforeAll(async () => {
  vad = await loadVad(sileroVad, { offThread: false });
});
afterAll(() => vad.dispose());

describe.each(cases)('$wav', ({ wav, samples, probabilities, segments }) => {
  describe.skipIf(wav !== 'jfk.wav' && !hasTestData)('(all but jfk need the extended test data)', () => {
    const audio = (): Pcm => pcm(readSamples(wav === 'jfk.wav' ? JFK : testData(`golden/wav/${wav}`)));

    it('has the probabilities of silero-vad', async () => {
      const found = await vad.probabilities(audio());
      expect(found).toHaveLength(Math.ceil(samples / 512));
      // The golden ones have six digits, and of the longest recording the file keeps the first 1500.
      const worst = Math.max(...probabilities.map((expected, i) => Math.abs(found[i]! - expected)));
      expect(worst).toBeLessThan(1e-5);
    });

    it.each(segments)('has the segments of $options', async ({ options, samples: expected }) => {
      expect(inSamples(await vad.detect(audio(), translateVadOptions(options)))).toEqual(expected);
    });
  });
});

describe('a stream', () => {
  it.each([1, 2, 3])('finds in chunks of any size what detect finds in the whole (seed %i)', async (seed) => {
    const random = mulberry32(seed);
    const samples = readSamples(JFK);
    await using stream = vad.stream();
    const pending: Promise<readonly SpeechEvent[]>[] = [];
    const microphone = new Float32Array(8000);
    for (let read = 0; read < samples.length;) {
      const chunk = samples.subarray(read, read + Math.floor(random() ** 3 * 8000));
      // One array for all chunks, as recorders have it.
      microphone.set(chunk);
      pending.push(stream.push(microphone.subarray(0, chunk.length)));
      read += chunk.length;
    }
    pending.push(stream.finish());
    const events = (await Promise.all(pending)).flat();
    const spans = await vad.detect(pcm(samples));
    expect(events.map(({ type, time }) => [type, time])).toEqual(
      spans.flatMap(({ start, end }) => [
        ['speech-start', start],
        ['speech-end', end],
      ]),
    );
    await expect(stream.push(samples)).rejects.toMatchObject({ code: 'DISPOSED' });
  });

  it('tells a start 0.3 s and an end 0.2 s after it at the latest', async () => {
    const samples = readSamples(JFK);
    await using stream = vad.stream();
    const delays: Record<SpeechEvent['type'], number[]> = { 'speech-start': [], 'speech-end': [] };
    for (let read = 0; read < samples.length; read += 512) {
      const now = (read + 512) / 16_000;
      for (const { type, time } of await stream.push(samples.subarray(read, read + 512))) {
        delays[type].push(now - time);
      }
    }
    expect(Math.max(...delays['speech-start'])).toBeLessThan(0.35);
    expect(Math.max(...delays['speech-end'])).toBeLessThan(0.2);
  });
});

describe('sounds that are not speech', () => {
  const random = mulberry32(7);
  const tone = (frequency: number, n: number): number => Math.sin((2 * Math.PI * frequency * n) / 16_000);
  const signals: Readonly<Record<string, (n: number) => number>> = {
    silence: () => 0,
    'white noise': () => 0.1 * (2 * random() - 1),
    'a tone': (n) => 0.3 * tone(440, n),
    chords: (n) => {
      const root = 220 * 2 ** ([0, 5, 7, 0][Math.floor(n / 16_000) % 4]! / 12);
      const decay = Math.exp(-((n % 8000) / 4000));
      return 0.15 * decay * [1, 1.26, 1.5, 2].reduce((sum, ratio) => sum + tone(root * ratio, n), 0);
    },
  };

  it.each(Object.entries(signals))('%s', async (_, signal) => {
    expect(await vad.detect(pcm(Float32Array.from({ length: 30 * 16_000 }, (_, n) => signal(n))))).toEqual(
      [],
    );
  });

  it('no audio at all', async () => {
    expect(await vad.detect(pcm(new Float32Array(0)))).toEqual([]);
  });
});

describe('audio of any kind', () => {
  it('is read from a path and at other rates, with times of the original', async () => {
    const spans = await vad.detect(JFK);
    const converted = resample(readSamples(JFK), 16_000, 44_100);
    const again = await vad.detect({ samples: [converted, converted], sampleRate: 44_100 });
    expect(again).toHaveLength(spans.length);
    for (const [i, { start, end }] of again.entries()) {
      expect(Math.abs(start - spans[i]!.start)).toBeLessThan(0.07);
      expect(Math.abs(end - spans[i]!.end)).toBeLessThan(0.07);
    }
  });
});

describe.skipIf(!hasTestData)('the other graphs of the release (extended test data)', () => {
  const names = ['silero_vad.onnx', 'silero_vad_16k_op15.onnx'];

  it.each(names)('%s gives the same probabilities', async (name) => {
    const files = { [name]: new Uint8Array(readFileSync(testData(`models/silero-vad/${name}`))) };
    await using other = await loadVad({ files }, { offThread: false });
    expect(other.info).toMatchObject({ layout: 'window', file: name, family: 'silero' });
    const [found, expected] = await Promise.all([other.probabilities(JFK), vad.probabilities(JFK)]);
    for (const [i, probability] of found.entries()) expect(probability).toBeCloseTo(expected[i]!, 5);
  });

  it('takes the fastest of a folder', async () => {
    await using all = await loadVad({ path: testData('models/silero-vad') }, { offThread: false });
    expect(all.info).toMatchObject({ layout: 'sequence', file: 'silero_vad_16k_sequence.onnx' });
  });
});

describe('stopping', () => {
  it('rejects with the reason of the signal, before and during the call', async () => {
    const reason = new Error('enough');
    await expect(vad.detect(JFK, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const controller = new AbortController();
    const seconds: number[] = [];
    const call = vad.detect(JFK, {
      signal: controller.signal,
      onProgress: (progress) => {
        seconds.push(progress.seconds);
        controller.abort(reason);
      },
    });
    await expect(call).rejects.toBe(reason);
    expect(seconds).toHaveLength(1);
  });

  it('refuses use after dispose, of streams as well', async () => {
    const short = await loadVad(sileroVad);
    const stream = short.stream();
    await short.dispose();
    await short.dispose();
    await expect(short.detect(JFK)).rejects.toMatchObject({ code: 'DISPOSED' });
    await expect(stream.push(new Float32Array(512))).rejects.toMatchObject({ code: 'DISPOSED' });
  });
});

describe('wrong options and models', () => {
  it('are errors that name what is wrong', async () => {
    await expect(vad.detect(JFK, { treshold: 0.5 } as never)).rejects.toThrow(/treshold/);
    await expect(vad.detect(JFK, { threshold: 2 })).rejects.toThrow(RangeError);
    await expect(vad.detect(new Float32Array(512) as never)).rejects.toThrow(TypeError);
    const encoder = repositoryFile('packages/model-whisper-tiny-en/model');
    await expect(loadVad({ path: encoder })).rejects.toMatchObject({
      code: 'MODEL_UNSUPPORTED',
      message: expect.stringContaining('decoder.onnx') as unknown,
    });
    await expect(loadVad({ path: repositoryFile('docs') })).rejects.toMatchObject({
      code: 'MODEL_NOT_FOUND',
    });
  });
});
