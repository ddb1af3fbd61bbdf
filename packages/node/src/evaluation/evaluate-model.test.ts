import { AsrError, writeWav } from '@org/asr-core';
import type { ModelInfo, Pcm, Segment, SpeechModel, TranscribeOptions, Utterance } from '@org/asr-core';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { evaluateModel, type RecognizedUtterance } from './evaluate-model.js';

const RATE = 16_000;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'asr-evaluate-model-'));
  const ramp = Float32Array.from({ length: 2 * RATE }, (_, i) => Math.sin(i / 20) * 0.3);
  await writeFile(join(folder, 'two-seconds.wav'), writeWav({ samples: ramp, sampleRate: RATE }));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const utterance = (id: string, more: Partial<Utterance> = {}): Utterance => ({
  id,
  audio: join(folder, 'two-seconds.wav'),
  text: 'said',
  ...more,
});

interface Call {
  readonly samples: Float32Array;
  readonly options: TranscribeOptions;
}

/** A model that notes what it is asked, and says two segments or throws. */
function recorder(languages: readonly string[] = [], failure?: (call: number) => Error | undefined) {
  const calls: Call[] = [];
  const model = {
    info: { languages } as unknown as ModelInfo,
    async *segments(audio: Pcm, options: TranscribeOptions): AsyncGenerator<Segment, void, undefined> {
      calls.push({ samples: audio.samples as Float32Array, options });
      const error = failure?.(calls.length);
      if (error) throw error;
      yield { start: 0, end: 1, text: 'one' };
      await new Promise((resolve) => setTimeout(resolve, 30));
      yield { start: 1, end: 2, text: 'two' };
    },
  } as unknown as SpeechModel;
  return { model, calls };
}

async function collect(run: AsyncIterable<RecognizedUtterance>): Promise<RecognizedUtterance[]> {
  const all: RecognizedUtterance[] = [];
  for await (const each of run) all.push(each);
  return all;
}

describe('evaluateModel', () => {
  it('joins segments and times the first of them', async () => {
    const { model, calls } = recorder();
    const [found] = await collect(evaluateModel(model, [utterance('a')]));
    expect(found).toMatchObject({ id: 'a', hypothesis: 'one two', audioSeconds: 2 });
    expect(found!.computeSeconds - found!.firstResultSeconds).toBeGreaterThan(0.02);
    expect(calls[0]!.samples).toHaveLength(2 * RATE);
  });

  it('cuts parts of a recording, and refuses what lies behind its end', async () => {
    const { model, calls } = recorder();
    const parts = [utterance('a', { start: 0.5, end: 1.25 }), utterance('b', { start: 1 })];
    await collect(evaluateModel(model, parts));
    expect(calls.map(({ samples }) => samples.length)).toEqual([0.75 * RATE, RATE]);
    for (const wrong of [{ start: 3 }, { end: 2.5 }]) {
      await expect(collect(evaluateModel(model, [utterance('c', wrong)]))).rejects.toThrow(
        /"c" goes from .* 2\.000 s long/u,
      );
    }
  });

  it('tells the language to models that take one, unless they shall find it', async () => {
    const set = [utterance('a', { language: 'fr' }), utterance('b', { language: 'xx' }), utterance('c')];
    const told = async (languages: readonly string[], detectLanguage = false): Promise<unknown[]> => {
      const { model, calls } = recorder(languages);
      await collect(evaluateModel(model, set, { detectLanguage, transcribe: { prompt: 'p' } }));
      expect(calls.every(({ options }) => options.prompt === 'p')).toBe(true);
      return calls.map(({ options }) => options.language);
    };
    expect(await told(['en', 'fr'])).toEqual(['fr', undefined, undefined]);
    expect(await told(['en', 'fr'], true)).toEqual([undefined, undefined, undefined]);
    expect(await told(['en'])).toEqual([undefined, undefined, undefined]);
  });

  it('counts what the runtime failed on as not recognised, and goes on', async () => {
    const { model } = recorder([], (call) =>
      call === 1 ? new AsrError('BACKEND_FAILED', 'out of memory') : undefined,
    );
    const [first, second] = await collect(evaluateModel(model, [utterance('a'), utterance('b')]));
    expect(first).toMatchObject({ hypothesis: '', error: 'out of memory' });
    expect(second).toMatchObject({ hypothesis: 'one two' });
  });

  it('stops at what is no failure of the model, and names the recording', async () => {
    const { model } = recorder([], () => new AsrError('OPTION_UNSUPPORTED', 'no prompts'));
    await expect(collect(evaluateModel(model, [utterance('a')]))).rejects.toThrow('no prompts');
    await writeFile(join(folder, 'broken.wav'), 'RIFF');
    const broken = utterance('b', { audio: join(folder, 'broken.wav') });
    await expect(collect(evaluateModel(recorder().model, [broken]))).rejects.toThrow(
      /the audio of "b" .*broken\.wav/u,
    );
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(collect(evaluateModel(recorder().model, [utterance('a')], { signal }))).rejects.toThrow(
      'enough',
    );
  });

  it('adds the same noise at every ratio, by seed and id', async () => {
    const run = async (seed: number): Promise<Float32Array[]> => {
      const { model, calls } = recorder();
      const noise = [10, 0].map((snr) => ({ noise: 'white', snr }));
      const found = await collect(evaluateModel(model, [utterance('a'), utterance('b')], { noise, seed }));
      expect(found.map(({ id, noise: added }) => `${id} ${added?.snr ?? 'clean'}`)).toEqual([
        'a clean',
        'a 10',
        'a 0',
        'b clean',
        'b 10',
        'b 0',
      ]);
      return calls.map(({ samples }) => samples);
    };
    const [clean, ten, zero, , other] = await run(0);
    const added = (mix: Float32Array): number[] => [100, 5000, 20_000].map((i) => mix[i]! - clean![i]!);
    const ratio = 10 ** (10 / 20);
    for (const [i, value] of added(zero!).entries()) expect(value).toBeCloseTo(ratio * added(ten!)[i]!, 5);
    expect(added(other!)).not.toEqual(added(ten!));
    expect((await run(0))[1]).toEqual(ten);
    expect((await run(1))[1]).not.toEqual(ten);
  });

  it('takes noise from a recording', async () => {
    const path = join(folder, 'hum.wav');
    await writeFile(path, writeWav({ samples: new Float32Array(800).fill(0.5), sampleRate: RATE }));
    const { model, calls } = recorder();
    await collect(evaluateModel(model, [utterance('a')], { noise: [{ noise: path, snr: 0 }] }));
    const differences = calls[1]!.samples.map((sample, i) => sample - calls[0]!.samples[i]!);
    // A constant stays one, repeated without a gap.
    expect(Math.max(...differences) - Math.min(...differences)).toBeLessThan(1e-4);
    expect(differences[0]).toBeGreaterThan(0.1);
  });
});
