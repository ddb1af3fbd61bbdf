import { basename } from 'node:path';
import type { ExecutionProvider, LoadOptions } from '@org/asr-node';
import { UsageError } from '../errors.js';
import { downloadOptions, type DownloadFlags } from '../model-options.js';
import type { CandidateSpec } from './measurement.js';

/** Flags that say which models are compared, and how each runs. */
export interface CandidateFlags extends DownloadFlags {
  readonly model: readonly string[];
  readonly dtype?: readonly NonNullable<LoadOptions['quantization']>[] | undefined;
  readonly provider?: readonly ExecutionProvider[] | undefined;
  readonly threads?: number | undefined;
}

/** Every model in every precision on every provider. @throws UsageError for one that is there twice. */
export function listCandidates(flags: CandidateFlags, cwd: string): CandidateSpec[] {
  const { dtype = [undefined], provider = [undefined], threads } = flags;
  const specs = flags.model.flatMap((model) =>
    dtype.flatMap((quantization) =>
      provider.map((name): CandidateSpec => {
        const load = {
          download: downloadOptions(flags),
          ...(quantization && { quantization }),
          ...(name && { provider: name }),
          ...(threads !== undefined && { threads }),
        };
        return { name: [model, quantization, name].filter(Boolean).join(' '), model, cwd, load };
      }),
    ),
  );
  const names = shorten(specs);
  if (new Set(specs.map(({ name }) => name)).size < specs.length) {
    throw new UsageError('a model, precision or provider is named twice');
  }
  return specs.map((spec, i) => ({ ...spec, name: names[i]! }));
}

/** Names without the folders before a model, unless two would be the same. */
function shorten(specs: readonly CandidateSpec[]): string[] {
  const short = specs.map(({ name, model }) => name.replace(model, basename(model)));
  return new Set(short).size === short.length ? short : specs.map(({ name }) => name);
}
