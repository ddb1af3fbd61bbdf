/** Transcribes or aligns with a CTC model: `tsx main.ts <model folder> <recording> [--lm file] [--hotword text] [--align text] [--deepspeech2]`. */
import {
  AsrError,
  isCtcModel,
  loadModel,
  loadNgramModel,
  type CtcModel,
  type NgramModel,
} from '@org/asr-node';
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { loadDeepSpeech2 } from './deepspeech2.js';

const USAGE =
  'usage: tsx main.ts <model folder> <recording> [--lm file] [--hotword text]… [--align text] [--deepspeech2]';

async function loadCtc(folder: string, deepSpeech2: boolean): Promise<CtcModel> {
  const model = await (deepSpeech2 ? loadDeepSpeech2(folder) : loadModel({ path: folder }));
  if (isCtcModel(model)) return model;
  await model.dispose();
  throw new Error(`${folder} holds a ${model.info.family} model, which is no CTC model`);
}

function row(start: number, end: number, score: number, text: string): string {
  return `${start.toFixed(2).padStart(7)} – ${end.toFixed(2).padStart(6)}  ${score.toFixed(2)}  ${text}`;
}

async function transcribe(
  model: CtcModel,
  recording: string,
  languageModel: NgramModel | undefined,
  hotwords: readonly string[],
): Promise<void> {
  const { segments, nBest } = await model.transcribe(recording, {
    timestamps: 'word',
    decoding: {
      type: 'ctc-beam',
      nBest: 3,
      ...(languageModel && { languageModel }),
      hotwords: hotwords.map((text) => ({ text, weight: 10 })),
    },
  });
  for (const { text, score } of nBest ?? []) console.log(`${score.toFixed(2)}  ${text}`);
  for (const word of segments.flatMap((segment) => segment.words ?? [])) {
    console.log(row(word.start, word.end, word.confidence ?? 0, word.text.trim()));
  }
}

async function align(model: CtcModel, recording: string, text: string): Promise<void> {
  const { words, score } = await model.align(recording, text);
  for (const word of words) console.log(row(word.start, word.end, word.score, word.text));
  console.log(`score ${score.toFixed(2)}`);
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      lm: { type: 'string' },
      hotword: { type: 'string', multiple: true, default: [] },
      align: { type: 'string' },
      deepspeech2: { type: 'boolean', default: false },
    },
  });
  const [folder, recording] = positionals;
  if (folder === undefined || recording === undefined) throw new Error(USAGE);
  await using model = await loadCtc(folder, values.deepspeech2);
  console.log(model.info.detection);
  if (values.align !== undefined) {
    await align(model, recording, values.align);
    return;
  }
  const lm = values.lm === undefined ? undefined : await loadNgramModel(await readFile(values.lm));
  await transcribe(model, recording, lm, values.hotword);
}

try {
  await main();
} catch (error) {
  if (!(error instanceof Error)) throw error;
  console.error(AsrError.isInstance(error) ? `${error.code}: ${error.message}` : error.message);
  process.exitCode = 1;
}
