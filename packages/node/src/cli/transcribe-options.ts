import { Option } from '@commander-js/extra-typings';
import type { Command, OptionValues } from '@commander-js/extra-typings';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { loadNgramModel, loadVad } from '@org/asr-node';
import type { NgramModel, TranscribeOptions, Vad } from '@org/asr-node';
import type { CliContext } from './context.js';
import { UsageError } from './errors.js';
import { parseHotwords, readHotwords, type WrittenHotword } from './hotwords.js';
import { DEFAULT_VAD, importPackagedModel, resolveModel } from './model-argument.js';
import { downloadOptions, type DownloadFlags } from './model-options.js';
import { collect, realNumber, wholeNumber } from './option-values.js';

const TIMESTAMPS = ['none', 'segment', 'word'] as const;
const TASKS = ['transcribe', 'translate'] as const;
const CHANNELS = ['mix', 'separate'] as const;

/** Options of how a model listens: those of `transcribe` of the library. */
export function withTranscribeOptions<A extends unknown[], O extends OptionValues, G extends OptionValues>(
  command: Command<A, O, G>,
) {
  const listening = command
    .optionsGroup('Decoding:')
    .option('-l, --language <language>', 'code or English name, or auto')
    .addOption(new Option('--task <task>', 'translate is into English').choices(TASKS))
    .addOption(new Option('--timestamps <kind>', 'how fine times are (default: segment)').choices(TIMESTAMPS))
    .addOption(
      new Option('--channels <mode>', 'average them, or each by itself (default: mix)').choices(CHANNELS),
    );
  return withSearchOptions(listening);
}

/** The part of {@link withTranscribeOptions} that says how words are found, and not what is done with them. */
export function withSearchOptions<A extends unknown[], O extends OptionValues, G extends OptionValues>(
  command: Command<A, O, G>,
) {
  return command
    .option('--prompt <text>', 'text before the audio, for spelling and style (Whisper)')
    .option('--hotwords <words>', 'words to listen for: "Kaldi:10, New York", with weights for CTC')
    .option('--hotwords-file <file>', 'the same, one a line')
    .addOption(
      new Option('--beam <number>', 'beams of the search (default: greedy)').argParser(wholeNumber(1)),
    )
    .addOption(
      new Option(
        '--lm <file>',
        'language model, ARPA or KenLM binary (CTC); repeat to average several',
      ).argParser(collect),
    )
    .addOption(
      new Option('--alpha <number>', 'weight of the language model (default: 0.6)').argParser(realNumber()),
    )
    .addOption(new Option('--beta <number>', 'reward per word (default: 0.5)').argParser(realNumber()))
    .option('--decoding <json>', 'further options of the decoder as JSON, as in the library')
    .optionsGroup('Voice activity:')
    .option('--vad', `look for speech first, with ${DEFAULT_VAD} (Whisper)`)
    .option('--vad-model <model>', 'look for speech first, with this model')
    .addOption(
      new Option('--vad-threshold <number>', 'probability from which it is speech (default: 0.5)').argParser(
        realNumber(0, 1),
      ),
    );
}

/** Values of {@link withTranscribeOptions}. */
export interface TranscribeFlags {
  readonly language?: string | undefined;
  readonly task?: (typeof TASKS)[number] | undefined;
  readonly timestamps?: (typeof TIMESTAMPS)[number] | undefined;
  readonly channels?: (typeof CHANNELS)[number] | undefined;
  readonly prompt?: string | undefined;
  readonly hotwords?: string | undefined;
  readonly hotwordsFile?: string | undefined;
  readonly beam?: number | undefined;
  readonly lm?: readonly string[] | undefined;
  readonly alpha?: number | undefined;
  readonly beta?: number | undefined;
  readonly decoding?: string | undefined;
  readonly vad?: true | undefined;
  readonly vadModel?: string | undefined;
  readonly vadThreshold?: number | undefined;
}

/** What the flags name, read from the disk: the same for all models and recordings. */
export interface TranscribeResources extends AsyncDisposable {
  readonly hotwords: readonly WrittenHotword[];
  readonly languageModels: readonly NgramModel[];
  readonly vad: Vad | undefined;
  /** Of `--decoding`. */
  readonly decoding: Readonly<Record<string, unknown>>;
}

/** @throws UsageError; what loading throws. */
export async function loadTranscribeResources(
  flags: TranscribeFlags & DownloadFlags,
  context: CliContext,
): Promise<TranscribeResources> {
  checkCombination(flags);
  const { cwd } = context.process;
  const decoding = parseDecoding(flags.decoding);
  const hotwords = [
    ...parseHotwords(flags.hotwords ?? ''),
    ...(flags.hotwordsFile === undefined ? [] : await readHotwords(flags.hotwordsFile, cwd)),
  ];
  const languageModels: NgramModel[] = [];
  for (const path of flags.lm ?? []) {
    const bytes = await readFile(resolve(cwd, path)).catch((cause: unknown) => {
      throw new UsageError(`--lm: ${(cause as Error).message}`, { cause });
    });
    languageModels.push(await loadNgramModel(bytes, { name: path, signal: context.signal }));
  }
  const vad = await openVad(flags, context);
  return {
    hotwords,
    languageModels,
    vad,
    decoding,
    [Symbol.asyncDispose]: async () => vad?.dispose(),
  };
}

/** The options for a model's `transcribe` that do not depend on its family. */
export function commonOptions(flags: TranscribeFlags, { vad }: TranscribeResources): TranscribeOptions {
  const { language, task, timestamps, channels, prompt, vadThreshold } = flags;
  return {
    ...(language !== undefined && { language }),
    ...(task !== undefined && { task }),
    ...(timestamps !== undefined && { timestamps }),
    ...(channels !== undefined && { channels }),
    ...(prompt !== undefined && { prompt }),
    ...(vad && { vad: vadThreshold === undefined ? vad : { model: vad, threshold: vadThreshold } }),
  };
}

function checkCombination(flags: TranscribeFlags): void {
  if (flags.lm === undefined && (flags.alpha !== undefined || flags.beta !== undefined)) {
    throw new UsageError('--alpha and --beta weigh a language model: name one with --lm');
  }
  if (flags.vadThreshold !== undefined && !flags.vad && flags.vadModel === undefined) {
    throw new UsageError('--vad-threshold is for --vad or --vad-model');
  }
}

function parseDecoding(text: string | undefined): Readonly<Record<string, unknown>> {
  if (text === undefined) return {};
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  } catch (cause) {
    throw new UsageError(`--decoding is no JSON: ${(cause as Error).message}`, { cause });
  }
  throw new UsageError('--decoding must be a JSON object, for example {"beamSize": 5}');
}

async function openVad(
  flags: TranscribeFlags & DownloadFlags,
  context: CliContext,
): Promise<Vad | undefined> {
  const { vad, vadModel } = flags;
  if (vadModel === undefined && !vad) return undefined;
  const { cwd } = context.process;
  const source = await (vadModel === undefined
    ? importPackagedModel(DEFAULT_VAD, cwd)
    : resolveModel(vadModel, cwd));
  return loadVad(source, { download: downloadOptions(flags), signal: context.signal });
}
