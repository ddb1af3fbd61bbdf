import { formatBytes, formatTable } from '../format.js';
import { formatDuration, formatRate, formatRateWithInterval, formatSpeed } from './figures.js';
import type { EvaluationReport, MeasuredCandidate } from './report.js';

const HEAD = ['Model', 'WER', 'CER', 'Speed', 'First result', 'Load', 'Memory', 'Size'];
const RIGHT = ['left', 'right', 'right', 'right', 'right', 'right', 'right', 'right'] as const;

/** All candidates as a table, those that failed with their errors below. */
export function candidateTable({ candidates, failed }: EvaluationReport): string {
  const rows = candidates.map((candidate) => [
    candidate.name,
    formatRateWithInterval(candidate.score.wordErrorRate, candidate.score.wordErrorRateInterval),
    formatRate(candidate.score.characterErrorRate),
    formatSpeed(candidate.speed),
    formatDuration(candidate.firstResultSeconds),
    formatDuration(candidate.loadSeconds),
    formatBytes(candidate.peakMemory),
    candidate.size === undefined ? '?' : formatBytes(candidate.size),
  ]);
  const lines = candidates.length === 0 ? [] : [formatTable([HEAD, ...rows], RIGHT)];
  return [...lines, ...failed.map(({ name, error }) => `${name}  failed: ${error}`)].join('\n');
}

/** Word error rates by language, by condition and under noise, a column per candidate; empty where there is one group. */
export function groupTables({ candidates }: EvaluationReport): string[] {
  const names = candidates.map(({ name }) => name);
  const table = (title: string, groupsOf: (candidate: MeasuredCandidate) => readonly Group[]): string[] => {
    const groups = candidates[0] ? groupsOf(candidates[0]) : [];
    if (groups.length === 0) return [];
    const rows = groups.map(({ group }, i) => [group, ...candidates.map((each) => cell(groupsOf(each)[i]!))]);
    return [formatTable([[title, ...names], ...rows], ['left', ...names.map(() => 'right' as const)])];
  };
  return [
    ...table('Language', ({ byLanguage }) => (byLanguage.length > 1 ? byLanguage : [])),
    ...table('Condition', ({ byCondition }) => byCondition),
    ...table('Noise', ({ score, byNoise }) =>
      byNoise.length === 0
        ? []
        : [
            { group: 'none', score },
            ...byNoise.map((each) => ({ group: `${each.noise} ${each.snr} dB`, score: each.score })),
          ],
    ),
  ];
}

interface Group {
  readonly group: string;
  readonly score: MeasuredCandidate['score'];
}

function cell({ score }: Group): string {
  return formatRateWithInterval(score.wordErrorRate, score.wordErrorRateInterval);
}
