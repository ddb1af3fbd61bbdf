import type { StreamEvent } from '@org/asr-node';
import type { WriteStream } from 'node:tty';

/** What of a terminal is needed; a file or pipe has neither columns nor lines that can be rewritten. */
type Output = Pick<WriteStream, 'write'> & { readonly isTTY?: boolean; readonly columns?: number };

const CLEAR_LINE = '\r\u001b[2K';
const DIM = '\u001b[2m';
const PLAIN = '\u001b[22m';

/** Shows live text: segments stay, one a line; below them the text that may still change, dim where it is not confirmed. */
export class Screen {
  readonly #output: Output;

  constructor(output: Output) {
    this.#output = output;
  }

  show(event: StreamEvent): void {
    if (event.type === 'segment') this.#keep(event.segment.text);
    if (event.type === 'partial') this.#rewrite(event.text, event.confirmed.length);
    if (event.type === 'lag' && event.seconds > 0) this.#keep(`(${event.seconds.toFixed(1)} s behind)`);
    if (event.type === 'end') this.#rewrite('', 0);
  }

  #keep(line: string): void {
    this.#output.write(`${this.#output.isTTY ? CLEAR_LINE : ''}${line}\n`);
  }

  /** Of a text that is wider than the terminal the end is shown: a line that wraps can't be rewritten. */
  #rewrite(text: string, confirmed: number): void {
    if (!this.#output.isTTY) return;
    const hidden = Math.max(0, text.length - ((this.#output.columns ?? 80) - 1));
    const sure = text.slice(hidden, Math.max(hidden, confirmed));
    const rest = text.slice(Math.max(hidden, confirmed));
    this.#output.write(`${CLEAR_LINE}${sure}${DIM}${rest}${PLAIN}`);
  }
}
