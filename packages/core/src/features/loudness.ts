import type { Steps } from '../steps.js';

/** Loudness of digital silence. */
export const SILENCE_DBFS = -160;

/** Frames of one step. */
const STEP = 1024;

/**
 * Root-mean-square level of every frame in dB relative to full scale (a square wave of amplitude 1 is 0 dBFS).
 *
 * @param samples Mono audio.
 * @param frameLength Samples per frame; a last frame that is shorter counts with the samples it has.
 */
export function* frameLoudness(samples: Float32Array, frameLength: number): Steps<Float32Array> {
  const loudness = new Float32Array(Math.ceil(samples.length / frameLength));
  for (let frame = 0; frame < loudness.length; frame++) {
    if (frame % STEP === STEP - 1) yield;
    const start = frame * frameLength;
    const end = Math.min(start + frameLength, samples.length);
    let energy = 0;
    for (let i = start; i < end; i++) energy += samples[i]! * samples[i]!;
    const power = energy / (end - start);
    loudness[frame] = power > 1e-16 ? 10 * Math.log10(power) : SILENCE_DBFS;
  }
  return loudness;
}
