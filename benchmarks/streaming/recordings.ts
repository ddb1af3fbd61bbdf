/** Recordings with the words that are said in them and when each ends. */
import {
  createNodePlatform,
  isCtcModel,
  joinFloats,
  loadModel,
  normalizeEnglish,
  prepareAudio,
  readAudio,
  type CtcModel,
} from '@org/asr-node';
import { testData } from '@org/asr-testkit';
import { readFileSync } from 'node:fs';

export const RATE = 16_000;
/** Silence between and behind utterances that are put together. Seconds. */
const PAUSE = 2;

export interface SaidWord {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** Whether somebody stops speaking after it. */
  readonly last: boolean;
}

export interface Recording {
  readonly name: string;
  /** Mono, 16 kHz. */
  readonly samples: Float32Array;
  /** What is said, whether or not the times of all words are known. */
  readonly text: string;
  readonly words: readonly SaidWord[];
  /** Before words are compared. Rows of digits must not become one number, as Whisper's normaliser makes them. */
  readonly normalize: (text: string) => string;
  /** What it was put together from: offline hears each by itself. */
  readonly parts?: readonly Float32Array[];
}

interface Utterance {
  readonly samples: Float32Array;
  readonly text: string;
}

interface GoldenWhisper {
  readonly cases: readonly {
    readonly file: string;
    readonly text: string;
    readonly segments: readonly { readonly words: readonly (readonly [string, number, number, number])[] }[];
  }[];
}

const readJson = (path: string): unknown => JSON.parse(readFileSync(testData(path), 'utf8'));
const platform = createNodePlatform();
const prepare = async (path: string): Promise<Float32Array> =>
  prepareAudio(await readAudio(path, platform), RATE);
const readSamples = (path: string): Promise<Float32Array> => prepare(testData(path));

/** Recordings that openai-whisper timed the words of: its text is the reference, its times are those of the golden trace. */
export async function whisperTimed(name: 'jfk' | 'two_cities'): Promise<Recording> {
  const file = name === 'jfk' ? 'short' : name;
  const { cases } = readJson(`golden/whisper/e2e_tiny.en_${file}.json`) as GoldenWhisper;
  const { text, segments } = cases.find((one) => one.file === `wav/${name}.wav`)!;
  const words = segments.flatMap((segment) => segment.words);
  const samples = await readSamples(`golden/wav/${name}.wav`);
  return {
    name,
    samples: joinFloats([samples, new Float32Array(PAUSE * RATE)]),
    text,
    normalize: normalizeEnglish,
    words: words.map(([word, start, end], i) => ({
      text: word,
      start,
      end,
      last: (words[i + 1]?.[1] ?? Infinity) - end > 1,
    })),
  };
}

/** Prompts put together with pauses; words are timed by forced alignment with the English CTC model. */
export async function prompts(set: 'en' | 'en-unseen', count = Infinity): Promise<Recording> {
  const list = readJson(`audio/prompts/${set}.json`) as readonly {
    readonly file: string;
    readonly text: string;
  }[];
  const utterances: Utterance[] = [];
  for (const { file, text } of list.slice(0, count)) {
    utterances.push({ text, samples: await readSamples(`audio/prompts/${set}/${file}`) });
  }
  await using aligner = await loadCtc(testData('models/english-ctc'));
  return await together(`${utterances.length} prompts of ${set}`, utterances, aligner);
}

/** The file of 187 s, whose utterances have known ends. */
export async function longPrompts(): Promise<Recording> {
  const truth = readJson('audio/long/prompts-en.json') as readonly {
    readonly start: number;
    readonly end: number;
    readonly text: string;
  }[];
  const samples = await readSamples('audio/long/prompts-en.flac');
  await using aligner = await loadCtc(testData('models/english-ctc'));
  const words: SaidWord[] = [];
  for (const { start, end, text } of truth) {
    const utterance = samples.subarray(Math.round(start * RATE), Math.round(end * RATE));
    words.push(...(await timeWords({ samples: utterance, text }, start, aligner)));
  }
  return {
    name: '187 s of prompts',
    samples,
    text: truth.map(({ text }) => text).join(' '),
    words,
    normalize: normalizeEnglish,
  };
}

/** The clips of a small model of spoken digits, put together. */
export async function digits(folder: string): Promise<Recording> {
  const { clips } = JSON.parse(readFileSync(`${folder}/golden.json`, 'utf8')) as {
    readonly clips: readonly { readonly file: string; readonly ref: string }[];
  };
  await using model = await loadCtc(folder);
  const utterances: Utterance[] = [];
  for (const { file, ref } of clips.slice(0, 8)) {
    utterances.push({ text: ref, samples: await prepare(`${folder}/${file}`) });
  }
  return {
    ...(await together('8 clips of digits', utterances, model)),
    normalize: (text) => text.toLowerCase(),
  };
}

export async function loadCtc(folder: string): Promise<CtcModel> {
  const model = await loadModel({ path: folder });
  if (!isCtcModel(model)) throw new Error(`${folder} is no CTC model`);
  return model;
}

async function together(
  name: string,
  utterances: readonly Utterance[],
  aligner: CtcModel,
): Promise<Recording> {
  const pause = new Float32Array(PAUSE * RATE);
  const parts: Float32Array[] = [pause];
  const words: SaidWord[] = [];
  let at = PAUSE;
  for (const utterance of utterances) {
    words.push(...(await timeWords(utterance, at, aligner)));
    parts.push(utterance.samples, pause);
    at += utterance.samples.length / RATE + PAUSE;
  }
  return {
    name,
    samples: joinFloats(parts),
    text: utterances.map(({ text }) => text).join(' '),
    words,
    normalize: normalizeEnglish,
    parts: utterances.map(({ samples }) => samples),
  };
}

async function timeWords(
  { samples, text }: Utterance,
  offset: number,
  aligner: CtcModel,
): Promise<SaidWord[]> {
  const { words } = await aligner.align({ samples, sampleRate: RATE }, text);
  return words.map((word, i) => ({
    text: word.text,
    start: offset + word.start,
    end: offset + word.end,
    last: i === words.length - 1,
  }));
}
