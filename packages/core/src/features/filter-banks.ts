import type { FilterScale, SpectralFrontEndConfig } from './front-end-config.js';
import { MelFilterBank } from './mel-filter-bank.js';
import type { MelGeometry } from './mel-geometry.js';
import { kaldiFilterBank, speechBrainFilterBank, tensorflowFilterBank } from './mel-scales.js';
import { slaneyFilterBank } from './slaney-filter-bank.js';

const FILTER_BANKS: Readonly<Record<FilterScale, (geometry: MelGeometry) => MelFilterBank>> = {
  slaney: slaneyFilterBank,
  kaldi: kaldiFilterBank,
  speechbrain: speechBrainFilterBank,
  tensorflow: tensorflowFilterBank,
};

/** The filters of a front end; without any, every bin of the spectrum is one. */
export function filterBankOf({
  filters,
  fftLength,
  sampleRate,
}: Pick<SpectralFrontEndConfig, 'filters' | 'fftLength' | 'sampleRate'>): MelFilterBank {
  if (filters !== null) {
    return FILTER_BANKS[filters.scale]({ ...filters, filters: filters.bins, fftLength, sampleRate });
  }
  const bins = fftLength / 2 + 1;
  return new MelFilterBank(bins, bins, (filter, bin) => (filter === bin ? 1 : 0));
}
