/** Bounds of a number; finite unless `to` says otherwise. */
export interface NumberBounds {
  readonly from?: number;
  readonly above?: number;
  readonly to?: number;
}

/**
 * Reads options of unknown quality. Every reader names the option in what it throws: `TypeError` for a wrong type,
 * `RangeError` for a value that can't work. `finish` reports options that nobody read.
 */
export class OptionReader {
  readonly #path: string;
  readonly #unread: Map<string, unknown>;

  /**
   * @param path Name of the object in messages: `decoding`.
   * @param known Keys that are read elsewhere.
   */
  constructor(path: string, options: unknown, known: readonly string[] = []) {
    if (typeof options !== 'object' || options === null) {
      throw new TypeError(`${path}: expected an object, found ${describe(options)}.`);
    }
    this.#path = path;
    this.#unread = new Map(Object.entries(options).filter(([key]) => !known.includes(key)));
  }

  /** The value as it is; undefined when it is absent. */
  take(key: string): unknown {
    const value = this.#unread.get(key);
    this.#unread.delete(key);
    return value;
  }

  number(key: string, fallback: number, bounds: NumberBounds = {}): number {
    return this.optionalNumber(key, bounds) ?? fallback;
  }

  optionalNumber(key: string, bounds: NumberBounds = {}): number | undefined {
    const value = this.take(key);
    return value === undefined ? undefined : this.checkNumber(key, value, bounds);
  }

  /** A number, or `false` for none. */
  threshold(key: string, fallback: number, bounds: NumberBounds): number | false {
    const value = this.take(key);
    if (value === undefined || value === false) return value ?? fallback;
    return this.checkNumber(key, value, bounds, 'a number or false');
  }

  integer(key: string, fallback: number, from: number, to: number): number {
    return this.optionalInteger(key, from, to) ?? fallback;
  }

  optionalInteger(key: string, from: number, to: number): number | undefined {
    const value = this.optionalNumber(key, { from, to });
    if (value !== undefined && !Number.isInteger(value)) this.refuse(key, 'an integer', value);
    return value;
  }

  boolean(key: string, fallback: boolean): boolean {
    const value = this.take(key) ?? fallback;
    return typeof value === 'boolean' ? value : this.mistype(key, 'a boolean', value);
  }

  string(key: string, fallback: string): string {
    const value = this.take(key) ?? fallback;
    return typeof value === 'string' ? value : this.mistype(key, 'a string', value);
  }

  /** One of some strings; the first is the default. */
  choice<T extends string>(key: string, choices: readonly [T, ...T[]]): T {
    const value = this.string(key, choices[0]);
    const found = choices.find((choice) => choice === value);
    return found ?? this.refuse(key, choices.map((choice) => `'${choice}'`).join(' or '), value);
  }

  pattern(key: string): RegExp | undefined {
    const value = this.take(key);
    if (value === undefined || value instanceof RegExp) return value;
    return this.mistype(key, 'a RegExp', value);
  }

  list(key: string): readonly unknown[] | undefined {
    const value = this.take(key);
    if (value === undefined || Array.isArray(value)) return value;
    return this.mistype(key, 'an array', value);
  }

  checkNumber(key: string, value: unknown, bounds: NumberBounds, expected = 'a number'): number {
    if (typeof value !== 'number') return this.mistype(key, expected, value);
    const { from = -Infinity, above = -Infinity, to = Infinity } = bounds;
    if (Number.isFinite(value) && value >= from && value > above && value <= to) return value;
    return this.refuse(key, `${expected} ${boundsText(bounds)}`.trim(), value);
  }

  refuse(key: string, expected: string, found: unknown): never {
    throw new RangeError(`${this.#path}.${key}: expected ${expected}, found ${describe(found)}.`);
  }

  mistype(key: string, expected: string, found: unknown): never {
    throw new TypeError(`${this.#path}.${key}: expected ${expected}, found ${describe(found)}.`);
  }

  /** @throws TypeError for options that were not read: a misspelt name is never ignored. */
  finish(): void {
    const [unknown] = this.#unread.keys();
    if (unknown !== undefined) throw new TypeError(`${this.#path}.${unknown}: there is no such option.`);
  }
}

function boundsText({ from, above, to }: NumberBounds): string {
  const parts = [
    from === undefined ? '' : `from ${from}`,
    above === undefined ? '' : `above ${above}`,
    to === undefined ? '' : `to ${to}`,
  ];
  return parts.filter((part) => part !== '').join(' ');
}

function describe(value: unknown): string {
  if (typeof value === 'string') return `'${value}'`;
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'an array' : 'an object';
  return String(value);
}
