import type { SpeechModel, TranscribeOptions } from '@org/asr-node';
import type { CliContext } from '../context.js';
import { describeError, isUsageError } from '../errors.js';
import { formatSeconds } from '../format.js';
import { forEachWithModels } from '../model-pool.js';
import { openAudio } from '../open-audio.js';
import type { ProgressBoard } from '../progress.js';
import type { Task } from './output-files.js';
import type { TranscriptSink } from './sinks.js';

/** What became of a batch. */
export interface BatchReport {
  readonly done: number;
  readonly skipped: number;
  readonly failed: number;
  /** Seconds of audio that were transcribed. */
  readonly audio: number;
}

/** What a batch needs. */
export interface Batch {
  readonly tasks: readonly Task[];
  readonly sink: TranscriptSink;
  readonly workers: number;
  readonly load: () => Promise<SpeechModel>;
  readonly optionsFor: (model: SpeechModel) => TranscribeOptions;
  readonly board: ProgressBoard;
}

/**
 * Transcribes what is not done yet. A recording that can't be read is reported and does not stop the others; what would
 * stop all of them (an option, the user) is thrown.
 */
export async function runBatch(batch: Batch, context: CliContext): Promise<BatchReport> {
  const { tasks, sink, board } = batch;
  let [done, failed, audio] = [0, 0, 0];
  const fail = (task: Task, error: unknown): void => {
    failed++;
    sink.skip(task);
    board.report(`${task.audio.name}: ${describeError(error)}`);
  };
  const pending: Task[] = [];
  for (const task of tasks) {
    context.signal.throwIfAborted();
    try {
      if (!(await sink.isDone(task))) pending.push(task);
    } catch (error) {
      fail(task, error);
    }
  }
  const skipped = tasks.length - pending.length - failed;
  const transcribe = async (task: Task, model: SpeechModel, signal: AbortSignal): Promise<void> => {
    const place = tasks.length > 1 ? `[${tasks.indexOf(task) + 1}/${tasks.length}] ` : '';
    const bar = board.bar(place + task.audio.name, formatSeconds);
    try {
      const transcript = await model.transcribe(openAudio(task.audio, context), {
        ...batch.optionsFor(model),
        signal,
        onProgress: ({ seconds, duration }) => bar.update(seconds, duration),
      });
      bar.remove();
      await sink.accept(task, transcript);
      done++;
      audio += transcript.duration;
    } catch (error) {
      if (signal.aborted || isUsageError(error)) throw error;
      fail(task, error);
    } finally {
      bar.remove();
    }
  };
  if (pending.length > 0) {
    await forEachWithModels(pending, batch.workers, batch.load, transcribe, context.signal);
  }
  return { done, skipped, failed, audio };
}
