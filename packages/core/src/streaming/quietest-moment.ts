/** Seconds of a moment; the closure of a stop consonant is as long. */
const MOMENT = 0.05;
/** Seconds between two that are compared. */
const HOP = 0.01;

/**
 * The middle of the quietest moment of some audio, the later one of equals.
 *
 * @returns Its index.
 */
export function quietestMoment(samples: Float32Array, sampleRate: number): number {
  const length = Math.round(MOMENT * sampleRate);
  const hop = Math.round(HOP * sampleRate);
  let best = samples.length >> 1;
  let least = Infinity;
  for (let from = 0; from + length <= samples.length; from += hop) {
    let energy = 0;
    for (let i = from; i < from + length; i++) energy += samples[i]! * samples[i]!;
    if (energy > least) continue;
    least = energy;
    best = from + (length >> 1);
  }
  return best;
}
