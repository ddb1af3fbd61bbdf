import { Option } from '@commander-js/extra-typings';
import type { Command } from '@commander-js/extra-typings';
import { basename, resolve } from 'node:path';
import type { CliContext } from '../context.js';
import { summarizeRuns, type BenchResult, type Spread } from '../evaluation/bench.js';
import { measureInProcess } from '../evaluation/candidate-process.js';
import { checkCandidate } from '../evaluation/candidates.js';
import { formatDuration, formatSpeed } from '../evaluation/figures.js';
import type { CandidateSpec, Measurement, MeasureTask } from '../evaluation/measurement.js';
import { withExamples } from '../examples.js';
import { formatBytes, formatTable } from '../format.js';
import { DEFAULT_MODEL, resolveModelOrDefault } from '../model-argument.js';
import { loadOptions, modelOption, withModelOptions } from '../model-options.js';
import { searchFlags, withSearchOptions } from '../search-options.js';
import { wholeNumber } from '../option-values.js';
import { ProgressBoard } from '../progress.js';

/** `asr bench`: how fast and how large a model is here. */
export function registerBench(program: Command, context: CliContext): void {
  const base = program
    .command('bench')
    .description('Measure load time, speed and memory of a model on a recording.')
    .argument('<audio>', 'a recording')
    .addOption(modelOption())
    .addOption(
      new Option('--repeat <number>', 'runs, each in a process of its own')
        .argParser(wholeNumber(1, 1000))
        .default(5),
    )
    .option('--json', 'print JSON')
    .optionsGroup('Decoding:');
  const command = withModelOptions(withSearchOptions(base)).action(async (audio, flags) => {
    const { cwd } = context.process;
    const model = flags.model ?? DEFAULT_MODEL;
    const { signal: _, ...load } = loadOptions(flags, context);
    const spec: CandidateSpec = { name: model, model, cwd, load, search: searchFlags(flags) };
    await resolveModelOrDefault(flags.model, cwd);
    await checkCandidate(spec, context.signal);
    const utterance = { id: basename(audio), audio: resolve(cwd, audio), text: '' };
    const task: MeasureTask = { utterances: [utterance], noise: [], seed: 0, detectLanguage: false };
    const runs = await runRepeatedly(spec, task, flags.repeat, context);
    const result = summarizeRuns(model, audio, runs);
    if (flags.json) context.printJson(result);
    else context.print(describeResult(result));
  });
  withExamples(command, [
    ['asr bench talk.wav', 'the packaged model, five times'],
    ['asr bench talk.wav --model ./english-ctc --repeat 10 --threads 1', 'a folder, on one thread'],
    ['asr bench talk.wav --model ./english-ctc --beam 64 --lm en.arpa.gz', 'what a search costs'],
  ]);
}

async function runRepeatedly(
  spec: CandidateSpec,
  task: MeasureTask,
  repeat: number,
  context: CliContext,
): Promise<Measurement[]> {
  using board = new ProgressBoard(context);
  const bar = board.bar(spec.name, String);
  const onDownload = board.onLoadProgress();
  const runs: Measurement[] = [];
  while (runs.length < repeat) {
    bar.update(runs.length, repeat);
    const run = await measureInProcess(spec, task, { signal: context.signal, onDownload });
    const error = run.results[0]?.error;
    if (error !== undefined) throw new Error(error);
    runs.push(run);
  }
  return runs;
}

function describeResult(result: BenchResult): string {
  const row = (name: string, { median, min, max }: Spread, format: (value: number) => string): string[] => [
    name,
    format(median),
    `${format(min)} to ${format(max)}`,
  ];
  const size = result.size === undefined ? '' : `, ${formatBytes(result.size)} on disk`;
  const table = formatTable(
    [
      ['', 'Median', 'Range'],
      row('Load', result.loadSeconds, formatDuration),
      row('First transcription', result.coldSeconds, formatDuration),
      row('Second transcription', result.computeSeconds, formatDuration),
      row('  to its first result', result.firstResultSeconds, formatDuration),
      row('  speed', result.speed, formatSpeed),
      row('Peak memory', result.peakMemory, formatBytes),
    ],
    ['left', 'right', 'right'],
  );
  return (
    `${result.model}${size}, on ${result.provider}\n` +
    `${basename(result.audio)}, ${formatDuration(result.audioSeconds)}; runs: ${result.runs}, each in a process of its own\n\n${table}`
  );
}
