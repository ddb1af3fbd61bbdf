/**
 * Checkpoints that differ from the usual ones, through `loadModel`: sizes and vocabularies come from the files. The graphs
 * have random weights (tests/fixtures/scripts/make_whisper_variants.py), so what is checked is what the decoder is asked.
 */
import {
  createNodeBackend,
  loadModel,
  mixdown,
  readWav,
  type InferenceBackend,
  type NodeBackend,
  type Pcm,
  type TranscribeOptions,
} from '@org/asr-node';
import { repositoryFile, watchRuns } from '@org/asr-testkit';
import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const read = (path: string): Uint8Array => new Uint8Array(readFileSync(path));
const encode = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
const wav = (path: string): Float32Array => mixdown(readWav(read(path)));
const audio: Pcm = {
  samples: wav(repositoryFile('tests/fixtures/audio/jfk.wav')).subarray(0, 32_000),
  sampleRate: 16_000,
};

type Files = Readonly<Record<string, Uint8Array>>;

function variant(name: string): Files {
  const folder = repositoryFile(`tests/fixtures/whisper-variants-random/${name}`);
  return Object.fromEntries(
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.\w+$/u.test(file))
      .map((file) => [file.replaceAll('\\', '/'), read(`${folder}/${file}`)]),
  );
}

/** The byte pairs of a vocabulary in sherpa-onnx's form, without control tokens: those follow from its size. */
function tokens(count: number): Files {
  const english = JSON.parse(
    new TextDecoder().decode(read(repositoryFile('packages/model-whisper-tiny-en/model/tokenizer.json'))),
  ) as { readonly model: { readonly vocab: Readonly<Record<string, number>> } };
  const characters = byteLevelCharacters();
  const lines = Object.entries(english.model.vocab)
    .filter(([, id]) => id < 50_256)
    .sort((a, b) => a[1] - b[1])
    .map(([piece, id]) => {
      const bytes = Buffer.from([...piece].map((character) => characters.get(character)!));
      return `${bytes.toString('base64')} ${id}`;
    });
  // The multilingual vocabulary has one byte pair more.
  if (count === 50_257) lines.push(`${Buffer.from(' one more').toString('base64')} 50256`);
  return { 'x-tokens.txt': new TextEncoder().encode(`${lines.join('\n')}\n`) };
}

/** GPT-2 writes every byte as a printable character. */
function byteLevelCharacters(): ReadonlyMap<string, number> {
  const characters = new Map<string, number>();
  let next = 256;
  for (let byte = 0; byte < 256; byte++) {
    const printable = (byte > 32 && byte < 127) || (byte > 160 && byte !== 173);
    characters.set(String.fromCodePoint(printable ? byte : next++), byte);
  }
  return characters;
}

/** A backend that notes the tokens of every decoder run. */
function recording(inner: InferenceBackend): {
  readonly backend: InferenceBackend;
  readonly runs: number[][];
} {
  const runs: number[][] = [];
  const backend = watchRuns(inner, async ({ feeds }, execute) => {
    const ids = feeds['input_ids'];
    if (ids) runs.push([...(await ids.read())].map(Number));
    return execute();
  });
  return { backend, runs };
}

let backend: NodeBackend;
beforeAll(async () => {
  backend = await createNodeBackend();
});
afterAll(async () => {
  expect(backend.liveTensors).toBe(0);
  await backend.dispose();
});

/** Transcribes two seconds into a few tokens and gives what the decoder was first asked. */
async function firstPrompt(files: Files, options: TranscribeOptions = {}) {
  const recorder = recording(backend);
  await using model = await loadModel({ files }, { backend: recorder.backend });
  const decoding = { type: 'whisper', temperature: 0, maxNewTokens: 6, noSpeechThreshold: false } as const;
  const result = await model.transcribe(audio, { decoding, ...options });
  return { prompt: recorder.runs[0]!, runs: recorder.runs, result, model };
}

