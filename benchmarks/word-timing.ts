/**
 * What word timestamps cost outside of the model: attention of a full window to token times, and dynamic time
 * warping alone. Goal: warping under 10 ms per 100 tokens.
 *
 * Run: npx tsx benchmarks/word-timing.ts
 */
import { dynamicTimeWarping, tokenStartTimes } from '@org/asr-core';

/** Median of some runs, in milliseconds. */
function measure(runs: number, task: () => void): number {
  for (let i = 0; i < 3; i++) task();
  const times = Array.from({ length: runs }, () => {
    const start = performance.now();
    task();
    return performance.now() - start;
  }).toSorted((a, b) => a - b);
  return times[runs >> 1]!;
}

/** Probabilities that follow a diagonal, as attention of speech does. */
function attentionOf(heads: number, tokens: number, frames: number) {
  const data = new Float32Array(heads * tokens * frames);
  let state = 1;
  for (let i = 0; i < data.length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    const distance = Math.abs((i % frames) / frames - (Math.floor(i / frames) % tokens) / tokens);
    data[i] = Math.exp(-40 * distance) * (0.5 + (state >>> 0) / 2 ** 32);
  }
  return { data, heads, tokens, frames };
}

console.log('heads  tokens  positions   all steps   warping alone');
for (const [heads, tokens, positions] of [
  [8, 100, 500],
  [8, 100, 1500],
  [8, 224, 1500],
  [6, 448, 1500],
] as const) {
  const attention = attentionOf(heads, tokens, 1500);
  const all = measure(15, () => tokenStartTimes(attention, positions));
  const cost = Float32Array.from({ length: tokens * positions }, (_, i) => -attention.data[i]!);
  const warping = measure(15, () => dynamicTimeWarping(cost, tokens, positions));
  console.log(
    `${String(heads).padStart(5)}${String(tokens).padStart(8)}${String(positions).padStart(11)}` +
      `${all.toFixed(1).padStart(9)} ms${warping.toFixed(2).padStart(13)} ms`,
  );
}
