import { randomUUID } from 'node:crypto';
import type { SubtitleOptions, Transcript } from '@org/asr-node';
import { UsageError } from '../errors.js';
import { formatTranscript, type Format } from './formats.js';
import type { Journal } from './journal.js';
import type { Task } from './output-files.js';

/** Where transcripts go. */
export interface TranscriptSink {
  /** Whether a recording needs no work because its result is there. */
  isDone(task: Task): Promise<boolean>;
  accept(task: Task, transcript: Transcript): Promise<void>;
  /** There will be no transcript of this recording. */
  skip(task: Task): void;
}

/** Files in a folder, with a journal to go on by. */
export class FolderSink implements TranscriptSink {
  readonly #journal: Journal;
  readonly #fingerprintOf: (task: Task) => string | undefined;
  readonly #options: SubtitleOptions & { readonly force: boolean };

  constructor(
    journal: Journal,
    fingerprintOf: (task: Task) => string | undefined,
    options: SubtitleOptions & { readonly force: boolean },
  ) {
    this.#journal = journal;
    this.#fingerprintOf = fingerprintOf;
    this.#options = options;
  }

  /** @throws UsageError when the files are somebody else's. */
  async isDone(task: Task): Promise<boolean> {
    if (this.#options.force) return false;
    const names = task.outputs.map(({ name }) => name);
    const fingerprint = this.#fingerprintOf(task);
    if (fingerprint !== undefined && (await this.#journal.isDone(fingerprint, names))) return true;
    const foreign = await this.#journal.findForeign(names);
    if (foreign === undefined) return false;
    throw new UsageError(`${foreign} is there and not as this command wrote it: --force overwrites it`);
  }

  async accept(task: Task, transcript: Transcript): Promise<void> {
    const contents = task.outputs.map(({ format, name }) => [
      name,
      formatTranscript(transcript, format, this.#options),
    ]);
    const fingerprint = this.#fingerprintOf(task) ?? randomUUID();
    await this.#journal.write(fingerprint, Object.fromEntries(contents) as Record<string, string>);
  }

  skip(): void {}
}

/** Text that is printed in the order of the recordings, whichever is ready first. */
export class PrintSink implements TranscriptSink {
  readonly #print: (text: string) => void;
  readonly #format: Format;
  readonly #options: SubtitleOptions;
  readonly #tasks: readonly Task[];
  /** What is ready, by the place of its recording; `undefined` for those that failed. */
  readonly #ready = new Map<number, string | undefined>();
  #next = 0;

  constructor(
    print: (text: string) => void,
    tasks: readonly Task[],
    format: Format,
    options: SubtitleOptions,
  ) {
    if (tasks.length > 1 && format !== 'txt' && format !== 'json') {
      throw new UsageError(
        `several recordings as ${format} need --output-dir; to stdout they can go as txt or json`,
      );
    }
    this.#print = print;
    this.#tasks = tasks;
    this.#format = format;
    this.#options = options;
  }

  isDone(): Promise<boolean> {
    return Promise.resolve(false);
  }

  accept(task: Task, transcript: Transcript): Promise<void> {
    this.#put(task, this.#text(task, transcript));
    return Promise.resolve();
  }

  skip(task: Task): void {
    this.#put(task, undefined);
  }

  #text({ audio }: Task, transcript: Transcript): string {
    if (this.#tasks.length === 1) return formatTranscript(transcript, this.#format, this.#options);
    if (this.#format === 'json') return `${JSON.stringify({ file: audio.name, ...transcript })}\n`;
    return `==> ${audio.name} <==\n${formatTranscript(transcript, this.#format, this.#options)}\n`;
  }

  #put(task: Task, text: string | undefined): void {
    this.#ready.set(this.#tasks.indexOf(task), text);
    for (; this.#ready.has(this.#next); this.#next++) {
      const ready = this.#ready.get(this.#next);
      this.#ready.delete(this.#next);
      if (ready !== undefined) this.#print(ready);
    }
  }
}
