/**
 * Windows shorter than 30 s with encoders that were exported for 30 s alone: the graph is rewritten and opened again. What comes out is
 * compared with numpy's (tests/fixtures/scripts/make_tiny_whisper.py), whose positions are cut to the window.
 */
import { openWhisperGraphs, type InferenceBackend, type OpenedWhisperGraphs } from '@org/asr-core';
import { createNodeBackend, createWorkerBackend, loadModel, type NodeBackend } from '@org/asr-node';
import { hasTestData, repositoryFile, testData, watchRuns } from '@org/asr-testkit';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { folderFiles } from './folder-files.js';

interface ReferenceCase {
  readonly tokens: readonly number[];
  readonly logits: readonly number[];
}

const fixture = (path: string): string => repositoryFile(`tests/fixtures/${path}`);
const reference = JSON.parse(readFileSync(fixture('whisper-tiny-random/reference.json'), 'utf8')) as {
  readonly mels: number;
  readonly features: readonly number[];
  readonly cases: readonly ReferenceCase[];
  /** Of the first 12 frames alone. */
  readonly short: ReferenceCase;
};
const FULL = 20;
const SHORT = 12;

function features(frames: number): Float32Array {
  return Float32Array.from({ length: reference.mels * frames }, (_, i) => {
    return reference.features[Math.floor(i / frames) * FULL + (i % frames)]!;
  });
}

async function score(graphs: OpenedWhisperGraphs, frames: number, { tokens }: ReferenceCase) {
  const audio = await graphs.encode(features(frames), frames);
  const decoder = audio.startDecoder();
  try {
    const logits = (await decoder.append(tokens.slice(0, -1), 1, 0)).slice();
    return { frames: audio.frames, logits: [...logits, ...(await decoder.append(tokens.slice(-1), 1, 0))] };
  } finally {
    decoder.dispose();
    audio.dispose();
  }
}

function farthest(found: readonly number[], wanted: readonly number[]): number {
  expect(found.length).toBe(wanted.length);
  return Math.max(...found.map((value, i) => Math.abs(value - wanted[i]!)));
}

const LAYOUTS = [
  { folder: 'huggingface-merged', quantization: 'fp32', tolerance: 2e-5 },
  { folder: 'huggingface-split', quantization: 'fp32', tolerance: 2e-5 },
  { folder: 'huggingface-merged-fp16', quantization: 'fp16', tolerance: 0.05 },
] as const;

let backend: NodeBackend;
beforeAll(async () => {
  backend = await createNodeBackend();
});
afterAll(async () => {
  expect(backend.liveTensors).toBe(0);
  await backend.dispose();
});

describe.each(LAYOUTS)('short windows, $folder', ({ folder, quantization, tolerance }) => {
  const files = folderFiles(fixture(`whisper-tiny-random/${folder}`));

  it('are taken once they are allowed, and full ones as before', async () => {
    await using graphs = await openWhisperGraphs(files, backend, { quantization });
    expect(graphs.takesShortWindows).toBe(false);
    await expect(graphs.encode(features(SHORT), SHORT)).rejects.toThrow(/takes 20, got 12/u);
    const before = await score(graphs, FULL, reference.cases[0]!);
    // A window that is being encoded has its encoder to the end.
    const [running] = await Promise.all([
      graphs.encode(features(FULL), FULL),
      graphs.allowShortWindows(),
      graphs.allowShortWindows(),
    ]);
    running.dispose();
    const { frames, logits } = await score(graphs, SHORT, reference.short);
    expect(frames).toBe(SHORT / 2);
    expect(farthest(logits, reference.short.logits)).toBeLessThan(tolerance);
    const after = await score(graphs, FULL, reference.cases[0]!);
    // The same but for rounding: with fixed shapes ONNX Runtime joins an addition and a normalisation more.
    expect(farthest(after.logits, before.logits)).toBeLessThan(tolerance);
    expect(farthest(after.logits, reference.cases[0]!.logits)).toBeLessThan(tolerance);
    await expect(graphs.encode(new Float32Array(reference.mels * 22), 22)).rejects.toThrow(
      /up to 20, got 22/u,
    );
  });
});

