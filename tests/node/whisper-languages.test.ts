/** Recordings in several languages, through base (int8). */
import sileroVad from '@org/asr-model-silero-vad';
import {
  createNodeBackend,
  joinFloats,
  loadModel,
  loadVad,
  mixdown,
  readWav,
  type Pcm,
  type SpeechModel,
  type Vad,
} from '@org/asr-node';
import { hasTestData, repositoryFile, testData, watchRuns } from '@org/asr-testkit';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const RATE = 16_000;
const wav = (path: string): Float32Array => mixdown(readWav(new Uint8Array(readFileSync(path))));
const audio: Pcm = {
  samples: wav(repositoryFile('tests/fixtures/audio/jfk.wav')).subarray(0, 2 * RATE),
  sampleRate: RATE,
};

describe.skipIf(!hasTestData)('audio in several languages (base; extended test data)', () => {
  let model: SpeechModel;
  let vad: Vad;
  beforeAll(async () => {
    model = await loadModel({ path: testData('models/whisper-base') });
    vad = await loadVad(sileroVad);
  });
  afterAll(async () => {
    await model?.dispose();
    await vad?.dispose();
  });

  it('tells the language of every window', async () => {
    const mixed = new Float32Array(90 * 16_000);
    for (const [i, name] of ['lang_es_0', 'lang_ru_0', 'lang_fr_0'].entries()) {
      mixed.set(wav(testData(`golden/wav/${name}.wav`)), i * 30 * 16_000);
    }
    const decoding = {
      type: 'whisper',
      multilingualAudio: true,
      clipRanges: [
        { start: 0, end: 30 },
        { start: 30, end: 60 },
        { start: 60, end: 90 },
      ],
    } as const;
    const { segments, language } = await model.transcribe(
      { samples: mixed, sampleRate: 16_000 },
      { decoding },
    );
    expect(language).toBe('es');
    expect(segments.map((segment) => segment.language)).toEqual(['es', 'ru', 'fr']);
    expect(segments[0]!.text).toMatch(/borrar/u);
    expect(segments[1]!.text).toMatch(/участник/u);
    expect(segments[2]!.text).toMatch(/participant/u);
  });

  it('tells the language of every utterance behind a detector, and where it was spoken', async () => {
    const spoken = [
      ['fr', 'vm-tocancel', /annuler/iu],
      ['it', 'conf-kicked', /conferenza/iu],
      ['ru', 'vm-toreply', /нажмите/iu],
      ['en', 'vm-helpexit', /press star for help/iu],
    ] as const;
    const parts: Float32Array[] = [];
    const places: { readonly start: number; readonly end: number }[] = [];
    for (const [language, name] of spoken) {
      const prompt = wav(testData(`audio/prompts/${language}/${name}.wav`));
      parts.push(new Float32Array(0.8 * RATE), prompt);
      const end = parts.reduce((sum, part) => sum + part.length, 0) / RATE;
      places.push({ start: end - prompt.length / RATE, end });
    }
    const decoding = { type: 'whisper', multilingualAudio: true, temperature: 0 } as const;
    const recording: Pcm = { samples: joinFloats(parts), sampleRate: RATE };
    const { segments, language, languageProbability } = await model.transcribe(recording, { vad, decoding });
    for (const [i, [expected, , words]] of spoken.entries()) {
      const { start, end } = places[i]!;
      const own = segments.filter((segment) => segment.start >= start - 0.1 && segment.end <= end + 0.1);
      expect(new Set(own.map((segment) => segment.language)), words.source).toEqual(new Set([expected]));
      expect(own.map(({ text }) => text).join(' ')).toMatch(words);
    }
    // The one that is spoken longest.
    expect(language).toBe('en');
    expect(languageProbability).toBeGreaterThan(0.9);
  });

  it('tells the language by as many windows as it takes, and by no more', async () => {
    let encoded = 0;
    const backend = watchRuns(await createNodeBackend(), ({ model: { name } }, execute) => {
      if (name.includes('encoder')) encoded += 1;
      return execute();
    });
    await using watched = await loadModel({ path: testData('models/whisper-base') }, { backend });
    const spanish = (name: string): Float32Array => wav(testData(`audio/prompts/es/${name}.wav`));
    const samples = new Float32Array(60 * RATE);
    // Three seconds that base takes for German, with a third of all probability, and nine that are Spanish.
    samples.set(spanish('conf-invalidpin'), 0);
    samples.set(spanish('vm-instructions'), 30 * RATE);
    const detect = async (languageDetectionWindows: number, languageDetectionThreshold = 0.5) => {
      encoded = 0;
      const decoding = {
        type: 'whisper',
        temperature: 0,
        maxNewTokens: 1,
        clipRanges: [{ start: 0, end: 30 }, { start: 30, end: 60 }], // prettier-ignore
        languageDetectionWindows,
        languageDetectionThreshold,
      } as const;
      const found = await watched.transcribe({ samples, sampleRate: RATE }, { decoding });
      return { ...found, encoded };
    };
    // A window that was listened to isn't encoded again for its text, the last one excepted.
    expect(await detect(1)).toMatchObject({ language: 'de', encoded: 2 });
    expect(await detect(4)).toMatchObject({ language: 'es', encoded: 3 });
    expect((await detect(4)).languageProbability).toBeGreaterThan(0.9);
    expect(await detect(4, 0.3)).toMatchObject({ language: 'de', encoded: 2 });
    await backend.dispose();
  });

  it('translates into English, from a language by its name', async () => {
    const options = { language: 'Spanish', task: 'translate' } as const;
    const { text, language } = await model.transcribe(testData('golden/wav/lang_es_0.wav'), options);
    expect(text).toMatch(/to delete the message/iu);
    expect(language).toBe('es');
  });

  it('times words by the attention of Hugging Face graphs as openai/whisper does (int8 against float32)', async () => {
    interface Golden {
      readonly file: string;
      readonly text: string;
      readonly segments: readonly { readonly words?: readonly [string, number, number, number][] }[];
    }
    const read = (name: string): readonly Golden[] =>
      (
        JSON.parse(readFileSync(testData(`golden/whisper/e2e_base_${name}.json`), 'utf8')) as {
          cases: Golden[];
        }
      ).cases;
    const cases = [
      ...read('short').filter(({ file }) => file.includes('prompt_en_04')),
      ...read('lang').filter(({ file, segments }) => /fr_1|it_0/u.test(file) && segments[0]!.words),
    ];
    expect(cases).toHaveLength(3);
    const differences: number[] = [];
    for (const { file, text, segments } of cases) {
      const found = await model.transcribe(testData(`golden/${file}`), { timestamps: 'word' });
      expect(found.text).toBe(text.trim());
      const expected = segments.flatMap(({ words = [] }) => words);
      const words = found.segments.flatMap((segment) => segment.words ?? []);
      expect(words.map((word) => word.text)).toEqual(expected.map(([word]) => word));
      for (const [i, [, start, end]] of expected.entries()) {
        differences.push(Math.abs(words[i]!.start - start), Math.abs(words[i]!.end - end));
      }
    }
    differences.sort((a, b) => a - b);
    expect(differences[differences.length >> 1]).toBeLessThanOrEqual(0.0401);
    expect(differences.at(-1)).toBeLessThanOrEqual(0.3001);
  });

  it('refuses to fit the audio context beside it', async () => {
    const decoding = { type: 'whisper', audioContext: 'fit', multilingualAudio: true } as const;
    await expect(model.transcribe(audio, { decoding })).rejects.toThrow(/audioContext.*multilingualAudio/u);
  });

  it('refuses a language beside it', async () => {
    const options = { language: 'es', decoding: { type: 'whisper', multilingualAudio: true } } as const;
    await expect(model.transcribe(audio, options)).rejects.toThrow(/multilingualAudio/u);
  });
});
