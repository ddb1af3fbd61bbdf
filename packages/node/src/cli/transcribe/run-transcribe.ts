import { resolve } from 'node:path';
import { loadModel } from '@org/asr-node';
import type { ModelSource, SpeechModel, SubtitleOptions } from '@org/asr-node';
import { findAudio } from '../find-audio.js';
import type { CliContext } from '../context.js';
import { transcribeOptionsFor } from '../decoding-options.js';
import { UsageError } from '../errors.js';
import { EXIT } from '../exit-codes.js';
import { formatSeconds } from '../format.js';
import { resolveModelOrDefault } from '../model-argument.js';
import { downloadOptions, loadOptions, type ModelFlags } from '../model-options.js';
import { planParallelism } from '../model-pool.js';
import { ProgressBoard } from '../progress.js';
import { describeSearch, loadSearchResources } from '../search-options.js';
import type { TranscribeFlags } from '../transcribe-options.js';
import { fingerprint, modelIdentity } from './fingerprint.js';
import { SUBTITLE_FORMATS, type Format } from './formats.js';
import { Journal } from './journal.js';
import { planOutputs, type Task } from './output-files.js';
import { runBatch, type BatchReport } from './run-batch.js';
import { FolderSink, PrintSink, type TranscriptSink } from './sinks.js';

/** Values of the options of `asr transcribe`. */
export interface TranscribeCommandFlags extends ModelFlags, TranscribeFlags {
  readonly model?: string | undefined;
  readonly format: readonly Format[];
  readonly outputDir?: string | undefined;
  readonly keepExtension?: true | undefined;
  readonly force?: true | undefined;
  readonly workers?: number | undefined;
  readonly maxLineWidth?: number | undefined;
  readonly maxLineCount?: number | undefined;
  readonly maxWordsPerLine?: number | undefined;
  readonly highlightWords?: true | undefined;
}

/** `asr transcribe`. */
export async function runTranscribe(
  inputs: readonly string[],
  flags: TranscribeCommandFlags,
  context: CliContext,
): Promise<void> {
  const { cwd } = context.process;
  const subtitles = subtitleOptions(flags);
  const sources = await findAudio(inputs, cwd);
  const tasks =
    flags.outputDir === undefined
      ? sources.map((audio) => ({ audio, outputs: [] }))
      : planOutputs(sources, flags.format, flags.keepExtension === true);
  using board = new ProgressBoard(context);
  const source = await resolveModelOrDefault(flags.model, cwd);
  const sink = await openSink(tasks, source, flags, subtitles, board, context);
  await using resources = await loadSearchResources(flags, {
    cwd,
    download: downloadOptions(flags),
    signal: context.signal,
  });
  const isCpu = flags.provider === undefined || flags.provider.every((name) => name === 'cpu');
  const { workers, threads } = planParallelism(tasks.length, { ...flags, isCpu });
  let isFirst = true;
  const load = async (): Promise<SpeechModel> => {
    // What the first has fetched, the others find.
    const onProgress = isFirst ? board.onLoadProgress() : undefined;
    const tell = isFirst;
    isFirst = false;
    const model = await loadModel(source, {
      ...loadOptions(flags, context),
      ...(threads !== undefined && { threads }),
      ...(onProgress && { onProgress }),
    });
    for (const { provider, reason } of tell ? model.info.fallbacks : []) {
      board.note(`${provider} can't be used: ${reason}`);
    }
    return model;
  };
  const started = performance.now();
  const report = await runBatch(
    {
      tasks,
      sink,
      workers,
      load,
      board,
      optionsFor: (model) => transcribeOptionsFor(model, flags, resources),
    },
    context,
  );
  if (tasks.length > 1) board.note(summary(report, (performance.now() - started) / 1000));
  if (report.failed > 0) context.exitCode = report.failed === tasks.length ? EXIT.failed : EXIT.partial;
}

async function openSink(
  tasks: readonly Task[],
  source: ModelSource,
  flags: TranscribeCommandFlags,
  subtitles: SubtitleOptions,
  board: ProgressBoard,
  context: CliContext,
): Promise<TranscriptSink> {
  const { outputDir, format, force } = flags;
  if (outputDir === undefined) {
    const [only, ...others] = format;
    if (others.length > 0) throw new UsageError('several formats need --output-dir');
    return new PrintSink((text) => board.print(text), tasks, only!, subtitles);
  }
  const { signal } = context;
  const { cwd } = context.process;
  const model = await modelIdentity(source, { download: downloadOptions(flags), signal });
  const { dtype, provider, language, task, timestamps, channels } = flags;
  const listening = { dtype, provider, language, task, timestamps, channels };
  const options = [listening, subtitles, await describeSearch(flags, cwd)];
  const journal = await Journal.open(resolve(cwd, outputDir));
  await journal.clean(tasks.flatMap(({ outputs }) => outputs.map(({ name }) => name)));
  return new FolderSink(journal, ({ audio }) => fingerprint(audio, model, options), {
    ...subtitles,
    force: force === true,
  });
}

/** @throws UsageError for options of subtitles where none are wanted. */
function subtitleOptions(flags: TranscribeCommandFlags): SubtitleOptions {
  const { maxLineWidth, maxLineCount, maxWordsPerLine, highlightWords } = flags;
  const options = {
    ...(maxLineWidth !== undefined && { maxLineWidth }),
    ...(maxLineCount !== undefined && { maxLineCount }),
    ...(maxWordsPerLine !== undefined && { maxWordsPerLine }),
    ...(highlightWords && { highlightWords }),
  };
  if (Object.keys(options).length === 0) return options;
  if (!flags.format.some((format) => SUBTITLE_FORMATS.includes(format))) {
    throw new UsageError('--max-line-width and its like are for --format srt and vtt');
  }
  if (flags.timestamps !== 'word') {
    throw new UsageError('--max-line-width and its like need the times of words: add --timestamps word');
  }
  return options;
}

function summary({ done, skipped, failed, audio }: BatchReport, seconds: number): string {
  const parts = [`${done} transcribed`];
  if (skipped > 0) parts.push(`${skipped} done before`);
  if (failed > 0) parts.push(`${failed} failed`);
  const speed =
    done > 0 ? `; ${formatSeconds(audio)} of audio, ${(audio / seconds).toFixed(1)} × real time` : '';
  return parts.join(', ') + speed;
}
