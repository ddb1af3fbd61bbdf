/** The wav2vec2 layout of Hugging Face: the trained fixtures against their references. */
import { createFrontEnd, mixdown, wavePreset, type CtcModel } from '@org/asr-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { argmax, loadCtc, modelFolder, readClip, readGolden, type Summary } from './ctc-reference.js';

describe('digits-wav2vec2-ctc', () => {
  const folder = modelFolder('digits-wav2vec2-ctc');
  let model: CtcModel;
  beforeAll(async () => {
    model = await loadCtc(folder);
  });
  afterAll(() => model.dispose());

  it('says what it found', () => {
    expect(model.info).toMatchObject({ family: 'wav2vec2', layout: 'huggingface', files: ['model.onnx'] });
    expect(model.info.detection).toContain('model_type "wav2vec2"');
  });

  it('writes the reference text of every clip', async () => {
    for (const { file, text } of readGolden(folder).clips) {
      const transcript = await model.transcribe(readClip(folder, file));
      expect(transcript.text, file).toBe(text);
    }
  });

  it('gives the reference log-probabilities', async () => {
    const golden = readGolden(folder);
    const values = golden['input_values'] as { first: number[] };
    const logits = golden['logits'] as Summary;
    const clip = readClip(folder, golden.detail_clip);
    const { data } = createFrontEnd(wavePreset()).extract(mixdown(clip));
    values.first.forEach((value, i) => expect(data[i]).toBeCloseTo(value, 5));
    const logProbs = await model.logProbs(clip);
    expect(argmax(logProbs)).toEqual(golden.ids);
    // The reference holds logits; log-softmax keeps their differences.
    logits.first.forEach((row, frame) =>
      row.forEach((value, id) => {
        const at = frame * logProbs.vocabularySize;
        const difference = logProbs.data[at + id]! - logProbs.data[at]!;
        expect(Math.abs(difference - (value - row[0]!))).toBeLessThan(1e-3);
      }),
    );
    expect([logProbs.frames, logProbs.vocabularySize]).toEqual(logits.shape);
  });

  it('finds more likely texts with a beam, and times words in order', async () => {
    for (const { file } of readGolden(folder).clips) {
      const clip = readClip(folder, file);
      const { text, segments, nBest, duration } = await model.transcribe(clip, {
        timestamps: 'word',
        decoding: { type: 'ctc-beam', nBest: 4 },
      });
      expect(nBest![0]!.text).toBe(text);
      expect(nBest!.map(({ score }) => score)).toEqual(
        nBest!.map(({ score }) => score).toSorted((a, b) => b - a),
      );
      const words = segments.flatMap((segment) => segment.words ?? []);
      expect(words.map((word) => word.text.trim()).join(' ')).toBe(text);
      for (const segment of segments)
        expect(segment.words!.map((word) => word.text).join('')).toBe(segment.text);
      let end = 0;
      for (const word of words) {
        expect(word.start).toBeGreaterThanOrEqual(end);
        expect(word.end).toBeGreaterThan(word.start);
        expect(word.confidence).toBeGreaterThan(0);
        expect(word.confidence).toBeLessThanOrEqual(1);
        ({ end } = word);
      }
      expect(end).toBeLessThanOrEqual(duration);
    }
  });
});
