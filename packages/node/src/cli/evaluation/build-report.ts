import { availableParallelism, cpus, release, totalmem, type } from 'node:os';
import { recommendModel } from '@org/asr-node';
import type { ModelLimits, NoiseCondition, Utterance } from '@org/asr-node';
import { describeError } from '../errors.js';
import { buildCandidate, type ScoreSettings } from './build-candidate.js';
import type { CandidateSpec, Measurement } from './measurement.js';
import { explainRecommendation } from './recommendation-text.js';
import type { EvaluationReport, FailedCandidate, MeasuredCandidate } from './report.js';

/** What came of a candidate. */
export interface Outcome {
  readonly spec: Pick<CandidateSpec, 'name' | 'model'>;
  /** What was measured, or why not. */
  readonly result: Measurement | Error;
}

/** What a report says besides what was measured. */
export interface ReportContext extends ScoreSettings {
  readonly paths: readonly string[];
  readonly utterances: readonly Utterance[];
  readonly noise: readonly NoiseCondition[];
  readonly detectLanguage: boolean;
  /** Version of the SDK. */
  readonly version: string;
}

/** What a recommendation is asked to keep to. */
export interface RecommendationRequest extends ModelLimits {
  /** Only utterances in these languages decide. Default: all. */
  readonly languages?: readonly string[];
}

/** Puts together what `report.json` holds. @param request For a recommendation; absent: none. */
export function buildReport(
  outcomes: readonly Outcome[],
  context: ReportContext,
  request?: RecommendationRequest,
): EvaluationReport {
  const candidates: MeasuredCandidate[] = [];
  const failed: FailedCandidate[] = [];
  for (const { spec, result } of outcomes) {
    const { name, model } = spec;
    if (result instanceof Error) failed.push({ name, model, error: describeError(result) });
    else candidates.push(buildCandidate(spec, result, context.utterances, context));
  }
  const report = {
    version: 1,
    created: new Date().toISOString(),
    machine: describeMachine(context.version),
    settings: {
      normalizer: context.normalizer,
      confidence: context.bootstrap.confidence ?? 0.95,
      seed: context.bootstrap.seed ?? 0,
      detectLanguage: context.detectLanguage,
    },
    set: describeSet(outcomes, candidates, context),
    candidates,
    failed,
    utterances: context.utterances.map(({ id, language, condition, text }) => ({
      id,
      ...(language !== undefined && { language }),
      ...(condition !== undefined && { condition }),
      reference: text,
    })),
  } as const satisfies EvaluationReport;
  return request ? { ...report, recommendation: recommend(report, context, request) } : report;
}

function recommend(
  report: EvaluationReport,
  { bootstrap }: ReportContext,
  request: RecommendationRequest,
): NonNullable<EvaluationReport['recommendation']> {
  const { languages } = request;
  const counting = new Set(
    report.utterances
      .filter(({ language }) => !languages || (language !== undefined && languages.includes(language)))
      .map(({ id }) => id),
  );
  const models = report.candidates.map(({ name, speed, firstResultSeconds, peakMemory, utterances }) => ({
    name,
    speed,
    firstResultSeconds,
    peakMemory,
    scores: utterances.filter(({ id, noise }) => noise === undefined && counting.has(id)),
  }));
  const found = recommendModel(models, request, bootstrap);
  return { ...found, limits: request, sentences: explainRecommendation(found, report, request) };
}

function describeMachine(sdk: string): EvaluationReport['machine'] {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memory: totalmem(),
    system: `${type()} ${release()}`,
    node: process.version,
    sdk,
  };
}

function describeSet(
  outcomes: readonly Outcome[],
  candidates: readonly MeasuredCandidate[],
  { paths, utterances, noise }: ReportContext,
): EvaluationReport['set'] {
  const measured = outcomes
    .map(({ result }) => result)
    .find((result): result is Measurement => !(result instanceof Error));
  const plain = measured?.results.filter((result) => result.noise === undefined) ?? [];
  const words = candidates[0]?.score.words;
  const distinct = (values: readonly (string | undefined)[]): string[] =>
    [...new Set(values.filter((value) => value !== undefined))].sort();
  return {
    paths,
    utterances: utterances.length,
    seconds: plain.reduce((sum, { audioSeconds }) => sum + audioSeconds, 0),
    words: words ? words.hits + words.substitutions + words.deletions : 0,
    languages: distinct(utterances.map(({ language }) => language)),
    conditions: distinct(utterances.map(({ condition }) => condition)),
    noise,
  };
}
