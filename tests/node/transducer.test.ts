/** A small trained transducer in sherpa-onnx's layout, against the references in its folder. */
import {
  createFrontEnd,
  createNodeBackend,
  createTensor,
  inspectModel,
  kaldiFbankPreset,
  loadModel,
  mixdown,
  transducerBeam,
  transducerGreedy,
  type InferenceSession,
  type SpeechModel,
  type Tensor,
} from '@org/asr-node';
import { hasTestData, testData } from '@org/asr-testkit';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GraphScorer } from '../../packages/core/src/models/transducer/graph-scorer.js';
import { expectMatrix, loadCtc, readClip, readGolden, type Summary } from './ctc-reference.js';

const folder = testData('models/digits-transducer');

describe.runIf(hasTestData)('digits-transducer', () => {
  let model: SpeechModel;
  beforeAll(async () => {
    model = await loadModel({ path: folder }, { offThread: false });
  });
  afterAll(() => model.dispose());

  it('is recognised', () => {
    expect(model.info).toMatchObject({
      family: 'transducer',
      layout: 'sherpa',
      files: ['encoder.onnx', 'decoder.onnx', 'joiner.onnx'],
    });
  });

  it('can be inspected', async () => {
    const { family, graphs, vocabulary, sampleRate } = await inspectModel({ path: folder });
    expect({ family, vocabulary, sampleRate }).toEqual({
      family: 'transducer',
      vocabulary: { kind: 'labels', size: 21 },
      sampleRate: 16_000,
    });
    expect(graphs.map(({ name }) => name)).toEqual(['encoder.onnx', 'decoder.onnx', 'joiner.onnx']);
  });

  it('writes the reference text of every clip', async () => {
    for (const { file, text } of readGolden(folder).clips) {
      expect((await model.transcribe(readClip(folder, file))).text, file).toBe(text);
    }
  });

  it('takes the reference features and gives the reference encoding', async () => {
    const golden = readGolden(folder);
    const clip = readClip(folder, golden.detail_clip);
    const frontEnd = kaldiFbankPreset();
    const { data, bins } = createFrontEnd(frontEnd).extract(mixdown(clip));
    expectMatrix(data, bins, golden['features'] as Summary, 1e-3);
    // The encoder alone, described: its output is passed through as it is.
    await using encoder = await loadCtc(folder, {
      ctc: {
        graph: 'encoder.onnx',
        frontEnd,
        input: { name: 'x', shape: [1, 'rows', 'bins'], lengths: { name: 'x_lens', unit: 'rows' } },
        output: { name: 'encoder_out', kind: 'logProbs', stride: 4, lengths: 'encoder_out_lens' },
        vocabulary: { labels: Array.from({ length: 96 }, (_, i) => `${i}`), blank: 0 },
      },
    });
    const encoded = await encoder.logProbs(clip);
    expectMatrix(encoded.data, 96, golden['encoder_out'] as Summary, 1e-3);
  });

  it('walks the frames with the reference’s decoder outputs and logits', async () => {
    const golden = readGolden(folder);
    const file = (name: string) => ({
      name,
      path: join(folder, name),
      bytes: () => Promise.resolve(new Uint8Array(readFileSync(join(folder, name)))),
    });
    await using backend = await createNodeBackend();
    const decoder = await backend.createSession(file('decoder.onnx'), {});
    const joiner = await backend.createSession(file('joiner.onnx'), {});
    const encoder = await backend.createSession(file('encoder.onnx'), {});
    const {
      data,
      frames: rows,
      bins,
    } = createFrontEnd(kaldiFbankPreset()).extract(mixdown(readClip(folder, golden.detail_clip)));
    const { encoder_out: encoded } = await encoder.run(
      {
        x: createTensor('float32', data, [1, rows, bins]),
        x_lens: createTensor('int64', BigInt64Array.of(BigInt(rows)), [1]),
      },
      ['encoder_out'],
    );
    const width = encoded!.dims.at(-1)!;
    const values = Float32Array.from((await encoded!.read()) as Float32Array);
    const frames = Array.from({ length: values.length / width }, (_, i) =>
      values.subarray(i * width, (i + 1) * width),
    );
    const [decoded, logits]: number[][] = [[], []];
    /** The session, and what it gave. */
    const watched = (session: InferenceSession, output: string, seen: number[]) => ({
      run: async (feeds: Readonly<Record<string, Tensor>>, fetches?: readonly string[]) => {
        const outputs = await session.run(feeds, fetches);
        seen.push(...((await outputs[output]!.read()) as Float32Array));
        return outputs;
      },
    });
    const scorer = new GraphScorer(
      watched(decoder, 'decoder_out', decoded!) as InferenceSession,
      watched(joiner, 'logit', logits!) as InferenceSession,
      2,
    );
    // The reference begins with two blanks; ours with (−1, blank) as icefall and sherpa-onnx do.
    const fromBlanks = {
      contextSize: 2,
      score: (frame: Float32Array, contexts: readonly (readonly number[])[]) =>
        scorer.score(
          frame,
          contexts.map((context) => context.map((id) => Math.max(id, 0))),
        ),
    };
    const { tokens } = await transducerGreedy(frames, fromBlanks, { blank: 0 });
    expect(tokens.map(({ id }) => id)).toEqual(golden['tokens']);
    expectMatrix(Float32Array.from(logits!), 21, golden['greedy_logits_per_frame'] as Summary, 1e-3);
    expectMatrix(
      Float32Array.from(decoded!.slice(0, 96)),
      96,
      golden['decoder_out_blank_blank'] as Summary,
      1e-3,
    );
    await Promise.all([decoder, joiner, encoder].map((session) => session.dispose()));
  });

  it('finds likelier texts with a beam, and n-best', async () => {
    const { clips } = readGolden(folder);
    let same = 0;
    for (const { file, text } of clips) {
      const beam = await model.transcribe(readClip(folder, file), {
        decoding: { type: 'transducer-beam', beamWidth: 4, nBest: 4 },
      });
      expect(beam.nBest![0]!.text).toBe(beam.text);
      expect(new Set(beam.nBest!.map((one) => one.text)).size).toBe(beam.nBest!.length);
      const scores = beam.nBest!.map(({ score }) => score);
      expect(scores).toEqual(scores.toSorted((a, b) => b - a));
      if (beam.text === text) same++;
    }
    expect(same).toBeGreaterThan(clips.length / 2);
  });

  it('gives words with times inside of the audio, and confidences', async () => {
    const { file } = readGolden(folder).clips.at(-1)!;
    const { segments, duration, text } = await model.transcribe(readClip(folder, file), {
      timestamps: 'word',
    });
    const words = segments.flatMap((segment) => segment.words ?? []);
    expect(words.map((word) => word.text.trim()).join(' ')).toBe(text);
    let last = 0;
    for (const { start, end, confidence } of words) {
      expect(start).toBeGreaterThanOrEqual(last);
      expect(end).toBeGreaterThan(start);
      expect(confidence).toBeGreaterThan(0);
      last = end;
    }
    expect(last).toBeLessThanOrEqual(duration);
  });

  it('takes audio of any length', async () => {
    for (const length of [0, 1, 79, 400, 1599]) {
      const silence = { samples: new Float32Array(length), sampleRate: 16_000 };
      expect((await model.transcribe(silence)).segments).toEqual([]);
    }
  });

  it.each([[{ language: 'en' }], [{ prompt: 'x' }], [{ decoding: { type: 'ctc-greedy' as const } }]])(
    'refuses %o',
    async (options) => {
      const audio = { samples: new Float32Array(1600), sampleRate: 16_000 };
      await expect(model.transcribe(audio, options)).rejects.toMatchObject({ code: 'OPTION_UNSUPPORTED' });
      expect(() => model.openStream()).toThrow(/hears whole utterances/);
    },
  );

  it.each([
    [{ type: 'transducer-beam' as const, beamWidth: 0 }, RangeError],
    [{ type: 'transducer-greedy' as const, beamWidth: 2 }, TypeError],
  ])('%o is an error', async (decoding, kind) => {
    const audio = { samples: new Float32Array(1600), sampleRate: 16_000 };
    await expect(model.transcribe(audio, { decoding })).rejects.toThrow(kind);
  });

  it('says what is missing or does not fit', async () => {
    const files = Object.fromEntries(
      readdirSync(folder)
        .filter((name) => /\.(onnx|txt)$/.test(name))
        .map((name) => [name, new Uint8Array(readFileSync(join(folder, name)))]),
    );
    const { 'joiner.onnx': _, ...rest } = files;
    await expect(loadModel({ files: rest }, { offThread: false })).rejects.toThrow(
      /of the joiner, there is no/,
    );
    const tokens = new TextEncoder().encode('<blk> 0\na 1\n');
    await expect(
      loadModel({ files: { ...files, 'tokens.txt': tokens } }, { offThread: false }),
    ).rejects.toThrow(/gives 21 labels, tokens\.txt has 2/);
  });

  it('stops when asked to', async () => {
    const clip = readClip(folder, readGolden(folder).clips[0]!.file);
    const aborted = AbortSignal.abort(new Error('enough'));
    await expect(model.transcribe(clip, { signal: aborted })).rejects.toThrow('enough');
  });
});

