import { GlobalNormalization, PeakFloor, UtteranceNormalization } from './normalization.js';
import { ContextWindow, LowFrameRate } from './row-stacking.js';
import type { RowStage, RowStageConfig } from './row-stages.js';

/** @param bins width of the rows that go in */
export function createRowStage(config: RowStageConfig, bins: number): RowStage {
  switch (config.type) {
    case 'global-norm':
      return new GlobalNormalization(config, bins);
    case 'utterance-norm':
      return new UtteranceNormalization(config, bins);
    case 'peak-floor':
      return new PeakFloor(config, bins);
    case 'low-frame-rate':
      return new LowFrameRate(config, bins);
    case 'context':
      return new ContextWindow(config, bins);
  }
}