describe('large-v3: 128 mel bins, 100 languages', () => {
  const files: Files = { ...variant('large-v3'), ...tokens(50_257) };

  it('knows Cantonese, by code and by name, and the ids that moved with it', async () => {
    for (const language of ['yue', 'Cantonese', 'YUE']) {
      const { prompt, result, model } = await firstPrompt(files, { language });
      expect(prompt).toEqual([50_258, 50_358, 50_360]);
      expect(result.language).toBe('yue');
      expect(model.info.languages).toHaveLength(100);
    }
  });

  it('translates, and decodes without timestamps', async () => {
    const { prompt } = await firstPrompt(files, { language: 'de', task: 'translate', timestamps: 'none' });
    expect(prompt).toEqual([50_258, 50_261, 50_359, 50_364]);
  });

  it('starts transcripts with timestamps of its own vocabulary', async () => {
    const { result } = await firstPrompt(files, { language: 'zh' });
    const [first = 0] = result.segments[0]?.tokens ?? [50_365];
    expect(first).toBeGreaterThanOrEqual(50_365);
    expect(first).toBeLessThanOrEqual(50_365 + 50);
  });

  it('times words with heads of the configuration', async () => {
    const { result } = await firstPrompt(files, { language: 'en', timestamps: 'word' });
    for (const { words = [], start, end } of result.segments) {
      for (const word of words) {
        expect(word.start).toBeGreaterThanOrEqual(start);
        expect(word.end).toBeLessThanOrEqual(end);
      }
    }
  });

  it('refuses a vocabulary of another checkpoint', async () => {
    await expect(loadModel({ files: { ...files, ...tokens(50_256) } }, { backend })).rejects.toMatchObject({
      code: 'MODEL_INVALID',
      message: expect.stringMatching(/51866|language/u) as unknown,
    });
  });
});

describe('large-v3-turbo: four decoder layers behind an encoder of another depth', () => {
  const files: Files = { ...variant('turbo'), ...tokens(50_257) };

  it('carries the history of all four layers and times words by heads of the last two', async () => {
    const { prompt, result } = await firstPrompt(files, { language: 'yue', timestamps: 'word' });
    expect(prompt).toEqual([50_258, 50_358, 50_360]);
    expect(result.segments.flatMap(({ words = [] }) => words).length).toBeGreaterThan(0);
  });

  it('searches beams, all of them rows of one run', async () => {
    const decoding = {
      type: 'whisper',
      beamSize: 3,
      temperature: 0,
      maxNewTokens: 6,
      noSpeechThreshold: false,
    } as const;
    const { result, runs } = await firstPrompt(files, { language: 'de', decoding });
    expect(runs.some((ids) => ids.length === 3)).toBe(true);
    expect(result.segments.every(({ avgLogProb }) => avgLogProb !== undefined && avgLogProb < 0)).toBe(true);
  });

  it('refuses a configuration with the layers of large-v3', async () => {
    const config = JSON.parse(new TextDecoder().decode(files['config.json'])) as object;
    const wrong: Files = { ...files, 'config.json': encode({ ...config, decoder_layers: 32 }) };
    await expect(loadModel({ files: wrong }, { backend })).rejects.toMatchObject({
      code: 'MODEL_INVALID',
      message: expect.stringContaining('decoder_layers') as unknown,
    });
  });
});

describe('99 languages', () => {
  const files: Files = { ...variant('small'), ...tokens(50_257) };

  it('refuses Cantonese by saying what it knows, and names that are none', async () => {
    await expect(firstPrompt(files, { language: 'yue' })).rejects.toMatchObject({
      code: 'OPTION_UNSUPPORTED',
      message: expect.stringMatching(/yue.*\ben\b.*\bzh\b/u) as unknown,
    });
    await expect(firstPrompt(files, { language: 'klingon' })).rejects.toThrow(RangeError);
  });

  it('detects a language, tells its probability and decodes in it', async () => {
    const { runs, result } = await firstPrompt(files);
    expect(runs[0]).toEqual([50_258]);
    expect(runs[1]).toHaveLength(3);
    const code = [...resultLanguages(runs[1]![1]!)];
    expect(code).toContain(result.language);
    expect(result.languageProbability).toBeGreaterThan(1 / 99);
    expect(result.languageProbability).toBeLessThanOrEqual(1);
  });

  it('works without generation_config.json, and says what word times lack', async () => {
    const { 'generation_config.json': _, ...rest } = files;
    const { prompt } = await firstPrompt(rest, { language: 'es' });
    expect(prompt).toEqual([50_258, 50_262, 50_359]);
  });

  it('asks for what the options say, whatever old configurations force', async () => {
    const forced = {
      forced_decoder_ids: [
        [1, 50_259],
        [2, 50_359],
        [3, 50_363],
      ],
      suppress_tokens: [],
    };
    const config = JSON.parse(new TextDecoder().decode(files['config.json'])) as object;
    const old: Files = {
      ...files,
      'config.json': encode({ ...config, ...forced, begin_suppress_tokens: [220, 50_257] }),
      'generation_config.json': encode({ ...forced, alignment_heads: [[1, 1]] }),
    };
    const { prompt } = await firstPrompt(old, { language: 'es', task: 'translate' });
    expect(prompt).toEqual([50_258, 50_262, 50_358]);
  });

  it('hears the languages of a configuration that renames and adds some', async () => {
    const config = {
      is_multilingual: true,
      lang_to_id: { '<|en|>': 50_259, '<|tlh|>': 50_260 },
      task_to_id: { translate: 50_358, transcribe: 50_359 },
      no_timestamps_token_id: 50_363,
      alignment_heads: [[1, 1]],
    };
    const tuned: Files = { ...files, 'generation_config.json': encode(config) };
    const { prompt, model } = await firstPrompt(tuned, { language: 'tlh' });
    expect(prompt).toEqual([50_258, 50_260, 50_359]);
    expect(model.info.languages).toEqual(['en', 'tlh']);
  });

  it('refuses sizes that contradict the graphs', async () => {
    const config = JSON.parse(new TextDecoder().decode(files['config.json'])) as object;
    for (const change of [{ num_mel_bins: 128 }, { decoder_layers: 4 }, { vocab_size: 51_866 }]) {
      const wrong: Files = { ...files, 'config.json': encode({ ...config, ...change }) };
      await expect(loadModel({ files: wrong }, { backend })).rejects.toMatchObject({
        code: 'MODEL_INVALID',
        message: expect.stringContaining(Object.keys(change)[0]!) as unknown,
      });
    }
  });
});

