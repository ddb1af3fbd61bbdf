import { readFileSync } from 'node:fs';
import { createNodeBackend } from '@org/asr-node';
import type { NodeBackend } from '@org/asr-node';
import { alignmentMatrix, createTensor, openWhisperGraphs, readWav, whisperLogMel } from '@org/asr-core';
import type { EncodedAudio, OpenedWhisperGraphs } from '@org/asr-core';
import { hasTestData, repositoryFile, testData } from '@org/asr-testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { folderFiles } from './folder-files.js';

/** What openai-whisper's float32 model gives for jfk.wav (`tests/golden/scripts/model_numerics.py`). */
interface Numerics {
  readonly prompt: readonly number[];
  readonly encoder: { readonly rows: Readonly<Record<string, readonly number[]>> };
  readonly logits_last: { readonly top_ids: readonly number[]; readonly top_values: readonly number[] };
  readonly alignment: { readonly text_tokens: readonly number[]; readonly row_argmax: readonly number[] };
}

const golden = JSON.parse(
  readFileSync(repositoryFile('tests/golden/vectors/whisper/model_numerics.json'), 'utf8'),
) as { readonly models: Readonly<Record<string, Numerics>> };

interface TestedModel {
  readonly name: string;
  readonly path: string;
  readonly available: boolean;
  readonly reference: string;
  readonly eot: number;
  /** The reference is float32, the graphs int8: how far single numbers may be off. */
  readonly tolerance: { readonly encoder: number; readonly logits: number };
}

const MODELS: readonly TestedModel[] = [
  {
    name: 'packaged tiny.en, fast, int8',
    path: repositoryFile('packages/model-whisper-tiny-en/model'),
    available: true,
    reference: 'tiny.en',
    eot: 50256,
    tolerance: { encoder: 0.5, logits: 2 },
  },
  {
    name: 'base, Hugging Face merged, int8',
    path: testData('models/whisper-base'),
    available: hasTestData,
    reference: 'base',
    eot: 50257,
    tolerance: { encoder: 0.7, logits: 2.5 },
  },
];

for (const model of MODELS) {
  describe.skipIf(!model.available)(`Whisper graphs against openai-whisper: ${model.name}`, () => {
    const wanted = golden.models[model.reference]!;
    const text = wanted.alignment.text_tokens;
    let backend: NodeBackend;
    let graphs: OpenedWhisperGraphs;
    let features: Float32Array;
    let audio: EncodedAudio;

    beforeAll(async () => {
      backend = await createNodeBackend();
      graphs = await openWhisperGraphs(folderFiles(model.path), backend);
      const { samples } = readWav(readFileSync(repositoryFile('tests/fixtures/audio/jfk.wav')));
      features = whisperLogMel(samples[0]!, { bins: graphs.melBins, length: 480_000 }).data;
      audio = await graphs.encode(features, 3000);
    });

    afterAll(async () => {
      audio.dispose();
      expect(backend.liveTensors).toBe(0);
      await graphs.dispose();
      await backend.dispose();
    });

    it('encodes', async () => {
      const input = createTensor('float32', features, [1, graphs.melBins, 3000]);
      const outputs = await graphs.sessions[0]!.run({ input_features: input }, ['last_hidden_state']);
      const states = outputs['last_hidden_state']!;
      const data = states.data as Float32Array;
      for (const [row, values] of Object.entries(wanted.encoder.rows)) {
        for (const [i, value] of values.entries()) {
          expect(Math.abs(data[Number(row) * states.dims[2]! + i]! - value)).toBeLessThan(
            model.tolerance.encoder,
          );
        }
      }
      states.dispose();
    });

    it('scores the prompt', async () => {
      const decoder = audio.startDecoder();
      const { prompt, logits_last: top } = wanted;
      const logits = await decoder.append(prompt, 1, prompt.length - 1);
      expect(logits.length).toBe(graphs.vocabularySize);
      expect(argmax(logits)).toBe(top.top_ids[0]);
      for (const [i, id] of top.top_ids.entries()) {
        expect(Math.abs(logits[id]! - top.top_values[i]!)).toBeLessThan(model.tolerance.logits);
      }
      decoder.dispose();
    });

    it('predicts the text token by token', async () => {
      const decoder = audio.startDecoder();
      let logits = await decoder.append(wanted.prompt, 1, wanted.prompt.length - 1);
      let agreed = 0;
      for (const token of text) {
        if (argmax(logits) === token) agreed++;
        logits = await decoder.append([token], 1, 0);
      }
      // int8 prefers another punctuation mark in one place.
      expect(agreed).toBeGreaterThanOrEqual(text.length - 1);
      decoder.dispose();
    });

    it('follows the speech with its alignment heads', async () => {
      const decoder = audio.startDecoder();
      await decoder.append([...wanted.prompt, ...text, model.eot], 1, 0);
      const attention = await decoder.alignment();
      const start = wanted.prompt.length - 1;
      const { matrix, columns } = alignmentMatrix(
        { ...attention, timedRows: [start, start + text.length + 1] },
        550,
      );
      // Rows of commas and full stops have no clear peak; the others lie within 0.1 s.
      const close = wanted.alignment.row_argmax.filter((position, row) => {
        return Math.abs(argmax(matrix.subarray(row * columns, (row + 1) * columns)) - position) <= 5;
      });
      expect(close.length).toBeGreaterThanOrEqual(0.85 * (text.length + 1));
      decoder.dispose();
    });
  });
}

function argmax(values: Float32Array): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i]! > values[best]!) best = i;
  return best;
}
