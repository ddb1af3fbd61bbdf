const TAB = 9;
const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
const SPACE = 32;

/** One line of bytes, cut into fields in place. Reused for every line. */
export class FieldLine {
  bytes: Uint8Array = new Uint8Array(0);
  /** 1-based, for messages. */
  number = 0;
  count = 0;
  readonly starts: number[] = [];
  readonly ends: number[] = [];

  /** Cuts `bytes[start, end)` at tabs, spaces and carriage returns. */
  split(bytes: Uint8Array, start: number, end: number): void {
    this.bytes = bytes;
    this.number++;
    this.count = 0;
    let at = start;
    while (at < end) {
      while (at < end && isSeparator(bytes[at] as number)) at++;
      if (at === end) break;
      this.starts[this.count] = at;
      while (at < end && !isSeparator(bytes[at] as number)) at++;
      this.ends[this.count] = at;
      this.count++;
    }
  }

  text(field: number): string {
    return new TextDecoder().decode(this.bytes.subarray(this.starts[field], this.ends[field]));
  }

  /** The whole line, at most 80 characters, for messages. */
  excerpt(): string {
    const whole = Array.from({ length: this.count }, (_, i) => this.text(i)).join(' ');
    return whole.length > 80 ? `${whole.slice(0, 80)}…` : whole;
  }

  /** A field as a number; NaN when it is none. */
  numberAt(field: number): number {
    return parseNumber(this.bytes, this.starts[field] as number, this.ends[field] as number);
  }
}

function isSeparator(byte: number): boolean {
  return byte === SPACE || byte === TAB || byte === CARRIAGE_RETURN;
}

/**
 * Parses `-12.345` without making a string of it: up to 15 digits are exact in a double, and so is the division by a
 * power of ten below 10^22. Anything else (exponents, longer numbers) goes through `Number`.
 */
function parseNumber(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  const negative = bytes[at] === 45;
  if (negative) at++;
  let mantissa = 0;
  let digits = 0;
  let scale = 1;
  let afterPoint = false;
  for (; at < end; at++) {
    const byte = bytes[at] as number;
    if (byte >= 48 && byte <= 57) {
      mantissa = mantissa * 10 + (byte - 48);
      digits++;
      if (afterPoint) scale *= 10;
    } else if (byte === 46 && !afterPoint) {
      afterPoint = true;
    } else {
      digits = 0;
      break;
    }
  }
  if (digits === 0 || digits > 15) {
    const text = new TextDecoder().decode(bytes.subarray(start, end));
    return /^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$/.test(text) ? Number(text) : Number.NaN;
  }
  return (negative ? -mantissa : mantissa) / scale;
}

/** Longest line accepted; an ARPA line holds a few words. Keeps a file without line ends from filling memory. */
const MAX_LINE_BYTES = 1 << 20;

/** Cuts chunks of bytes into lines and hands each to `onLine`, copying only what straddles two chunks. */
export class LineSplitter {
  readonly #onLine: (bytes: Uint8Array, start: number, end: number) => void;
  #rest = new Uint8Array(0);
  #paused = false;

  constructor(onLine: (bytes: Uint8Array, start: number, end: number) => void) {
    this.#onLine = onLine;
  }

  /** Bytes that no line was made of yet. */
  get waiting(): number {
    return this.#rest.length;
  }

  /** Called from `onLine`: no line follows until {@link resume}. */
  pause(): void {
    this.#paused = true;
  }

  /** Goes on behind the line that paused. @throws RangeError when a line is longer than a megabyte. */
  resume(): void {
    this.#paused = false;
    this.push(new Uint8Array(0));
  }

  /** @throws RangeError when a line is longer than a megabyte. */
  push(chunk: Uint8Array): void {
    let bytes = chunk;
    if (this.#rest.length > 0) {
      bytes = new Uint8Array(this.#rest.length + chunk.length);
      bytes.set(this.#rest);
      bytes.set(chunk, this.#rest.length);
    }
    let start = 0;
    for (
      let end = bytes.indexOf(LINE_FEED);
      end >= 0 && !this.#paused;
      end = bytes.indexOf(LINE_FEED, start)
    ) {
      this.#onLine(bytes, start, end);
      start = end + 1;
    }
    this.#rest = bytes.slice(start);
    if (this.#rest.length > MAX_LINE_BYTES && !this.#paused)
      throw new RangeError('a line is longer than 1 MB');
  }

  /** Hands over a last line without a line end. */
  finish(): void {
    if (this.#rest.length > 0) this.#onLine(this.#rest, 0, this.#rest.length);
    this.#rest = new Uint8Array(0);
  }
}
