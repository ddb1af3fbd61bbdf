import { MelFilterBank } from './mel-filter-bank.js';
import { linearSpace, triangle, type MelGeometry } from './mel-geometry.js';

const SLANEY_LINEAR_HZ = 200 / 3;
const SLANEY_BREAK_HZ = 1000;
const SLANEY_BREAK_MEL = 15;
const SLANEY_LOG_STEP = Math.log(6.4) / 27;

function slaneyMel(hz: number): number {
  return hz < SLANEY_BREAK_HZ
    ? hz / SLANEY_LINEAR_HZ
    : SLANEY_BREAK_MEL + Math.log(hz / SLANEY_BREAK_HZ) / SLANEY_LOG_STEP;
}

function slaneyHz(mel: number): number {
  return mel < SLANEY_BREAK_MEL
    ? mel * SLANEY_LINEAR_HZ
    : SLANEY_BREAK_HZ * Math.exp((mel - SLANEY_BREAK_MEL) * SLANEY_LOG_STEP);
}

/**
 * Slaney's Auditory Toolbox filters as in `librosa.filters.mel(norm='slaney')`: linear below 1 kHz, logarithmic above,
 * triangles in Hz scaled to equal area. Used by Whisper and NeMo.
 */
export function slaneyFilterBank(geometry: MelGeometry): MelFilterBank {
  const { filters, fftLength, sampleRate, lowFrequency, highFrequency } = geometry;
  const edges = linearSpace(slaneyMel(lowFrequency), slaneyMel(highFrequency), filters + 2).map(slaneyHz);
  return new MelFilterBank(filters, fftLength / 2 + 1, (filter, bin) => {
    const [left, centre, right] = [edges[filter]!, edges[filter + 1]!, edges[filter + 2]!];
    return (triangle((bin * sampleRate) / fftLength, left, centre, right) * 2) / (right - left);
  });
}
