/** What holds for every CTC family alike: options that it can't honour are errors, and any text can be aligned. */
import {
  joinFloats,
  loadModel,
  mixdown,
  type AsrError,
  type CtcModel,
  type TranscribeOptions,
} from '@org/asr-node';
import { hasTestData, repositoryFile, testData } from '@org/asr-testkit';
import { existsSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadCtc, modelFolder, readClip, readGolden } from './ctc-reference.js';

const FOLDERS = [
  'digits-wav2vec2-ctc',
  'digits-nemo-ctc',
  'digits-zipformer-ctc',
  'digits-streaming-ctc',
  'digits-deepspeech',
  'digits-speechbrain-ctc',
].filter((name) => existsSync(modelFolder(name)));

const silence = { samples: new Float32Array(8000), sampleRate: 16_000 };
/** Stands for a detector: it must not even be asked. */
const vad = { detect: () => expect.unreachable('the detector was used') };

/** Options with a value that no CTC model can honour, and what is said of them. */
const UNSUPPORTED: readonly [options: object, message: RegExp][] = [
  [{ language: 'en' }, /language/],
  [{ language: 'auto' }, /language/],
  [{ task: 'translate' }, /task/],
  [{ prompt: 'Asterisk' }, /prompt/],
  [{ vad }, /vad/],
  [{ vad: { vad, threshold: 0.4 } }, /vad/],
  [{ decoding: { type: 'whisper' } }, /another family/],
  [{ decoding: { type: 'transducer-greedy' } }, /another family/],
  [{ decoding: { type: 'transducer-beam' } }, /another family/],
];
/** Options that nothing can honour. */
const WRONG: readonly [options: object, kind: new (message: string) => Error][] = [
  [{ timestamps: 'token' }, TypeError],
  [{ channels: 'left' }, TypeError],
  [{ temperature: 0.5 }, TypeError],
  [{ decoding: { type: 'ctc-greedy', beamWidth: 4 } }, TypeError],
  [{ decoding: { type: 'ctc-greedy', hotwords: [] } }, TypeError],
  [{ decoding: { type: 'ctc-beam', temperature: 1 } }, TypeError],
  [{ decoding: { type: 'ctc-beam', beamWidth: 0 } }, RangeError],
  [{ decoding: { type: 'ctc-beam', alpha: 0.5 } }, RangeError],
  [{ decoding: { type: 'ctc-beam', hotwords: [{ text: 'one' }] } }, TypeError],
  [{ decoding: { type: 'ctc-beam', lexicon: {} } }, TypeError],
];
/** Options that every CTC model honours. */
const HONOURED: readonly TranscribeOptions[] = [
  { task: 'transcribe' },
  { timestamps: 'none' },
  { timestamps: 'segment' },
  { timestamps: 'word', decoding: { type: 'ctc-greedy', segmentPause: 0.2 } },
  { channels: 'separate' },
  {
    timestamps: 'word',
    decoding: { type: 'ctc-greedy', confidence: { method: 'entropy', aggregation: 'mean' } },
  },
  {
    decoding: {
      type: 'ctc-beam',
      beamWidth: 8,
      nBest: 3,
      maxTokens: 5,
      minTokenLogProb: -8,
      maxScoreGap: 20,
    },
  },
  { decoding: { type: 'ctc-beam', pruneHistory: true, hotwords: [{ text: 'seven', weight: 3 }] } },
];

async function expectOptions(
  transcribe: (options: TranscribeOptions) => Promise<unknown>,
  unsupported = UNSUPPORTED,
  wrong = WRONG,
): Promise<void> {
  for (const [options, message] of unsupported) {
    const error = await transcribe(options as TranscribeOptions).then(
      () => expect.unreachable(`accepted ${JSON.stringify(options)}`),
      (reason: unknown) => reason as AsrError,
    );
    expect(error.code, JSON.stringify(options)).toBe('OPTION_UNSUPPORTED');
    expect(error.message).toMatch(message);
  }
  for (const [options, kind] of wrong) {
    await expect(transcribe(options as TranscribeOptions), JSON.stringify(options)).rejects.toThrow(kind);
  }
}

