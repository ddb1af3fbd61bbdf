import { greedySearch } from './greedy-search.js';
import type { SearchRequest, SearchResult } from './search.js';
import type { TokenScorer } from './token-scorer.js';

/** How to search at temperature 0 and how above it. */
export interface SearchOptions {
  /** Hypotheses kept alive at temperature 0; 1 is greedy search. */
  readonly beamSize: number;
  /** Samples drawn at temperatures above 0. */
  readonly bestOf: number;
  /** See `BeamSearchOptions.patience`. */
  readonly patience: number;
  /** See `rankHypotheses`. */
  readonly lengthPenalty?: number | undefined;
  /** Seed of the samples drawn; the same seed draws the same. */
  readonly seed: number;
}

/**
 * Decodes one window: beam or greedy search at temperature 0, sampling above it. What isn't greedy search is imported when it
 * is used.
 */
export async function searchAtTemperature(
  scorer: TokenScorer,
  request: SearchRequest,
  temperature: number,
  options: SearchOptions,
): Promise<SearchResult> {
  if (temperature > 0) {
    const { samplingSearch } = await import('./sampling-search.js');
    return samplingSearch(scorer, request, { ...options, temperature });
  }
  if (options.beamSize === 1) return greedySearch(scorer, request);
  const { beamSearch } = await import('./beam-search.js');
  return beamSearch(scorer, request, options);
}