describe('the searches', () => {
  /** Log-probabilities that depend on the frame and the last label. */
  const scorer = (vocabularySize: number, seed: number) => ({
    contextSize: 2,
    score(frame: number, contexts: readonly (readonly number[])[]): Promise<Float32Array> {
      const rows = new Float32Array(contexts.length * vocabularySize);
      contexts.forEach((context, i) => {
        let sum = 0;
        for (let id = 0; id < vocabularySize; id++) {
          const noise = Math.sin(seed + 12.9 * frame + 78.2 * id + 37.7 * (context.at(-1)! + 2)) * 43_758.5;
          const value = Math.exp(3 * (noise - Math.floor(noise)));
          rows[i * vocabularySize + id] = value;
          sum += value;
        }
        for (let id = 0; id < vocabularySize; id++) {
          rows[i * vocabularySize + id] = Math.log(rows[i * vocabularySize + id]! / sum);
        }
      });
      return Promise.resolve(rows);
    },
  });

  it('a wide beam sums all ways to every label sequence', async () => {
    const frames = [0, 1, 2, 3];
    for (let seed = 0; seed < 20; seed++) {
      const model = scorer(3, seed);
      const expected = new Map<string, number>();
      const walk = async (frame: number, labels: readonly number[], probability: number): Promise<void> => {
        if (frame === frames.length) {
          const key = labels.join(' ');
          expected.set(key, (expected.get(key) ?? 0) + probability);
          return;
        }
        const row = await model.score(frame, [[-1, 0, ...labels].slice(-2)]);
        for (let id = 0; id < 3; id++) {
          await walk(frame + 1, id === 0 ? labels : [...labels, id], probability * Math.exp(row[id]!));
        }
      };
      await walk(0, [], 1);
      const found = await transducerBeam(frames, model, { blank: 0, beamWidth: 1000 });
      expect(found).toHaveLength(expected.size);
      for (const { tokens, logProb, score } of found) {
        const ids = tokens.map(({ id }) => id);
        expect(Math.exp(logProb)).toBeCloseTo(expected.get(ids.join(' '))!, 6);
        expect(score).toBeCloseTo(logProb / (ids.length + 2), 9);
      }
    }
  });

  it('a beam of one is greedy', async () => {
    const frames = Array.from({ length: 30 }, (_, frame) => frame);
    for (let seed = 0; seed < 20; seed++) {
      const model = scorer(5, seed);
      const [best] = await transducerBeam(frames, model, { blank: 0, unknown: 4, beamWidth: 1 });
      const greedy = await transducerGreedy(frames, model, { blank: 0, unknown: 4 });
      expect(best!.tokens).toEqual(greedy.tokens);
      expect(best!.logProb).toBeCloseTo(greedy.logProb, 9);
      expect(greedy.tokens.map(({ id }) => id)).not.toContain(4);
    }
  });

  it('refuses a beam of none', async () => {
    await expect(transducerBeam([], scorer(2, 1), { blank: 0, beamWidth: 0 })).rejects.toThrow(RangeError);
  });
});
