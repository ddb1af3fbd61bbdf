import { Command, Option } from '@commander-js/extra-typings';
import type { OptionValues } from '@commander-js/extra-typings';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { loadNgramModel, loadVad } from '@org/asr-node';
import type { DownloadOptions, NgramModel, Vad } from '@org/asr-node';
import { UsageError } from './errors.js';
import { fileVersions } from './file-versions.js';
import { parseHotwords, readHotwords, type WrittenHotword } from './hotwords.js';
import { DEFAULT_VAD, importPackagedModel, resolveModel } from './model-argument.js';
import { collect, realNumber, wholeNumber } from './option-values.js';

/** Options that say how words are found, and not what is done with them. */
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

/** A command that has these options and no other. */
export function searchCommand() {
  return withSearchOptions(new Command());
}

/** Values of {@link withSearchOptions}. */
export type SearchFlags = Readonly<ReturnType<ReturnType<typeof searchCommand>['opts']>>;

/** What the flags name, read from the disk: the same for all models and recordings. */
export interface SearchResources extends AsyncDisposable {
  readonly hotwords: readonly WrittenHotword[];
  readonly languageModels: readonly NgramModel[];
  readonly vad: Vad | undefined;
  /** Of `--decoding`. */
  readonly decoding: Readonly<Record<string, unknown>>;
}

/** Where flags are read, and how a detector is fetched. */
export interface SearchContext {
  /** Folder that paths start at. */
  readonly cwd: string;
  readonly download?: DownloadOptions | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** @throws UsageError; what loading throws. */
export async function loadSearchResources(
  flags: SearchFlags,
  context: SearchContext,
): Promise<SearchResources> {
  const { cwd, signal } = context;
  const { decoding, hotwords } = await readSearchFlags(flags, cwd);
  const languageModels: NgramModel[] = [];
  for (const path of flags.lm ?? []) {
    const bytes = await readFile(resolve(cwd, path)).catch((cause: unknown) => {
      throw new UsageError(`--lm: ${(cause as Error).message}`, { cause });
    });
    languageModels.push(await loadNgramModel(bytes, { name: path, ...(signal && { signal }) }));
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

/** What the flags say without loading a model. @throws UsageError for what does not go together or can't be read. */
export async function readSearchFlags(
  flags: SearchFlags,
  cwd: string,
): Promise<Pick<SearchResources, 'decoding' | 'hotwords'>> {
  checkCombination(flags);
  const { hotwords = '', hotwordsFile } = flags;
  return {
    decoding: parseDecoding(flags.decoding),
    hotwords: [
      ...parseHotwords(hotwords),
      ...(hotwordsFile === undefined ? [] : await readHotwords(hotwordsFile, cwd)),
    ],
  };
}

/** Those of a command's flags that {@link withSearchOptions} is about, and that were given. */
export function searchFlags(flags: SearchFlags): SearchFlags {
  const names = searchCommand().options.map((option) => option.attributeName() as keyof SearchFlags);
  const given = names.filter((name) => flags[name] !== undefined);
  return Object.fromEntries(given.map((name) => [name, flags[name]]));
}

/** What the result depends on, of these flags, as data: files by their sizes and dates. */
export async function describeSearch(flags: SearchFlags, cwd: string): Promise<unknown> {
  const { lm = [], hotwordsFile, ...settings } = searchFlags(flags);
  const files = [...lm, ...(hotwordsFile === undefined ? [] : [hotwordsFile])];
  return [settings, await fileVersions(files.map((path) => resolve(cwd, path)))];
}

function checkCombination(flags: SearchFlags): void {
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
  { vad, vadModel }: SearchFlags,
  { cwd, download, signal }: SearchContext,
): Promise<Vad | undefined> {
  if (vadModel === undefined && !vad) return undefined;
  const source = await (vadModel === undefined
    ? importPackagedModel(DEFAULT_VAD, cwd)
    : resolveModel(vadModel, cwd));
  return loadVad(source, { ...(download && { download }), ...(signal && { signal }) });
}
