import { SAMPLE_RATE_RANGE } from '../../audio/pcm.js';
import type { FrontEndConfig } from '../../features/front-end-config.js';
import type { CtcExecution, CtcModelConfig } from './config.js';

/** Far above what any model has: a damaged number must neither fill memory nor loop for hours. */
const LIMITS = {
  bins: 4096,
  fftLength: 1 << 16,
  /** Neighbours of a row that are stacked with it. */
  stacked: 1024,
  /** Rows of features, or samples of a waveform, per frame of output: 10 s of it. */
  secondsPerFrame: 10,
  minimumSeconds: 60,
  /** Rows of one run. */
  rows: 1 << 20,
};

/**
 * Checks a description by itself, before anything is made by it.
 *
 * @param secondsPerRow Duration of a row of features.
 * @throws RangeError naming the field that can't be.
 */
export function checkDescription(config: CtcModelConfig, secondsPerRow: number): void {
  const { frontEnd, input, output, execution } = config;
  checkFrontEnd(frontEnd);
  const { stride } = output;
  if (!(stride > 0)) throw new RangeError(`output.stride must be above 0, found ${stride}`);
  const secondsPerFrame = stride * secondsPerRow;
  if (!(secondsPerFrame <= LIMITS.secondsPerFrame)) {
    throw new RangeError(
      `output.stride of ${stride} makes a frame ${secondsPerFrame} s long; expected at most ${LIMITS.secondsPerFrame} s`,
    );
  }
  within('input.minimumSeconds', input.minimumSeconds ?? 0, 0, LIMITS.minimumSeconds);
  if (execution) checkExecution(execution, secondsPerFrame);
}

function checkFrontEnd(frontEnd: FrontEndConfig): void {
  const { sampleRate } = frontEnd;
  whole('frontEnd.sampleRate', sampleRate, SAMPLE_RATE_RANGE.min, SAMPLE_RATE_RANGE.max);
  if (frontEnd.type === 'wave') return;
  const { filters, fftLength, framing, stages } = frontEnd;
  whole('frontEnd.fftLength', fftLength, 2, LIMITS.fftLength);
  whole('frontEnd.framing.frameLength', framing.frameLength, 1, LIMITS.fftLength);
  whole('frontEnd.framing.hopLength', framing.hopLength, 1, LIMITS.fftLength);
  if (filters) whole('frontEnd.filters.bins', filters.bins, 1, LIMITS.bins);
  for (const stage of stages) {
    if (stage.type === 'context') whole('frontEnd context', stage.before + stage.after, 0, LIMITS.stacked);
    if (stage.type === 'low-frame-rate') whole('frontEnd stack', stage.stack, 1, LIMITS.stacked);
  }
}

function checkExecution(execution: CtcExecution, secondsPerFrame: number): void {
  if (execution.type === 'chunked') {
    const { seconds, overlap = seconds / 6 } = execution;
    if (!(seconds > 0 && overlap >= 0 && 2 * overlap < seconds)) {
      throw new RangeError(
        `execution: a chunk of ${seconds} s can't lose ${overlap} s on each side; seconds must be above 2 · overlap`,
      );
    }
    const kept = Math.round(seconds / secondsPerFrame) - 2 * Math.round(overlap / secondsPerFrame);
    if (!(kept >= 1)) {
      throw new RangeError(
        `execution: no frame of ${secondsPerFrame} s is left of a chunk of ${seconds} s without ${overlap} s on each side`,
      );
    }
  }
  if (execution.type === 'stateful') {
    const { rows, hop, tailSilence = 0 } = execution;
    whole('execution.rows', rows, 1, LIMITS.rows);
    if (!(Number.isInteger(hop) && hop >= 1 && rows >= hop)) {
      throw new RangeError(`execution: hop must be a whole number from 1 to rows, found ${hop} of ${rows}`);
    }
    within('execution.tailSilence', tailSilence, 0, LIMITS.minimumSeconds);
  }
}

function whole(field: string, value: number, from: number, to: number): void {
  if (Number.isInteger(value) && value >= from && value <= to) return;
  throw new RangeError(`${field} must be a whole number from ${from} to ${to}, found ${value}`);
}

function within(field: string, value: number, from: number, to: number): void {
  if (value >= from && value <= to) return;
  throw new RangeError(`${field} must be from ${from} to ${to}, found ${value}`);
}
