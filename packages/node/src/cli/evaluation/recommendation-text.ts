import type { ModelRecommendation, RankedModel } from '@org/asr-node';
import type { RecommendationRequest } from './build-report.js';
import { formatBytes } from '../format.js';
import { formatInterval, formatPoints, formatRate, formatSpeed } from './figures.js';
import type { EvaluationReport, MeasuredCandidate } from './report.js';

/** A recommendation in plain words: what to take, what it beats or ties with, what was left out, what to doubt. */
export function explainRecommendation(
  found: ModelRecommendation,
  report: EvaluationReport,
  request: RecommendationRequest,
): string[] {
  const measured = new Map(report.candidates.map((candidate) => [candidate.name, candidate]));
  const chosen = found.ranking.find(({ name }) => name === found.choice);
  return [
    ...(chosen ? explainChoice(chosen, found, measured) : ['None of the models keeps to the limits.']),
    ...explainAlternatives(found, measured),
    ...found.excluded.map(({ name, reasons }) => `Left out: ${name} ${reasons.join(', and it ')}.`),
    ...report.failed.map(({ name, error }) => `Not measured: ${name}: ${firstSentence(error)}`),
    ...explainDoubts(found, report, request),
  ];
}

function explainChoice(
  chosen: RankedModel,
  { ranking }: ModelRecommendation,
  measured: ReadonlyMap<string, MeasuredCandidate>,
): string[] {
  const { speed, peakMemory } = measured.get(chosen.name)!;
  const { wordErrorRate, wordErrorRateInterval } = chosen.score;
  const first =
    `Take ${chosen.name}: ${formatRate(wordErrorRate)} of words wrong (${formatInterval(wordErrorRateInterval)}), ` +
    `${formatSpeed(speed)} real time, ${formatBytes(peakMemory)} of memory.`;
  const tied = ranking.filter(({ isTied, name }) => isTied && name !== chosen.name);
  if (ranking.length === 1) return [first];
  if (tied.length === 0)
    return [
      first,
      'It is the most accurate: its lead over each of the others is more than chance would give.',
    ];
  const names = tied.map(({ name, score }) => `${name} (${formatRate(score.wordErrorRate)})`).join(' and ');
  const verb = tied.length === 1 ? 'is' : 'are';
  return [first, `In accuracy it ties with ${names}, which ${verb} slower: this set can’t tell them apart.`];
}

/** Models that are less accurate, and what they would be good for. */
function explainAlternatives(
  { choice, ranking }: ModelRecommendation,
  measured: ReadonlyMap<string, MeasuredCandidate>,
): string[] {
  const chosen = measured.get(choice ?? '');
  if (!chosen) return [];
  return ranking
    .filter(({ isTied }) => !isTied)
    .map(({ name, difference }) => {
      const { speed, peakMemory } = measured.get(name)!;
      const gains = [
        ...(speed > 1.1 * chosen.speed ? [`${(speed / chosen.speed).toFixed(1)} times as fast`] : []),
        ...(peakMemory < 0.9 * chosen.peakMemory
          ? [`content with ${formatBytes(peakMemory)} of memory`]
          : []),
      ];
      const worse = `${formatPoints(difference!.difference)} points of word error rate (${pointsInterval(difference!.interval)})`;
      return gains.length === 0
        ? `${name} is less accurate: ${worse}, and neither faster nor smaller.`
        : `${name} is less accurate: ${worse}, but ${gains.join(' and ')}.`;
    });
}

function explainDoubts(
  { ranking, choice }: ModelRecommendation,
  { set, settings, candidates }: EvaluationReport,
  { languages }: RecommendationRequest,
): string[] {
  const doubts: string[] = [];
  const chosen = candidates.find(({ name }) => name === choice);
  const count = ranking[0]?.score.utterances ?? set.utterances;
  if (count < 50) {
    doubts.push(
      `${count} utterances are few: a difference that matters to you may not show. 200 or more would tell.`,
    );
  }
  const spoken = languages ?? set.languages;
  if (spoken.length > 1 && chosen) {
    const worst = [...chosen.byLanguage].sort((a, b) => b.score.wordErrorRate - a.score.wordErrorRate)[0];
    if (worst)
      doubts.push(`Its weakest language is ${worst.group}, with ${formatRate(worst.score.wordErrorRate)}.`);
  }
  if (chosen && chosen.failures > 0) {
    doubts.push(`It failed on ${chosen.failures} recordings; their words count as missed.`);
  }
  for (const { noise, snr, name, score } of betterUnderNoise(chosen, candidates)) {
    doubts.push(
      `Under ${noise} noise at ${snr} dB ${name} makes clearly fewer errors: ${formatRate(score)}.`,
    );
  }
  doubts.push(
    `Intervals hold the true rate with ${100 * settings.confidence} % confidence, for recordings like these.`,
  );
  return doubts;
}

/** Conditions in which another candidate's interval lies wholly below the chosen one's. */
function betterUnderNoise(
  chosen: MeasuredCandidate | undefined,
  candidates: readonly MeasuredCandidate[],
): { noise: string; snr: number; name: string; score: number }[] {
  return (chosen?.byNoise ?? []).flatMap(({ noise, snr, score }) =>
    candidates.flatMap(({ name, byNoise }) => {
      const other = byNoise.find((under) => under.noise === noise && under.snr === snr)?.score;
      if (!other || other.wordErrorRateInterval.high >= score.wordErrorRateInterval.low) return [];
      return [{ noise, snr, name, score: other.wordErrorRate }];
    }),
  );
}

function pointsInterval({ low, high }: { readonly low: number; readonly high: number }): string {
  return `${formatPoints(low)} to ${formatPoints(high)}`;
}

function firstSentence(text: string): string {
  const line = text.split('\n', 1)[0]!;
  return line.endsWith('.') ? line : `${line}.`;
}
