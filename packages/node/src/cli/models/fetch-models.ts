import { loadModel, openModel } from '@org/asr-node';
import type { ModelSource, OpenModelOptions, Quantization } from '@org/asr-node';
import type { CliContext } from '../context.js';
import { resolveModel } from '../model-argument.js';
import { downloadOptions, type DownloadFlags } from '../model-options.js';
import { ProgressBoard } from '../progress.js';

interface FetchFlags extends DownloadFlags {
  readonly dtype?: Quantization | undefined;
  readonly all?: true | undefined;
}

/** `asr models fetch`. */
export async function fetchModels(
  names: readonly string[],
  flags: FetchFlags,
  context: CliContext,
): Promise<void> {
  using board = new ProgressBoard(context);
  const options: OpenModelOptions = {
    download: downloadOptions(flags),
    signal: context.signal,
    onProgress: board.onLoadProgress(),
  };
  for (const name of names) {
    const source = await resolveModel(name, context.process.cwd);
    const origin = await (flags.all ? fetchAll(source, options) : fetchNeeded(source, flags.dtype, options));
    board.print(`${origin}\n`);
  }
}

async function fetchAll(source: ModelSource, options: OpenModelOptions): Promise<string> {
  const files = await openModel(source, options);
  for (const name of await files.list(options.signal)) await files.open(name, options.signal);
  return files.origin;
}

/** Loading is what knows which files are needed, and shows that they work. */
async function fetchNeeded(
  source: ModelSource,
  dtype: Quantization | undefined,
  options: OpenModelOptions,
): Promise<string> {
  await using model = await loadModel(source, {
    ...options,
    ...(dtype !== undefined && { quantization: dtype }),
  });
  return model.info.origin;
}
