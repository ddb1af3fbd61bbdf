/**
 * Scores a model on recordings with known text: WER, CER, speed, and the worst files.
 *
 * Run: npx tsx benchmarks/accuracy.ts [--language en] [--model folder] [--limit 20] …
 *
 *   --model         folder of a model; default: the packaged Whisper tiny.en
 *   --language      language code of the recordings; default en. It picks the manifest and the normaliser
 *                   (Whisper's English one for en, its basic one for the others)
 *   --manifest      JSON list of { file, text, seconds }; `file` is relative to a folder beside the manifest
 *                   with the manifest's name. Default: audio/prompts/<language>.json of the extended test
 *                   data ($ASR_TEST_DATA, default ../shared)
 *   --detect        let the model find the language, and count how often it is right
 *   --timestamps    none, segment or word; default segment
 *   --quantization  fp32, fp16, int8 or q4; default: the loader's choice
 *   --beam          CTC models: width of the beam search; default: greedy, or 100 with --lm
 *   --lm            CTC models: file of an n-gram language model
 *   --alpha, --beta weights of the language model; default: the SDK's
 *   --threads       threads of the runtime; default: the runtime's choice
 *   --limit         take the first files only
 *   --worst         files to show, worst first; default 5
 *   --json          print one JSON object instead of the report
 *
 * Error rates are pooled over all files and come from text that the normaliser went over; CER is of the same.
 */
import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import {
  measureCharacters,
  measureWords,
  normalizeBasic,
  normalizeEnglish,
  visualizeAlignment,
  loadModel,
  loadNgramModel,
} from '@org/asr-node';
import type { LoadOptions, SpeechModel, TranscribeOptions, WordMeasures } from '@org/asr-node';
import { whisperTinyEn } from '@org/asr-model-whisper-tiny-en';
import { testData } from '@org/asr-testkit';

interface Recording {
  readonly file: string;
  readonly text: string;
  readonly seconds: number;
}

interface Scored extends Recording {
  readonly hypothesis: string;
  readonly language: string | undefined;
  readonly computeSeconds: number;
  readonly words: WordMeasures;
}

const { values } = parseArgs({
  options: {
    model: { type: 'string' },
    language: { type: 'string', default: 'en' },
    manifest: { type: 'string' },
    detect: { type: 'boolean', default: false },
    timestamps: { type: 'string', default: 'segment' },
    quantization: { type: 'string' },
    beam: { type: 'string' },
    lm: { type: 'string' },
    alpha: { type: 'string' },
    beta: { type: 'string' },
    threads: { type: 'string' },
    limit: { type: 'string' },
    worst: { type: 'string', default: '5' },
    json: { type: 'boolean', default: false },
  },
});

const normalize = values.language === 'en' ? normalizeEnglish : normalizeBasic;

function count(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0) throw new RangeError(`--${name} must be a count, got ${text}`);
  return value;
}

function oneOf<T extends string>(name: string, text: string, choices: readonly T[]): T {
  const choice = choices.find((candidate) => candidate === text);
  if (choice === undefined)
    throw new RangeError(`--${name} must be one of ${choices.join(', ')}, got ${text}`);
  return choice;
}

async function readManifest(): Promise<{ recordings: readonly Recording[]; folder: string }> {
  const path = values.manifest ?? testData(`audio/prompts/${values.language}.json`);
  const all = JSON.parse(await readFile(path, 'utf8')) as readonly Recording[];
  const folder = join(dirname(path), basename(path, '.json'));
  return { recordings: all.slice(0, count('limit', values.limit)), folder };
}

function load(): Promise<SpeechModel> {
  const threads = count('threads', values.threads);
  const options: LoadOptions = {
    ...(values.quantization !== undefined && {
      quantization: oneOf('quantization', values.quantization, ['fp32', 'fp16', 'int8', 'q4']),
    }),
    ...(threads !== undefined && { threads }),
  };
  return loadModel(values.model === undefined ? whisperTinyEn : { path: values.model }, options);
}

/** Beam search of CTC models, with the language model where one was named. */
async function beamSearch(): Promise<TranscribeOptions> {
  const { lm, alpha, beta } = values;
  const beamWidth = count('beam', values.beam);
  if (lm === undefined && beamWidth === undefined) return {};
  const languageModel = lm === undefined ? undefined : await loadNgramModel(await readFile(lm), { name: lm });
  return {
    decoding: {
      type: 'ctc-beam',
      ...(beamWidth !== undefined && { beamWidth }),
      ...(languageModel && { languageModel }),
      ...(alpha !== undefined && { alpha: Number(alpha) }),
      ...(beta !== undefined && { beta: Number(beta) }),
    },
  };
}