describe('word times', () => {
  const bytePairs = tokens(50_257);
  const files = (name: string): Files => ({ ...variant(name), ...bytePairs });
  const options = { language: 'en', timestamps: 'word' } as const;

  it.each([
    ['small-merged', 'huggingface-merged'],
    ['small-split', 'huggingface-split'],
    ['small-sherpa', 'sherpa'],
  ])('of %s are those of the same weights in the layout of packaged models', async (name, layout) => {
    const decoding = { type: 'whisper', temperature: 0, maxNewTokens: 24, noSpeechThreshold: false } as const;
    const expected = await firstPrompt(files('small'), { ...options, decoding });
    const found = await firstPrompt(files(name), { ...options, decoding });
    expect(found.model.info.layout).toBe(layout);
    const words = expected.result.segments.flatMap((segment) => segment.words ?? []);
    expect(words.length).toBeGreaterThan(1);
    expect(new Set(words.map(({ start }) => start)).size).toBeGreaterThan(1);
    expect(found.result.segments.flatMap((segment) => segment.words ?? [])).toEqual(
      words.map((word) => ({ ...word, confidence: expect.closeTo(word.confidence!, 4) as number })),
    );
  });

  it('need alignment_heads where the graph gives the attention of all heads', async () => {
    const { 'generation_config.json': _, ...rest } = files('small-merged');
    await expect(firstPrompt(rest, options)).rejects.toMatchObject({
      code: 'OPTION_UNSUPPORTED',
      message: expect.stringContaining('alignment_heads') as unknown,
    });
  });
});

describe('distilled: one decoder layer, English, merged layout without attention outputs', () => {
  const files: Files = { ...variant('distil-en'), ...tokens(50_256) };

  it('takes neither language nor task', async () => {
    const { prompt, result, model } = await firstPrompt(files);
    expect(prompt).toEqual([50_257]);
    expect(result.language).toBe('en');
    expect(model.info).toMatchObject({ layout: 'huggingface-merged', languages: ['en'] });
    for (const options of [{ language: 'fr' }, { task: 'translate' }] as const) {
      await expect(firstPrompt(files, options)).rejects.toMatchObject({ code: 'OPTION_UNSUPPORTED' });
    }
  });

  it('says which export has word times', async () => {
    await expect(firstPrompt(files, { timestamps: 'word' })).rejects.toMatchObject({
      code: 'OPTION_UNSUPPORTED',
      message: expect.stringMatching(/cross_attentions|_timestamped/u) as unknown,
    });
  });
});

/** Codes that a language token may stand for, by the order of the vocabulary. */
function resultLanguages(token: number): ReadonlySet<string> {
  const index = token - 50_259;
  const codes =
    'en zh de es ru ko fr ja pt tr pl ca nl ar sv it id hi fi vi he uk el ms cs ro da hu ta no th ur hr bg lt la mi ml cy sk te fa lv bn sr az sl kn et mk br eu is hy ne mn bs kk sq sw gl mr pa si km sn yo so af oc ka be tg sd gu am yi lo uz fo ht ps tk nn mt sa lb my bo tl mg as tt haw ln ha ba jw su'.split(
      ' ',
    );
  return new Set([codes[index]!]);
}