describe.each(FOLDERS)('%s', (name) => {
  const folder = modelFolder(name);
  const golden = readGolden(folder);
  let model: CtcModel;
  beforeAll(async () => {
    model = await loadCtc(folder);
  });
  afterAll(() => model.dispose());

  it('refuses every option that it can’t honour', async () => {
    await expectOptions((options) => model.transcribe(silence, options));
  });

  it('honours all others', async () => {
    const clip = readClip(folder, golden.clips[1]!.file);
    for (const options of HONOURED) {
      const transcript = await model.transcribe(clip, options);
      expect(transcript.duration).toBeGreaterThan(0);
      const { decoding } = options;
      if (decoding?.type === 'ctc-beam' && decoding.nBest !== undefined) {
        expect(transcript.nBest!.length).toBeGreaterThan(1);
        expect(transcript.nBest![0]!.text).toBe(transcript.text);
      } else expect(transcript.nBest).toBeUndefined();
      const words = transcript.segments.flatMap((segment) => segment.words ?? []);
      expect(words.length > 0).toBe(options.timestamps === 'word');
    }
  });

  it('aligns its own text to the times of its greedy decoding, and says where another text is worse', async () => {
    const { file, text } = golden.clips.at(-1)!;
    const clip = readClip(folder, file);
    const { segments, duration } = await model.transcribe(clip, { timestamps: 'word' });
    const heard = segments.flatMap((segment) => segment.words!);
    const { words, score } = await model.align(clip, text);
    expect(words.map((word) => word.text)).toEqual(text.trim().split(/\s+/));
    words.forEach((word, i) => {
      expect(Math.abs(word.start - heard[i]!.start)).toBeLessThanOrEqual(0.09);
      expect(word.units[0]!.start).toBe(word.start);
      expect(word.units.at(-1)!.end).toBe(word.end);
      expect(word.end).toBeLessThanOrEqual(duration);
    });
    const other = await model.align(clip, 'nine nine nine');
    expect(other.score).toBeLessThan(score);
  });

  it('aligns what it can’t write as any sound', async () => {
    const { file, text } = golden.clips.at(-1)!;
    const spoken = text.trim().split(/\s+/);
    const changed = spoken.map((word, i) => (i === 1 ? '日本' : word)).join(' ');
    const clip = readClip(folder, file);
    const [plain, wildcard] = [await model.align(clip, text), await model.align(clip, changed)];
    expect(wildcard.words.map((word) => word.text)).toEqual(changed.split(' '));
    // The words around it stay where they are.
    for (const i of [0, spoken.length - 1]) {
      expect(Math.abs(wildcard.words[i]!.start - plain.words[i]!.start)).toBeLessThanOrEqual(0.09);
    }
    expect(wildcard.words[1]!.start).toBeGreaterThanOrEqual(wildcard.words[0]!.end);
    expect(wildcard.words[1]!.end).toBeLessThanOrEqual(wildcard.words[2]!.start);
  });

  it('aligns minutes: the same clips one after the other', async () => {
    const clips = golden.clips.map(({ file, text }) => ({ text, samples: mixdown(readClip(folder, file)) }));
    const pause = new Float32Array(8000);
    const parts: Float32Array[] = [];
    const spans: { start: number; end: number; words: number }[] = [];
    let at = 0;
    for (let round = 0; at < 120 * 16_000; round++) {
      const clip = clips[round % clips.length]!;
      const { samples } = clip;
      const start = at / 16_000;
      parts.push(samples, pause);
      at += samples.length;
      spans.push({ start, end: at / 16_000, words: clip.text.trim().split(/\s+/).filter(Boolean).length });
      at += pause.length;
    }
    const text = spans.map((_, round) => clips[round % clips.length]!.text.trim()).join(' ');
    const { words } = await model.align({ samples: joinFloats(parts), sampleRate: 16_000 }, text);
    // SpeechBrain's recurrent model writes a word's first letter as soon as the word before it is over.
    const early = name === 'digits-speechbrain-ctc' ? 1.2 : 0.3;
    let word = 0;
    const misplaced = spans.filter(({ start, end, words: count }) => {
      const own = words.slice(word, (word += count));
      return own.some((one) => one.start < start - early || one.end < start || one.end > end + 0.8);
    });
    expect(word).toBe(words.length);
    // Where whole-utterance models hear other digits than alone, the text they gave alone may not be there.
    expect(misplaced.length / spans.length).toBeLessThanOrEqual(0.1);
  });
});

describe.each(['paddle', 'pytorch'])('deepspeech2-random/%s', (layout) => {
  it('refuses every option that it can’t honour', async () => {
    await using model = await loadCtc(repositoryFile(`tests/fixtures/deepspeech2-random/${layout}`));
    await expectOptions((options) => model.transcribe(silence, options));
  });

  it('aligns a text, with a wildcard', async () => {
    await using model = await loadCtc(repositoryFile(`tests/fixtures/deepspeech2-random/${layout}`));
    const audio = {
      samples: new Float32Array(
        readFileSync(repositoryFile('tests/fixtures/audio/jfk.wav')).subarray(44, 64_044),
      ).map((byte) => byte / 256 - 0.5),
      sampleRate: 16_000,
    };
    const { words } = await model.align(audio, 'ask 日 not');
    expect(words.map(({ text }) => text)).toEqual(['ask', '日', 'not']);
    expect(words[0]!.end).toBeLessThanOrEqual(words[1]!.start);
    expect(words[1]!.end).toBeLessThanOrEqual(words[2]!.start);
  });
});

describe.runIf(hasTestData)('digits-transducer', () => {
  it('refuses every option that it can’t honour', async () => {
    await using model = await loadModel({ path: testData('models/digits-transducer') }, { offThread: false });
    const unsupported = UNSUPPORTED.filter(([options]) => !JSON.stringify(options).includes('transducer'));
    await expectOptions(
      (options) => model.transcribe(silence, options),
      [
        ...unsupported,
        [{ decoding: { type: 'ctc-greedy' } }, /another family/],
        [{ decoding: { type: 'ctc-beam' } }, /another family/],
      ],
      [
        [{ timestamps: 'token' }, TypeError],
        [{ temperature: 1 }, TypeError],
        [{ decoding: { type: 'transducer-greedy', nBest: 2 } }, TypeError],
        [{ decoding: { type: 'transducer-beam', hotwords: [] } }, TypeError],
        [{ decoding: { type: 'transducer-beam', nBest: 5 } }, RangeError],
      ],
    );
  });
});