/** English-only models take no language. */
async function transcribeOptions(model: SpeechModel): Promise<TranscribeOptions> {
  const multilingual = (model.info.languages?.length ?? 0) > 1;
  return {
    timestamps: oneOf('timestamps', values.timestamps, ['none', 'segment', 'word']),
    ...(multilingual && { language: values.detect ? 'auto' : values.language }),
    ...(await beamSearch()),
  };
}

async function score(
  model: SpeechModel,
  folder: string,
  recording: Recording,
  options: TranscribeOptions,
): Promise<Scored> {
  const start = performance.now();
  const transcript = await model.transcribe(join(folder, recording.file), options);
  const computeSeconds = (performance.now() - start) / 1000;
  return {
    ...recording,
    hypothesis: transcript.text,
    language: transcript.language,
    computeSeconds,
    words: measureWords(recording.text, transcript.text, { normalize }),
  };
}

function errorsOf({ words }: Scored): number {
  return words.substitutions + words.deletions + words.insertions;
}

function summarise(model: SpeechModel, scored: readonly Scored[]) {
  const references = scored.map(({ text }) => text);
  const hypotheses = scored.map(({ hypothesis }) => hypothesis);
  const words = measureWords(references, hypotheses, { normalize });
  const characters = measureCharacters(references, hypotheses, { normalize });
  const audioSeconds = scored.reduce((sum, { seconds }) => sum + seconds, 0);
  const computeSeconds = scored.reduce((sum, recording) => sum + recording.computeSeconds, 0);
  return {
    model: `${model.info.family} (${model.info.layout}), ${model.info.origin}`,
    backend: `${model.info.backend}/${model.info.provider}`,
    language: values.language,
    files: scored.length,
    audioSeconds,
    computeSeconds,
    realTimeFactor: computeSeconds / audioSeconds,
    wordErrorRate: words.wordErrorRate,
    characterErrorRate: characters.characterErrorRate,
    hits: words.hits,
    substitutions: words.substitutions,
    deletions: words.deletions,
    insertions: words.insertions,
    perfectFiles: scored.filter((recording) => errorsOf(recording) === 0).length,
    ...(values.detect && {
      languagesDetected: scored.filter(({ language }) => language === values.language).length,
    }),
  };
}

function print(summary: ReturnType<typeof summarise>, scored: readonly Scored[]): void {
  const percent = (rate: number): string => `${(100 * rate).toFixed(2)} %`;
  const rows: [string, string][] = [
    ['model', summary.model],
    ['backend', summary.backend],
    ['recordings', `${summary.files} (${summary.language}), ${summary.audioSeconds.toFixed(1)} s`],
    ['WER', percent(summary.wordErrorRate)],
    ['CER', percent(summary.characterErrorRate)],
    [
      'words',
      `${summary.hits} right, ${summary.substitutions} wrong, ${summary.deletions} missing, ` +
        `${summary.insertions} too many`,
    ],
    ['all right', `${summary.perfectFiles} of ${summary.files} files`],
    ['RTF', `${summary.realTimeFactor.toFixed(3)} (${(1 / summary.realTimeFactor).toFixed(1)} × real time)`],
  ];
  if (summary.languagesDetected !== undefined) {
    rows.push(['language found', `${summary.languagesDetected} of ${summary.files} files`]);
  }
  for (const [name, text] of rows) console.log(`${name.padEnd(16)}${text}`);
  const worst = scored
    .filter((recording) => errorsOf(recording) > 0)
    .toSorted((a, b) => errorsOf(b) - errorsOf(a))
    .slice(0, count('worst', values.worst));
  for (const recording of worst) {
    console.log(
      `\n${recording.file}: ${errorsOf(recording)} errors, WER ${percent(recording.words.wordErrorRate)}`,
    );
    const [, , ...lines] = visualizeAlignment(recording.words, { measures: false }).split('\n');
    console.log(lines.join('\n').trimEnd());
  }
}

const { recordings, folder } = await readManifest();
await using model = await load();
const options = await transcribeOptions(model);
// The first run pays for lazy set-up (libraries, memory arenas), which is no part of the speed.
if (recordings[0]) await score(model, folder, recordings[0], options);
const scored: Scored[] = [];
for (const recording of recordings) {
  scored.push(await score(model, folder, recording, options));
  if (!values.json) process.stderr.write(`\r${scored.length}/${recordings.length}`);
}
if (!values.json) process.stderr.write('\r');
const summary = summarise(model, scored);
if (values.json) console.log(JSON.stringify(summary, undefined, 2));
else print(summary, scored);
