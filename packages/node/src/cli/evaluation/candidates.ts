import { basename } from 'node:path';
import { inspectModel } from '@org/asr-node';
import type { ExecutionProvider, LoadOptions, ModelInspection } from '@org/asr-node';
import { checkSearch } from '../decoding-options.js';
import { UsageError } from '../errors.js';
import { resolveModel } from '../model-argument.js';
import { downloadOptions, type DownloadFlags } from '../model-options.js';
import type { CandidateSpec } from './measurement.js';
import { parseModelSettings } from './model-settings.js';

/** Flags that say which models are compared, and how each runs and decodes. */
export interface CandidateFlags extends DownloadFlags {
  readonly model: readonly string[];
  readonly dtype?: readonly NonNullable<LoadOptions['quantization']>[] | undefined;
  readonly provider?: readonly ExecutionProvider[] | undefined;
  readonly threads?: number | undefined;
}

/**
 * Every model, with the decoding options behind it, in every precision on every provider.
 *
 * @throws UsageError for one that is there twice, and for options behind a model that are none of decoding.
 */
export function listCandidates(flags: CandidateFlags, cwd: string): CandidateSpec[] {
  const { dtype = [undefined], provider = [undefined], threads } = flags;
  const specs = flags.model.flatMap((text) => {
    const { model, settings, search } = parseModelSettings(text, cwd);
    return dtype.flatMap((quantization) =>
      provider.map((name): CandidateSpec => {
        const load = {
          download: downloadOptions(flags),
          ...(quantization && { quantization }),
          ...(name && { provider: name }),
          ...(threads !== undefined && { threads }),
        };
        return {
          name: [model, quantization, name, settings].filter(Boolean).join(' '),
          model,
          cwd,
          load,
          search,
        };
      }),
    );
  });
  const names = shorten(specs);
  if (new Set(specs.map(({ name }) => name)).size < specs.length) {
    throw new UsageError('a model, precision or provider is named twice');
  }
  return specs.map((spec, i) => ({ ...spec, name: names[i]! }));
}

/**
 * Says before anything is measured which options behind a model it can't honour.
 *
 * @throws UsageError
 */
export async function checkCandidate(
  { model, cwd, load, search }: CandidateSpec,
  signal: AbortSignal,
): Promise<void> {
  if (Object.keys(search).length === 0) return;
  const { download, quantization } = load;
  const inspect = async (): Promise<ModelInspection> =>
    inspectModel(await resolveModel(model, cwd), {
      signal,
      ...(download && { download }),
      ...(quantization && { quantization }),
    });
  await checkSearch(search, inspect, cwd).catch((error: unknown) => {
    if (!(error instanceof UsageError)) throw error;
    throw new UsageError(`--model ${model}: ${error.message}`, { cause: error });
  });
}

/** Names without the folders before a model, unless two would be the same. */
function shorten(specs: readonly CandidateSpec[]): string[] {
  const short = specs.map(({ name, model }) => basename(model) + name.slice(model.length));
  return new Set(short).size === short.length ? short : specs.map(({ name }) => name);
}
