import type { BootstrapOptions, RateDifference } from './bootstrap.js';
import { compareScores, poolScores } from './score.js';
import type { PooledScore, UtteranceScore } from './score.js';

/** A model that was measured on a set of utterances. */
export interface MeasuredModel {
  /** What it is called in the result. */
  readonly name: string;
  /** Scores of the utterances that count, the same for all models and in the same order. */
  readonly scores: readonly UtteranceScore[];
  /** Seconds of audio per second of computing. */
  readonly speed: number;
  /** Seconds from handing audio over to the first text that stays. */
  readonly firstResultSeconds: number;
  /** Most memory that its process held, in bytes. */
  readonly peakMemory: number;
}

/** What a model must keep to. */
export interface ModelLimits {
  /** Most memory of its process, in bytes. */
  readonly maxMemory?: number;
  /** Longest time to the first result, in seconds. */
  readonly maxLatency?: number;
  /** Least seconds of audio per second of computing. */
  readonly minSpeed?: number;
}

/** A model that keeps to the limits, beside the most accurate that does. */
export interface RankedModel {
  /** Its name. */
  readonly name: string;
  /** Its errors. */
  readonly score: PooledScore;
  /** Its word error rate less that of the most accurate; absent for the most accurate itself. */
  readonly difference?: RateDifference;
  /** Whether this set can't tell it from the most accurate. True for the most accurate. */
  readonly isTied: boolean;
}

/** Which model suits, and why. Plain data. */
export interface ModelRecommendation {
  /** Name of the model; absent when none keeps to the limits. */
  readonly choice?: string;
  /** Models that keep to the limits, the most accurate first. */
  readonly ranking: readonly RankedModel[];
  /** Models that don't, and what they break. */
  readonly excluded: readonly { readonly name: string; readonly reasons: readonly string[] }[];
}

/**
 * Chooses a model: of those that keep to the limits, the fastest of those whose word error rate can't be told from the
 * lowest. A difference counts when the interval of `compareScores` leaves out 0. Intervals aren't widened for the number
 * of models that are compared.
 *
 * @throws RangeError when models weren't scored on the same utterances.
 */
export function recommendModel(
  models: readonly MeasuredModel[],
  limits: ModelLimits = {},
  options: BootstrapOptions = {},
): ModelRecommendation {
  const excluded = models
    .map((model) => ({ name: model.name, reasons: brokenLimits(model, limits) }))
    .filter(({ reasons }) => reasons.length > 0);
  const fitting = models
    .filter((model) => brokenLimits(model, limits).length === 0)
    .map((model) => ({ model, score: poolScores(model.scores, options) }))
    .sort((a, b) => a.score.wordErrorRate - b.score.wordErrorRate || b.model.speed - a.model.speed);
  const best = fitting[0];
  if (!best) return { ranking: [], excluded };
  const ranking = fitting.map(({ model, score }): RankedModel => {
    if (model === best.model) return { name: model.name, score, isTied: true };
    const difference = compareScores(model.scores, best.model.scores, options);
    return { name: model.name, score, difference, isTied: difference.interval.low <= 0 };
  });
  const tied = fitting.filter((_, i) => ranking[i]!.isTied).map(({ model }) => model);
  const choice = tied.reduce((fastest, model) => (model.speed > fastest.speed ? model : fastest));
  return { choice: choice.name, ranking, excluded };
}

function brokenLimits(model: MeasuredModel, { maxMemory, maxLatency, minSpeed }: ModelLimits): string[] {
  const reasons: string[] = [];
  if (maxMemory !== undefined && model.peakMemory > maxMemory) {
    reasons.push(
      `takes ${toMegabytes(model.peakMemory)} MB of memory, more than ${toMegabytes(maxMemory)} MB`,
    );
  }
  if (maxLatency !== undefined && model.firstResultSeconds > maxLatency) {
    reasons.push(
      `gives its first result after ${toShort(model.firstResultSeconds)} s, later than ${maxLatency} s`,
    );
  }
  if (minSpeed !== undefined && model.speed < minSpeed) {
    reasons.push(`runs ${toShort(model.speed)} times as fast as speech, slower than ${minSpeed} times`);
  }
  return reasons;
}

function toMegabytes(bytes: number): number {
  return Math.round(bytes / 1e6);
}

function toShort(value: number): number {
  return Number(value.toPrecision(2));
}
