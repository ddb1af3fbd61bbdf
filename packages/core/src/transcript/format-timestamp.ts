/** How a time is written. */
export interface TimestampFormat {
  /** Write hours even where they are 0. Default false. */
  readonly alwaysHours?: boolean;
  /** Between seconds and milliseconds. Default `.`. */
  readonly decimalMark?: string;
}

/**
 * Seconds as `[hh:]mm:ss.mmm`.
 *
 * @throws RangeError when `seconds` is negative or not finite.
 */
export function formatTimestamp(seconds: number, format: TimestampFormat = {}): string {
  const total = toMilliseconds(seconds);
  const hours = Math.floor(total / 3_600_000);
  const minutes = Math.floor(total / 60_000) % 60;
  const whole = Math.floor(total / 1000) % 60;
  const two = (value: number): string => String(value).padStart(2, '0');
  const hourPart = format.alwaysHours || hours > 0 ? `${two(hours)}:` : '';
  const milliseconds = String(total % 1000).padStart(3, '0');
  return `${hourPart}${two(minutes)}:${two(whole)}${format.decimalMark ?? '.'}${milliseconds}`;
}

/** Seconds as whole milliseconds; halves go to the even neighbour, as in the reference. */
export function toMilliseconds(seconds: number): number {
  if (!(seconds >= 0 && seconds < Infinity)) {
    throw new RangeError(`a time must be a number of seconds from 0 up, got ${seconds}`);
  }
  const exact = seconds * 1000;
  const rounded = Math.round(exact);
  return rounded - exact === 0.5 && rounded % 2 === 1 ? rounded - 1 : rounded;
}
