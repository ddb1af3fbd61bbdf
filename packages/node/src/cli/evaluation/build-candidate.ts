import { poolScores, scoreUtterance } from '@org/asr-node';
import type { BootstrapOptions, NoiseCondition, TextNormalizerName, Utterance } from '@org/asr-node';
import type { Measurement } from './measurement.js';
import type { GroupScore, MeasuredCandidate, NoiseScore, UtteranceReport } from './report.js';

/** How errors are counted. */
export interface ScoreSettings {
  readonly normalizer: TextNormalizerName;
  readonly bootstrap: BootstrapOptions;
}

/** Counts the errors of a measurement, over all utterances and by group. */
export function buildCandidate(
  { name, model }: Pick<MeasuredCandidate, 'name' | 'model'>,
  { results, ...measured }: Measurement,
  utterances: readonly Utterance[],
  { normalizer, bootstrap }: ScoreSettings,
): MeasuredCandidate {
  const byId = new Map(utterances.map((utterance) => [utterance.id, utterance]));
  const reports = results.map((result): UtteranceReport => {
    const { text, language } = byId.get(result.id)!;
    const pair = { reference: text, hypothesis: result.hypothesis, ...(language && { language }) };
    const score = scoreUtterance(pair, normalizer);
    const { audioSeconds: _, ...rest } = result;
    return { ...rest, ...score, wordErrorRate: rateOf(score.words) };
  });
  const plain = reports.filter(({ noise }) => noise === undefined);
  const group = (keyOf: (utterance: Utterance) => string | undefined): GroupScore[] =>
    groupBy(plain, ({ id }) => keyOf(byId.get(id)!)).map(([key, members]) => ({
      group: key,
      score: poolScores(members, bootstrap),
    }));
  const clocked = results.filter(({ noise }) => noise === undefined);
  const audioSeconds = sum(clocked.map((result) => result.audioSeconds));
  const computeSeconds = sum(clocked.map((result) => result.computeSeconds));
  return {
    name,
    model,
    ...measured,
    firstResultSeconds: median(clocked.map((result) => result.firstResultSeconds)),
    speed: audioSeconds / computeSeconds,
    realTimeFactor: computeSeconds / audioSeconds,
    failures: results.filter(({ error }) => error !== undefined).length,
    score: poolScores(plain, bootstrap),
    byLanguage: group(({ language }) => language),
    byCondition: group(({ condition }) => condition),
    byNoise: scoreNoise(reports, bootstrap),
    utterances: reports,
  };
}

function scoreNoise(reports: readonly UtteranceReport[], bootstrap: BootstrapOptions): NoiseScore[] {
  const keyOf = ({ noise }: { noise?: NoiseCondition }): string | undefined =>
    noise === undefined ? undefined : JSON.stringify([noise.noise, noise.snr]);
  return groupBy(reports, keyOf).map(([, members]) => ({
    ...members[0]!.noise!,
    score: poolScores(members, bootstrap),
  }));
}

/** Groups in the order of their first members; members without a key are in none. */
function groupBy<T>(items: readonly T[], keyOf: (item: T) => string | undefined): [string, T[]][] {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    if (key === undefined) continue;
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return [...groups];
}

function rateOf(counts: UtteranceReport['words']): number {
  const errors = counts.substitutions + counts.deletions + counts.insertions;
  const length = counts.hits + counts.substitutions + counts.deletions;
  return length === 0 ? errors : errors / length;
}

/** Middle value; the mean of the middle two of an even number. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length / 2;
  return (sorted[Math.ceil(half) - 1]! + sorted[Math.floor(half)]!) / 2;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
