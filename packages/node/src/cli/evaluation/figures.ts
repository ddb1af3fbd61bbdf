import type { Interval } from '@org/asr-node';

/** `4.2 %`. */
export function formatRate(rate: number): string {
  return `${percent(rate)} %`;
}

/** `4.2 % (3.1–5.4)`. */
export function formatRateWithInterval(rate: number, interval: Interval): string {
  return `${formatRate(rate)} (${formatInterval(interval)})`;
}

/** `3.1–5.4`, in percent. */
export function formatInterval({ low, high }: Interval): string {
  return `${percent(low)}–${percent(high)}`;
}

/** `12×`: times as fast as speech. */
export function formatSpeed(speed: number): string {
  return `${speed >= 10 ? Math.round(speed) : speed.toPrecision(2)}×`;
}

/** `850 ms`, `2.1 s`. */
export function formatDuration(seconds: number): string {
  if (seconds < 0.9995) return `${Math.round(seconds * 1000)} ms`;
  return `${seconds < 99.5 ? seconds.toPrecision(seconds < 9.95 ? 2 : 3) : Math.round(seconds)} s`;
}

/** Signed points: `+1.2`. */
export function formatPoints(difference: number): string {
  const text = percent(Math.abs(difference));
  return `${Number(text) === 0 ? '±' : difference < 0 ? '−' : '+'}${text}`;
}

function percent(rate: number): string {
  return (100 * rate).toFixed(Math.abs(rate) < 0.9995 ? 1 : 0);
}
