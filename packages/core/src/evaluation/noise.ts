import { AsrError } from '../errors.js';
import { seededRandom } from '../seeded-random.js';

/**
 * White Gaussian noise of mean power 1.
 * @param length Samples.
 * @param seed Any integer; the same seed gives the same noise.
 */
export function whiteNoise(length: number, seed: number): Float32Array {
  const random = seededRandom(seed);
  const noise = new Float32Array(length);
  for (let i = 0; i < length; i += 2) {
    // Box and Muller 1958; 1 − u because the logarithm of 0 has no place here.
    const radius = Math.sqrt(-2 * Math.log(1 - random()));
    const angle = 2 * Math.PI * random();
    noise[i] = radius * Math.cos(angle);
    if (i + 1 < length) noise[i + 1] = radius * Math.sin(angle);
  }
  return noise;
}

/** Poles and gains of Paul Kellet's filter; its response falls by 3 dB per octave, within 0.05 dB above 0.02 % of the rate. */
const PINK_STAGES = [
  [0.99886, 0.0555179],
  [0.99332, 0.0750759],
  [0.969, 0.153852],
  [0.8665, 0.3104856],
  [0.55, 0.5329522],
  [-0.7616, -0.016898],
] as const;

/**
 * Pink noise: equal power in every octave, as fans, streets and rooms have it more than hiss. White noise through
 * Paul Kellet's filter (musicdsp.org, "Filter to make pink noise from white").
 *
 * @param length Samples.
 * @param seed Any integer; the same seed gives the same noise.
 */
export function pinkNoise(length: number, seed: number): Float32Array {
  const white = whiteNoise(length, seed);
  const state = new Float64Array(PINK_STAGES.length);
  let late = 0;
  return white.map((sample) => {
    let sum = late + sample * 0.5362;
    for (const [i, [pole, gain]] of PINK_STAGES.entries()) {
      state[i] = pole * state[i]! + gain * sample;
      sum += state[i];
    }
    late = sample * 0.115926;
    return sum;
  });
}

/** Options of `babbleNoise`. */
export interface BabbleOptions {
  /** Voices that speak at once. Default 6: the words of none can be followed, and it still is speech. */
  readonly talkers?: number;
}

/**
 * Many people talking: each talker speaks the given recordings in an order of their own, from a place of their own, all
 * equally loud.
 *
 * @param voices Recordings of speech, at one sample rate. Silent ones are left out.
 * @param length Samples.
 * @param seed Any integer; the same seed gives the same noise.
 * @throws RangeError for fewer voices than talkers: the same recording would be heard twice at once.
 */
export function babbleNoise(
  voices: readonly Float32Array[],
  length: number,
  seed: number,
  { talkers = 6 }: BabbleOptions = {},
): Float32Array {
  const audible = voices.filter((voice) => meanPower(voice) > 0);
  if (!(Number.isInteger(talkers) && talkers >= 1)) {
    throw new RangeError(`talkers: expected an integer from 1, found ${String(talkers)}.`);
  }
  if (audible.length < talkers) {
    throw new RangeError(
      `babble of ${talkers} talkers needs as many other recordings with sound; there are ${audible.length}.`,
    );
  }
  const random = seededRandom(seed);
  const noise = new Float32Array(length);
  const order = shuffle(audible, random);
  for (let talker = 0; talker < talkers; talker++) {
    // Every talker begins with another recording, so that none is doubled where recordings are long enough.
    let next = talker;
    let voice = order[next]!;
    let at = Math.floor(random() * voice.length);
    let gain = 1 / Math.sqrt(meanPower(voice));
    for (let i = 0; i < length; i++, at++) {
      if (at === voice.length) {
        next = (next + talkers) % order.length;
        voice = order[next]!;
        at = 0;
        gain = 1 / Math.sqrt(meanPower(voice));
      }
      noise[i]! += voice[at]! * gain;
    }
  }
  return noise;
}

/**
 * A stretch of recorded noise, from a place that the seed chooses; what is too short is repeated.
 * @throws AsrError `AUDIO_INVALID` when the recording holds no sound.
 */
export function cutNoise(recording: Float32Array, length: number, seed: number): Float32Array {
  if (meanPower(recording) === 0) throw new AsrError('AUDIO_INVALID', 'the noise recording holds no sound.');
  const spare = recording.length - length;
  const places = spare > 0 ? spare + 1 : recording.length;
  const from = Math.floor(seededRandom(seed)() * places);
  return Float32Array.from({ length }, (_, i) => recording[(from + i) % recording.length]!);
}

/**
 * Adds noise to speech at a signal-to-noise ratio: 10 · log10(P(speech) / P(noise added)), where P is the mean power of
 * the whole recording, pauses included, as torchaudio's `add_noise` and Kaldi's `wav-reverberate` have it. Recordings
 * with long pauses are noisier where somebody speaks than the figure says.
 *
 * The result may exceed ±1: it is not clipped, which would be a distortion of its own, nor is the speech made quieter.
 *
 * @param speech Samples.
 * @param noise As many samples.
 * @param snr In dB.
 * @throws RangeError for lengths that differ or a ratio that is no number; AsrError `AUDIO_INVALID` for speech or noise
 *   without any power, which no ratio can be made with.
 */
export function mixAtSnr(speech: Float32Array, noise: Float32Array, snr: number): Float32Array {
  if (speech.length !== noise.length) {
    throw new RangeError(
      `speech and noise must be equally long, got ${speech.length} and ${noise.length} samples`,
    );
  }
  if (!Number.isFinite(snr)) throw new RangeError(`snr: expected a number of dB, found ${String(snr)}.`);
  const speechPower = meanPower(speech);
  const noisePower = meanPower(noise);
  for (const [name, power] of [
    ['speech', speechPower],
    ['noise', noisePower],
  ] as const) {
    if (!(power > 0))
      throw new AsrError('AUDIO_INVALID', `the ${name} is silent: no signal-to-noise ratio can be set.`);
  }
  const gain = Math.sqrt(speechPower / noisePower / 10 ** (snr / 10));
  return speech.map((sample, i) => sample + gain * noise[i]!);
}

/** Mean of the squares; 0 of nothing. */
function meanPower(samples: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < samples.length; i++) sum += samples[i]! * samples[i]!;
  return samples.length === 0 ? 0 : sum / samples.length;
}

function shuffle<T>(items: readonly T[], random: () => number): T[] {
  const order = [...items];
  for (let i = order.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}
