import type { StreamEvent } from '@org/asr-node';
import type { CliContext } from '../context.js';

const CLEAR_LINE = '\r\u001B[2K';

/**
 * Live text. On a terminal the text that may still change is rewritten in the last line, dim where it is not confirmed, and
 * segments stay above it. In a pipe only segments are written, one a line.
 */
export class Screen {
  readonly #context: CliContext;
  readonly #rewrites: boolean;

  constructor(context: CliContext) {
    const { stdout, env } = context.process;
    this.#context = context;
    this.#rewrites = stdout.isTTY === true && env['TERM'] !== 'dumb';
  }

  show(event: StreamEvent): void {
    if (event.type === 'segment') {
      this.clear();
      this.#context.print(event.segment.text.trim());
    } else if (event.type === 'partial') {
      this.#rewrite(event.text, event.confirmed.length);
    } else if (event.type === 'lag' && event.seconds > 0) {
      this.clear();
      this.#context.note(`${event.seconds.toFixed(1)} s behind: this machine is slower than speech`);
    } else if (event.type === 'end') {
      this.clear();
    }
  }

  /** Leaves nothing of what may still change. */
  clear(): void {
    if (this.#rewrites) this.#context.process.stdout.write(CLEAR_LINE);
  }

  /** Of a text that is wider than the terminal the end is shown: a line that wraps can't be rewritten. */
  #rewrite(text: string, confirmed: number): void {
    if (!this.#rewrites) return;
    const { stdout } = this.#context.process;
    const from = Math.max(0, text.length - ((stdout.columns ?? 80) - 1));
    const sure = Math.max(from, confirmed);
    stdout.write(CLEAR_LINE + text.slice(from, sure) + this.#context.style('dim', text.slice(sure)));
  }
}
