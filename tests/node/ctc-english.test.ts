/** A general English model in the wav2vec2 layout: accuracy with and without a language model, hotwords, alignment, long audio. */
import {
  loadNgramModel,
  measureWords,
  mixdown,
  readWav,
  type CtcModel,
  type NgramModel,
} from '@org/asr-node';
import { hasTestData, testData } from '@org/asr-testkit';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { argmax, loadCtc, modelFolder, readClip, readGolden, type Summary } from './ctc-reference.js';

interface Prompt {
  readonly file: string;
  readonly text: string;
}

const normalize = (text: string): string =>
  text
    .toLowerCase()
    .replaceAll(/[^a-z0-9' ]+/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim();

const unseen = (file: string): string => testData(`audio/prompts/en-unseen/${file}`);

describe.skipIf(!hasTestData)('english-ctc', () => {
  const folder = modelFolder('english-ctc');
  let model: CtcModel;
  let languageModel: NgramModel;
  beforeAll(async () => {
    model = await loadCtc(folder);
    languageModel = await loadNgramModel(readFileSync(testData('lm/en-us.pruned.trie.bin')));
  });
  afterAll(() => model.dispose());

  it('says which of the precisions it took', () => {
    expect(model.info).toMatchObject({ family: 'wav2vec2', files: ['onnx/model_quantized.onnx'] });
  });

  it('gives the reference log-probabilities as close as int8 kernels are', async () => {
    const golden = readGolden(folder);
    const logProbs = await model.logProbs(readClip(folder, golden.detail_clip));
    const logits = golden['logits'] as Summary;
    expect([logProbs.frames, logProbs.vocabularySize]).toEqual(logits.shape);
    const different = argmax(logProbs).filter((id, frame) => id !== golden.ids[frame]);
    expect(different.length).toBeLessThanOrEqual(2);
    logits.first.forEach((row, frame) =>
      row.forEach((value, id) => {
        const at = frame * logProbs.vocabularySize;
        const difference = logProbs.data[at + id]! - logProbs.data[at]!;
        expect(Math.abs(difference - (value - row[0]!))).toBeLessThan(0.2);
      }),
    );
  });

  it('reaches the word error rates of the reference decoder on prompts that it was not trained on', async () => {
    const prompts = JSON.parse(readFileSync(testData('audio/prompts/en-unseen.json'), 'utf8')) as Prompt[];
    const greedy: string[] = [];
    const beam: string[] = [];
    for (const { file } of prompts) {
      greedy.push((await model.transcribe(unseen(file))).text);
      const { text } = await model.transcribe(unseen(file), {
        decoding: { type: 'ctc-beam', beamWidth: 100, languageModel },
      });
      beam.push(text);
    }
    const references = prompts.map(({ text }) => text);
    const rate = (texts: string[]): number =>
      100 * measureWords(references, texts, { normalize }).wordErrorRate;
    // pyctcdecode with the same model, weights and width: 39.7 and 18.9.
    expect(rate(greedy)).toBeLessThan(40.5);
    expect(rate(beam)).toBeLessThanOrEqual(18.9);
  });

  it('hears hotwords that it misses otherwise', async () => {
    const audio = unseen('demo-thanks.wav');
    const greedy = (await model.transcribe(audio)).text.split(' ');
    expect(greedy).not.toContain('SOURCE');
    const hotwords = [{ text: 'Open Source', weight: 12 }];
    const { text } = await model.transcribe(audio, { decoding: { type: 'ctc-beam', hotwords } });
    expect(text).toContain('OPEN SOURCE');
    // A name that greedy decoding makes nothing of.
    const jfk = testData('audio/long/jfk-44k-stereo.flac');
    expect((await model.transcribe(jfk)).text).not.toContain('AMERICANS');
    const americans = [{ text: 'Americans', weight: 14 }];
    const named = await model.transcribe(jfk, { decoding: { type: 'ctc-beam', hotwords: americans } });
    expect(named.text.split(' ')).toContain('AMERICANS');
    // A name that the language model doesn't know.
    const without = await model.transcribe(audio, { decoding: { type: 'ctc-beam', languageModel } });
    expect(without.text.split(' ')).not.toContain('PBX');
    const withName = await model.transcribe(audio, {
      decoding: { type: 'ctc-beam', languageModel, hotwords: [{ text: 'pbx', weight: 10 }] },
    });
    expect(withName.text).toBe('GOODBYE THANK YOU FOR TRYING OUT THE ASTERISK OPEN SOURCE PBX');
  });

  it('averages several language models', async () => {
    const audio = unseen('demo-thanks.wav');
    const transcribe = async (models: readonly NgramModel[]) =>
      (
        await model.transcribe(audio, {
          decoding: { type: 'ctc-beam', languageModel: models, nBest: 1 },
        })
      ).nBest![0]!;
    const one = await transcribe([languageModel]);
    const two = await transcribe([languageModel, languageModel]);
    expect(two.text).toBe(one.text);
    expect(two.score).toBeCloseTo(one.score, 6);
  });

  it('measures confidence by entropy too', async () => {
    const audio = unseen('demo-thanks.wav');
    const confidences = async (method: 'max-prob' | 'entropy') => {
      const { segments } = await model.transcribe(audio, {
        timestamps: 'word',
        decoding: { type: 'ctc-greedy', confidence: { method } },
      });
      return segments.flatMap((segment) => segment.words!.map((word) => word.confidence!));
    };
    const [probabilities, entropies] = [await confidences('max-prob'), await confidences('entropy')];
    expect(entropies).toHaveLength(probabilities.length);
    expect(entropies).not.toEqual(probabilities);
    for (const value of [...probabilities, ...entropies]) {
      expect(value).toBeGreaterThanOrEqual(0);
      expect(value).toBeLessThanOrEqual(1);
    }
  });

  it('aligns text that has capitals, punctuation and characters without a label', async () => {
    const text = 'Goodbye.  Thank you for trying out the Asterisk "Open Source" PBX — ¿ß?';
    const { words, duration, score } = await model.align(unseen('demo-thanks.wav'), text);
    expect(words.map((word) => word.text).join(' ')).toBe(
      'Goodbye. Thank you for trying out the Asterisk "Open Source" PBX ¿ß?',
    );
    expect(words[0]!.units.map((unit) => unit.text)).toEqual([...'Goodbye']);
    let last = 0;
    for (const word of words) {
      expect(word.start).toBeGreaterThanOrEqual(last);
      expect(word.units[0]!.start).toBe(word.start);
      expect(word.units.at(-1)!.end).toBe(word.end);
      last = word.end;
    }
    expect(last).toBeLessThanOrEqual(duration);
    expect(score).toBeGreaterThan(0.5);
    const other = await model.align(unseen('demo-thanks.wav'), 'Please enter the number you wish to call');
    expect(other.score).toBeLessThan(0.2);
  });

  it('aligns an empty text to nothing, and says when a text is too long for its audio', async () => {
    const audio = { samples: new Float32Array(16_000), sampleRate: 16_000 };
    expect((await model.align(audio, ' — ')).words).toEqual([]);
    await expect(model.align(audio, 'word '.repeat(100))).rejects.toThrow(/frames/);
  });

  it('aligns minutes of prompts: each begins where it was cut in', async () => {
    const prompts = JSON.parse(readFileSync(testData('audio/long/prompts-en.json'), 'utf8')) as {
      readonly start: number;
      readonly end: number;
      readonly text: string;
    }[];
    const digits = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'];
    const spoken = prompts.map(({ text }) => text.replaceAll(/\d/g, (digit) => ` ${digits[Number(digit)]} `));
    const { words } = await model.align(testData('audio/long/prompts-en.flac'), spoken.join(' '));
    let at = 0;
    const misplaced = prompts.filter(({ start, end }, i) => {
      const count = spoken[i]!.split(/\s+/).filter((word) => /[a-z0-9]/i.test(word)).length;
      const own = words.slice(at, at + count);
      at += count;
      return own[0]!.start < start - 0.3 || own.at(-1)!.end > end + 0.3;
    });
    expect(at).toBe(words.length);
    expect(misplaced).toEqual([]);
  });

  it('transcribes minutes in chunks as it does the parts', async () => {
    const prompts = JSON.parse(readFileSync(testData('audio/long/prompts-en.json'), 'utf8')) as Prompt[];
    const seconds: number[] = [];
    const { segments, text, duration } = await model.transcribe(testData('audio/long/prompts-en.flac'), {
      onProgress: (progress) => seconds.push(progress.seconds),
      decoding: { type: 'ctc-beam', languageModel },
    });
    expect(duration).toBeGreaterThan(60);
    expect(seconds).toEqual(seconds.toSorted((a, b) => a - b));
    expect(seconds.length).toBeGreaterThan(2);
    expect(segments.map((segment) => segment.text).join(' ')).toBe(text);
    const { wordErrorRate } = measureWords(prompts.map((prompt) => prompt.text).join(' '), text, {
      normalize,
    });
    expect(wordErrorRate).toBeLessThan(0.3);
  });

  it('gives the same for audio shorter than a chunk, and nearly the same where chunks meet', async () => {
    const { samples, sampleRate } = readWav(readFileSync(unseen('vm-opts-full.wav')));
    const clip = mixdown({ samples, sampleRate });
    const whole = await model.logProbs({ samples: clip, sampleRate });
    await using chunked = await loadCtc(folder, {
      ctc: { ...model.config, execution: { type: 'chunked', seconds: 6, overlap: 1 } },
    });
    const pieces = await chunked.logProbs({ samples: clip, sampleRate });
    expect(pieces.frames).toBe(whole.frames);
    const same = argmax(pieces).filter((id, frame) => id === argmax(whole)[frame]).length;
    expect(same / whole.frames).toBeGreaterThan(0.9);
    const short = { samples: clip.subarray(0, 5 * 16_000), sampleRate };
    expect((await chunked.transcribe(short)).text).toBe((await model.transcribe(short)).text);
  });

  it.each([
    [{ language: 'en' }, /language/],
    [{ task: 'translate' as const }, /task/],
    [{ prompt: 'Asterisk' }, /hotwords/],
    [{ decoding: { type: 'whisper' as const } }, /another family/],
    [
      { decoding: { type: 'ctc-beam' as const, hotwords: [{ text: 'naïve', weight: 1 }] } },
      /can't be written.*Ï/,
    ],
  ])('refuses %o', async (options, message) => {
    const audio = { samples: new Float32Array(16_000), sampleRate: 16_000 };
    await expect(model.transcribe(audio, options)).rejects.toThrow(message);
    await expect(model.transcribe(audio, options)).rejects.toMatchObject({ code: 'OPTION_UNSUPPORTED' });
  });
});
