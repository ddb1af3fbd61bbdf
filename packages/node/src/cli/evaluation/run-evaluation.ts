import { join, resolve } from 'node:path';
import { writeFileAtomically } from '../atomic-file.js';
import type { CliContext } from '../context.js';
import { describeError } from '../errors.js';
import { EXIT } from '../exit-codes.js';
import { ProgressBoard } from '../progress.js';
import { packageVersion } from '../version.js';
import { buildReport, type Outcome, type RecommendationRequest } from './build-report.js';
import type { EvaluationFlags } from './evaluation-options.js';
import type { EvaluationSet } from './evaluation-set.js';
import { formatDuration, formatRate } from './figures.js';
import { renderReport } from './html/page.js';
import { MeasurementStore, measurementKey } from './measurement-store.js';
import type { CandidateSpec, Measurement, MeasureHooks, MeasureTask } from './measurement.js';
import { candidateTable, groupTables } from './report-table.js';
import type { EvaluationReport } from './report.js';

/** How a candidate is measured: here or in a process of its own. */
export type Measure = (spec: CandidateSpec, task: MeasureTask, hooks: MeasureHooks) => Promise<Measurement>;

/** Measures candidates in turn; one that fails is an outcome, too. What is finished is kept in the output folder. */
export async function measureAll(
  specs: readonly CandidateSpec[],
  set: EvaluationSet,
  flags: EvaluationFlags,
  context: CliContext,
  measure: Measure,
): Promise<Outcome[]> {
  const { utterances, noise } = set;
  const task: MeasureTask = {
    utterances,
    noise,
    seed: flags.seed,
    detectLanguage: flags.detectLanguage ?? false,
  };
  const store =
    flags.output === undefined
      ? undefined
      : new MeasurementStore(join(outputFolder(flags, context), 'measurements'));
  const outcomes: Outcome[] = [];
  using board = new ProgressBoard(context);
  for (const spec of specs) {
    try {
      outcomes.push({ spec, result: await measureOrFind(spec, task, store, board, context, measure) });
    } catch (error) {
      context.signal.throwIfAborted();
      const failure = error instanceof Error ? error : new Error(String(error));
      board.note(`${spec.name}: ${describeError(failure)}`);
      outcomes.push({ spec, result: failure });
    }
  }
  return outcomes;
}

async function measureOrFind(
  spec: CandidateSpec,
  task: MeasureTask,
  store: MeasurementStore | undefined,
  board: ProgressBoard,
  { signal }: CliContext,
  measure: Measure,
): Promise<Measurement> {
  const key = store && (await measurementKey(spec, task, packageVersion(), signal));
  const known = key === undefined ? undefined : await store?.find(key);
  if (known) {
    board.note(`${spec.name}: measured before`);
    return known;
  }
  const total = task.utterances.length * (1 + task.noise.length);
  const bar = board.bar(spec.name, String);
  try {
    bar.update(0, total);
    const onProgress = (done: number): void => bar.update(done, total);
    const measurement = await measure(spec, task, { signal, onDownload: board.onLoadProgress(), onProgress });
    if (key !== undefined) await store?.keep(key, measurement);
    return measurement;
  } finally {
    bar.remove();
  }
}

/** Makes the report of what was measured, writes its files, and prints what was asked for. */
export async function finishReport(
  outcomes: readonly Outcome[],
  set: EvaluationSet,
  flags: EvaluationFlags,
  context: CliContext,
  request?: RecommendationRequest,
): Promise<void> {
  const { normalizer, confidence, seed, detectLanguage = false } = flags;
  const settings = { normalizer, bootstrap: { confidence, seed }, detectLanguage, version: packageVersion() };
  const report = buildReport(outcomes, { ...set, ...settings }, request);
  if (flags.output !== undefined) {
    const folder = outputFolder(flags, context);
    await writeFileAtomically(join(folder, 'report.json'), `${JSON.stringify(report, undefined, 1)}\n`);
    await writeFileAtomically(join(folder, 'report.html'), renderReport(report));
    context.note(`Report: ${join(folder, 'report.html')}`);
  }
  if (flags.json) context.printJson(report);
  else printReport(report, context);
  if (report.candidates.length === 0) context.exitCode = EXIT.failed;
  else if (report.failed.length > 0 || report.candidates.some(({ failures }) => failures > 0)) {
    context.exitCode = EXIT.partial;
  }
}

function printReport(report: EvaluationReport, context: CliContext): void {
  const { set, settings, candidates, recommendation } = report;
  context.print(
    `${set.utterances} recordings, ${formatDuration(set.seconds)}, ${set.words} words; ` +
      `normaliser ${settings.normalizer}; intervals at ${100 * settings.confidence} %`,
  );
  for (const block of [candidateTable(report), ...groupTables(report)]) context.print(`\n${block}`);
  for (const { name, failures, utterances } of candidates) {
    if (failures === 0) continue;
    const { id, error } = utterances.find((utterance) => utterance.error !== undefined)!;
    context.note(`${name} failed on ${failures} recordings, first on ${id}: ${error}`);
  }
  if (candidates.length === 1) printWorst(candidates[0]!, context);
  if (recommendation) context.print(`\n${recommendation.sentences.join('\n')}`);
}

/** The utterances with most errors, aligned. */
function printWorst({ utterances }: EvaluationReport['candidates'][number], context: CliContext): void {
  const errorsOf = ({ words }: (typeof utterances)[number]): number =>
    words.substitutions + words.deletions + words.insertions;
  const worst = utterances
    .filter((utterance) => utterance.noise === undefined && errorsOf(utterance) > 0)
    .sort((a, b) => errorsOf(b) - errorsOf(a))
    .slice(0, 5);
  if (worst.length > 0) context.print('\nMost errors: [said → recognised]');
  for (const { id, edits, wordErrorRate } of worst) {
    const text = edits.map(({ type, reference = '', hypothesis = '' }) =>
      type === 'equal' ? reference : context.style('red', `[${reference} → ${hypothesis}]`),
    );
    context.print(`${id}  ${formatRate(wordErrorRate)}\n  ${text.join(' ')}`);
  }
}

function outputFolder({ output }: EvaluationFlags, { process }: CliContext): string {
  return resolve(process.cwd, output!);
}