describe('short windows', () => {
  it('are taken in a worker thread', async () => {
    await using worker = await createWorkerBackend();
    const files = folderFiles(fixture('whisper-tiny-random/huggingface-merged'));
    await using graphs = await openWhisperGraphs(files, worker);
    await graphs.allowShortWindows();
    const { logits } = await score(graphs, SHORT, reference.short);
    expect(farthest(logits, reference.short.logits)).toBeLessThan(2e-5);
  });

  it.each([
    ['whisper-tiny-random/sherpa', /layout sherpa.*export-whisper/u],
    // Its positions are computed from a number, not stored.
    ['whisper-variants-random/distil-en', /encoder_model\.onnx takes 30 s only.*f_1500\.0 holds 1500/u],
  ])('are refused by %s with what is in the way, and full ones go on', async (folder, message) => {
    await using graphs = await openWhisperGraphs(folderFiles(fixture(folder)), backend);
    const frames = folder.includes('sherpa') ? FULL : 3000;
    const refusal = { code: 'OPTION_UNSUPPORTED', message: expect.stringMatching(message) as string };
    await expect(graphs.allowShortWindows()).rejects.toMatchObject(refusal);
    await expect(graphs.allowShortWindows()).rejects.toMatchObject(refusal);
    const audio = await graphs.encode(new Float32Array(graphs.melBins * frames), frames);
    expect(audio.frames).toBe(frames / 2);
    audio.dispose();
  });

  it('leave no session behind, also when the graphs are disposed meanwhile', async () => {
    const open = new Set<object>();
    const counting: InferenceBackend = {
      ...watchRuns(backend, (_, execute) => execute()),
      async createSession(model, options) {
        const session = await backend.createSession(model, options);
        open.add(session);
        const dispose = (): Promise<void> => {
          open.delete(session);
          return session.dispose();
        };
        return { ...session, inputs: session.inputs, outputs: session.outputs, dispose };
      },
    };
    const files = folderFiles(fixture('whisper-tiny-random/huggingface-merged'));
    const graphs = await openWhisperGraphs(files, counting);
    expect(open.size).toBe(2);
    await graphs.allowShortWindows();
    expect(open.size).toBe(2);
    await graphs.dispose();
    expect(open.size).toBe(0);
    await expect(graphs.allowShortWindows()).rejects.toMatchObject({ code: 'DISPOSED' });

    const others = await openWhisperGraphs(files, counting);
    const [allowed] = await Promise.allSettled([others.allowShortWindows(), others.dispose()]);
    expect(allowed).toMatchObject({ status: 'rejected', reason: { code: 'DISPOSED' } });
    expect(open.size).toBe(0);
  });
});

describe.skipIf(!hasTestData)('audio context, base in Hugging Face’s layout (extended data)', () => {
  it('is fitted with the same text, and 30 s again when that is asked for', async () => {
    const frames: number[] = [];
    const watched = watchRuns(backend, ({ feeds }, execute) => {
      const mel = feeds['input_features'];
      if (mel) frames.push(mel.dims[2]!);
      return execute();
    });
    await using model = await loadModel({ path: testData('models/whisper-base') }, { backend: watched });
    const hear = async (audioContext: 'full' | 'fit' | { padding: number }, timestamps?: 'word') => {
      frames.length = 0;
      return model.transcribe(repositoryFile('tests/fixtures/audio/jfk.wav'), {
        language: 'en',
        ...(timestamps && { timestamps }),
        decoding: { type: 'whisper', audioContext },
      });
    };
    const full = await hear('full');
    expect(frames).toEqual([3000]);
    const fitted = await hear({ padding: 5 });
    expect(frames).toEqual([1600]);
    expect(fitted.text).toBe(full.text);
    const timed = await hear('fit', 'word');
    expect(frames).toEqual([2100]);
    expect(timed.segments.flatMap(({ words = [] }) => words).at(-1)?.end).toBeGreaterThan(10);
    expect((await hear('full')).segments.map(({ tokens }) => tokens)).toEqual(
      full.segments.map(({ tokens }) => tokens),
    );
    expect(frames).toEqual([3000]);
  }, 60_000);
});
