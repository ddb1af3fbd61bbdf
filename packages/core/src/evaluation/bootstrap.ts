import { OptionReader } from '../option-reader.js';
import { seededRandom } from '../seeded-random.js';

/** Errors of one utterance and the length of its reference, both in words (or characters). */
export interface ErrorSample {
  /** Substitutions, deletions and insertions. */
  readonly errors: number;
  /** Words of the reference. */
  readonly length: number;
}

/** Where a figure lies, with some confidence. */
export interface Interval {
  /** Lower end. */
  readonly low: number;
  /** Upper end. */
  readonly high: number;
}

/** Options of the bootstrap. */
export interface BootstrapOptions {
  /** Part of cases in which the interval shall hold the true figure; above 0, below 1. Default 0.95. */
  readonly confidence?: number;
  /** Samples drawn. Default 10000: the ends of 95 % intervals then waver by a hundredth of their width. */
  readonly resamples?: number;
  /** Any integer; the same seed gives the same interval. Default 0. */
  readonly seed?: number;
}

/** How two error rates over the same utterances differ. */
export interface RateDifference {
  /** The first rate less the second: negative where the first makes fewer errors. */
  readonly difference: number;
  /** Where the difference lies. An interval that holds 0 is a tie: this set can't tell the two apart. */
  readonly interval: Interval;
  /** Part of the samples in which the first made fewer errors (Bisani and Ney's "probability of improvement"). */
  readonly probabilityOfImprovement: number;
}

/**
 * Confidence interval of a pooled error rate: utterances are drawn with replacement, as many as there are, the rate of
 * each draw is taken, and the interval lies between percentiles of these rates.
 *
 * Utterances, not words, are drawn because the errors in one utterance depend on each other. It is assumed that
 * utterances don't: with very few speakers, intervals are too narrow for a claim about other speakers.
 *
 * Where there is no error at all, every draw says 0. The upper end then is the exact one for no success in as many
 * trials as there are words (Clopper and Pearson 1934).
 *
 * Source: Bisani and Ney 2004, "Bootstrap estimates for confidence intervals in ASR performance evaluation".
 *
 * @throws RangeError for no samples, or options out of range.
 */
export function bootstrapRate(samples: readonly ErrorSample[], options: BootstrapOptions = {}): Interval {
  const { confidence, resamples, random } = readOptions(samples, options);
  const errors = Float64Array.from(samples, (sample) => sample.errors);
  const lengths = Float64Array.from(samples, (sample) => sample.length);
  if (errors.every((count) => count === 0)) {
    const words = lengths.reduce((sum, length) => sum + length, 0);
    return { low: 0, high: words === 0 ? 1 : 1 - ((1 - confidence) / 2) ** (1 / words) };
  }
  const rates = new Float64Array(resamples);
  for (let r = 0; r < resamples; r++) {
    let drawnErrors = 0;
    let drawnLength = 0;
    for (let i = 0; i < errors.length; i++) {
      const pick = Math.floor(random() * errors.length);
      drawnErrors += errors[pick]!;
      drawnLength += lengths[pick]!;
    }
    rates[r] = drawnLength === 0 ? drawnErrors : drawnErrors / drawnLength;
  }
  return percentiles(rates, confidence);
}

/**
 * Confidence interval of the difference between two pooled error rates over the same utterances. The same utterances
 * are drawn for both, so what is hard for both cancels, and far smaller differences show than by two intervals.
 *
 * Source: Bisani and Ney 2004, as `bootstrapRate`.
 *
 * @param samples Of the first system, in the order of `baseline`.
 * @param baseline Of the second. Lengths must be those of `samples`: both are held against the same references.
 * @throws RangeError for no samples, lists that don't belong together, or options out of range.
 */
export function bootstrapDifference(
  samples: readonly ErrorSample[],
  baseline: readonly ErrorSample[],
  options: BootstrapOptions = {},
): RateDifference {
  const { confidence, resamples, random } = readOptions(samples, options);
  if (samples.length !== baseline.length || samples.some(({ length }, i) => length !== baseline[i]!.length)) {
    throw new RangeError('the two systems must be scored on the same utterances, in the same order');
  }
  const gains = Float64Array.from(samples, ({ errors }, i) => errors - baseline[i]!.errors);
  const lengths = Float64Array.from(samples, (sample) => sample.length);
  const differences = new Float64Array(resamples);
  let improved = 0;
  for (let r = 0; r < resamples; r++) {
    let gain = 0;
    let length = 0;
    for (let i = 0; i < gains.length; i++) {
      const pick = Math.floor(random() * gains.length);
      gain += gains[pick]!;
      length += lengths[pick]!;
    }
    differences[r] = length === 0 ? gain : gain / length;
    if (gain < 0) improved++;
  }
  const total = lengths.reduce((sum, length) => sum + length, 0);
  const gain = gains.reduce((sum, value) => sum + value, 0);
  return {
    difference: total === 0 ? gain : gain / total,
    interval: percentiles(differences, confidence),
    probabilityOfImprovement: improved / resamples,
  };
}

function readOptions(
  samples: readonly ErrorSample[],
  options: BootstrapOptions,
): { confidence: number; resamples: number; random: () => number } {
  if (samples.length === 0) throw new RangeError('there is no utterance to take an error rate of');
  const read = new OptionReader('bootstrap', options);
  const confidence = read.number('confidence', 0.95, { above: 0, to: 1 - Number.EPSILON });
  const resamples = read.integer('resamples', 10_000, 100, 1_000_000);
  const seed = read.integer('seed', 0, Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
  read.finish();
  return { confidence, resamples, random: seededRandom(seed) };
}

/** Ends of the middle part, interpolated between neighbours as numpy's `percentile` does. */
function percentiles(values: Float64Array, confidence: number): Interval {
  const sorted = values.sort();
  const at = (part: number): number => {
    const place = part * (sorted.length - 1);
    const below = Math.floor(place);
    const above = Math.min(below + 1, sorted.length - 1);
    return sorted[below]! + (place - below) * (sorted[above]! - sorted[below]!);
  };
  return { low: at((1 - confidence) / 2), high: at((1 + confidence) / 2) };
}
