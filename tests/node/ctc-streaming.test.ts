/** Models that carry states: audio in pieces of any size gives what the whole recording gives. */
import { GreedyCtcDecoder, groupWords, mixdown } from '@org/asr-node';
import { hasTestData } from '@org/asr-testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadCtc, modelFolder, readClip, readGolden } from './ctc-reference.js';

describe.skipIf(!hasTestData).each(['digits-streaming-ctc', 'digits-deepspeech'])('%s', (name) => {
  const folder = modelFolder(name);

  it('gives the reference text from pieces of random size, streams side by side', async () => {
    await using model = await loadCtc(folder);
    const { clips } = readGolden(folder);
    const clip = fc.integer({ min: 0, max: clips.length - 1 });
    const sizes = fc.array(fc.integer({ min: 1, max: 9000 }), { minLength: 1, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(clip, sizes, async (index, lengths) => {
        const { file, text } = clips[index]!;
        const samples = mixdown(readClip(folder, file));
        const stream = model.openLogProbStream();
        const other = model.openLogProbStream();
        const decoder = new GreedyCtcDecoder(model.vocabulary);
        for (let at = 0, i = 0; at < samples.length; i++) {
          const length = lengths[i % lengths.length]!;
          for await (const piece of stream.push(samples.subarray(at, at + length))) decoder.push(piece);
          for await (const _ of other.push(new Float32Array(length))) break;
          at += length;
        }
        for await (const piece of stream.finish()) decoder.push(piece);
        stream.dispose();
        other.dispose();
        const words = groupWords(decoder.result().tokens, model.vocabulary);
        expect(words.map((word) => word.text).join(' ')).toBe(text);
      }),
      { numRuns: 15 },
    );
  });

  it('gives the log-probabilities of the whole, value by value', async () => {
    await using model = await loadCtc(folder);
    const { detail_clip: file } = readGolden(folder);
    const whole = await model.logProbs(readClip(folder, file));
    const samples = mixdown(readClip(folder, file));
    const stream = model.openLogProbStream();
    const values: number[] = [];
    for (let at = 0; at < samples.length; at += 777) {
      for await (const { data } of stream.push(samples.subarray(at, at + 777))) values.push(...data);
    }
    for await (const { data } of stream.finish()) values.push(...data);
    stream.dispose();
    expect(values).toEqual([...whole.data]);
  });
});

it('says which models hear only whole utterances', async () => {
  await using model = await loadCtc(modelFolder('digits-nemo-ctc'));
  expect(() => model.openLogProbStream()).toThrow(/nemo-ctc model \(sherpa\) can't be streamed/);
});
