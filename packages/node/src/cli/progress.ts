import cliProgress from 'cli-progress';
import type { LoadProgress } from '@org/asr-node';
import type { CliContext } from './context.js';
import { formatBytes } from './format.js';

/** A bar. Everything is a no-op where there is no terminal. */
export interface ProgressBar {
  /** @param total Undefined where it is not known yet. */
  update(value: number, total?: number): void;
  remove(): void;
}

/** Bars below each other on stderr, on a terminal only: pipes and log files get none of it. */
export class ProgressBoard implements Disposable {
  readonly #context: CliContext;
  readonly #shown = new Set<cliProgress.SingleBar>();
  #bars: cliProgress.MultiBar | undefined;

  constructor(context: CliContext) {
    this.#context = context;
  }

  /** @param format How numbers are shown: 12 MB, 3:05. */
  bar(label: string, format: (value: number) => string): ProgressBar {
    if (!this.#context.hasLiveTerminal) return { update: () => {}, remove: () => {} };
    const bars = (this.#bars ??= this.#open());
    const bar = bars.create(1, 0, { label, done: '' });
    this.#shown.add(bar);
    return {
      update: (value, total) => {
        bar.setTotal(Math.max(total ?? 0, value, 1));
        const end = total === undefined ? '' : ` / ${format(total)}`;
        bar.update(value, { label, done: `${format(value)}${end}` });
      },
      remove: () => {
        if (this.#shown.delete(bar)) bars.remove(bar);
      },
    };
  }

  /** Tells people something, above the bars. */
  note(line: string): void {
    if (this.#bars) this.#bars.log(`${line}\n`);
    else this.#context.note(line);
  }

  /** Tells of a failure that does not end the run, above the bars; also when all else is silenced. */
  report(line: string): void {
    if (this.#bars) this.#bars.log(`${this.#context.style('red', 'asr:', 'stderr')} ${line}\n`);
    else this.#context.fail(line);
  }

  /** Prints a piece of the result. While bars are shown on the terminal that it goes to, it goes above them. */
  print(text: string): void {
    const { stdout } = this.#context.process;
    if (this.#bars && this.#shown.size > 0 && stdout.isTTY === true) this.#bars.log(text);
    else {
      this[Symbol.dispose]();
      stdout.write(text);
    }
  }

  /** Reports of `loadModel` as one bar per file; for its `onProgress`. */
  onLoadProgress(): (progress: LoadProgress) => void {
    const bars = new Map<string, ProgressBar>();
    return (progress) => {
      if (progress.type !== 'download') return;
      const { file, loaded, total } = progress;
      const bar = bars.get(file) ?? this.bar(file, formatBytes);
      bars.set(file, bar);
      if (loaded === total) bar.remove();
      else bar.update(loaded, total);
    };
  }

  [Symbol.dispose](): void {
    // What was logged since the bars were drawn last would be lost.
    this.#bars?.update();
    this.#bars?.stop();
    this.#bars = undefined;
  }

  #open(): cliProgress.MultiBar {
    return new cliProgress.MultiBar({
      stream: this.#context.process.stderr,
      format: '{bar} {percentage}% {label} {done}',
      barCompleteChar: '█',
      barIncompleteChar: '░',
      barsize: 24,
      hideCursor: true,
      clearOnComplete: true,
      gracefulExit: false,
      fps: 8,
    });
  }
}
