import { basename, extname, resolve } from 'node:path';
import { openDataset } from '@org/asr-node';
import type { NoiseCondition, Utterance } from '@org/asr-node';
import { UsageError } from '../errors.js';
import type { EvaluationFlags } from './evaluation-options.js';

/** What all models of a run are measured on. */
export interface EvaluationSet {
  readonly paths: readonly string[];
  readonly utterances: readonly Utterance[];
  readonly noise: readonly NoiseCondition[];
}

/** Noise that is made; other names are paths of recordings. */
export const NOISE_KINDS: readonly string[] = ['white', 'pink', 'babble'];

/**
 * Opens the sets that are named, as one. `fr=folder` says the language of a set that doesn't.
 * @throws UsageError for options that don't go together; AsrError `DATASET_INVALID`.
 */
export async function openEvaluationSet(
  names: readonly string[],
  flags: EvaluationFlags,
  cwd: string,
): Promise<EvaluationSet> {
  const noise = noiseConditions(flags, cwd);
  const opened = [];
  for (const name of names) {
    const [, code, path = name] = /^([a-z]{2,3})=(.+)$/su.exec(name) ?? [];
    const language = code ?? flags.language;
    const dataset = await openDataset(resolve(cwd, path), {
      ...(flags.format && { format: flags.format }),
      ...(language !== undefined && { language }),
    });
    opened.push({ name: basename(path, extname(path)), utterances: dataset.utterances });
  }
  const utterances =
    opened.length === 1
      ? opened[0]!.utterances
      : opened.flatMap(({ name, utterances }) =>
          utterances.map((each) => ({ ...each, id: `${name}/${each.id}` })),
        );
  if (new Set(utterances.map(({ id }) => id)).size < utterances.length) {
    throw new UsageError('two of the sets have the same name; rename one of the files or folders');
  }
  return { paths: names, utterances: sample(utterances, flags), noise };
}

function noiseConditions({ noise, snr }: EvaluationFlags, cwd: string): NoiseCondition[] {
  if (!noise) {
    if (snr) throw new UsageError('--snr says how much noise to add; --noise must say which');
    return [];
  }
  return noise.flatMap((kind) => {
    const name = NOISE_KINDS.includes(kind) ? kind : resolve(cwd, kind);
    return (snr ?? [20, 10, 5, 0]).map((ratio) => ({ noise: name, snr: ratio }));
  });
}

/** So many utterances, the same for the same seed, in the order of the set. */
function sample(
  utterances: readonly Utterance[],
  { sample: count, seed }: EvaluationFlags,
): readonly Utterance[] {
  if (count === undefined || count >= utterances.length) return utterances;
  // The multiplicative hash of Knuth scatters indices; the seed shifts where it begins.
  const rank = (index: number): number => Math.imul(index + 1 + seed * 7919, 0x9e3779b1) >>> 0;
  const chosen = utterances
    .map((_, index) => index)
    .sort((a, b) => rank(a) - rank(b))
    .slice(0, count)
    .sort((a, b) => a - b);
  return chosen.map((index) => utterances[index]!);
}
