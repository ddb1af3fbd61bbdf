import { GreedyCtcDecoder } from '../../decoding/ctc/greedy.js';
import type { CtcHypothesis } from '../../decoding/ctc/hypothesis.js';
import { LanguageModelScorer } from '../../decoding/ctc/language-model-scorer.js';
import type { LogProbMatrix } from '../../decoding/ctc/log-probs.js';
import { PrefixBeamDecoder } from '../../decoding/ctc/prefix-beam.js';
import { NO_SCORER } from '../../decoding/ctc/prefix-scorer.js';
import type { CtcVocabulary } from '../../decoding/ctc/vocabulary.js';
import type { BeamPlan, CtcDecodingPlan } from './decoding-plan.js';

/** What the searches have in common, for one utterance. */
export interface CtcSearch {
  push(logProbs: LogProbMatrix): void;
  /** The best text if more is to come. */
  best(): CtcHypothesis;
  /** The text that more frames can't change, with a space at its end where its last word is over. It only grows. */
  commonText(): string;
  /** All texts if the utterance ends here, best first; at least one. */
  finish(): readonly CtcHypothesis[];
}

/**
 * The search that was asked for.
 *
 * @param precedingText What a language model takes for said just before, in place of the plan's.
 */
export function createCtcSearch(
  { beam }: CtcDecodingPlan,
  vocabulary: CtcVocabulary,
  precedingText?: string,
): CtcSearch {
  if (!beam) return greedySearch(vocabulary);
  const { options, scorer, scorerVocabulary }: BeamPlan = beam;
  if (!scorer) return beamSearch(new PrefixBeamDecoder(options, NO_SCORER));
  const context = precedingText === undefined ? scorer : { ...scorer, precedingText };
  return beamSearch(new PrefixBeamDecoder(options, new LanguageModelScorer(scorerVocabulary, context)));
}

function greedySearch(vocabulary: CtcVocabulary): CtcSearch {
  const decoder = new GreedyCtcDecoder(vocabulary);
  const { pieces } = vocabulary;
  return {
    push: (logProbs) => decoder.push(logProbs),
    best: () => decoder.result(),
    commonText: () =>
      decoder
        .result()
        .tokens.map(({ id }) => pieces[id])
        .join('')
        .replaceAll(/ +/g, ' ')
        .trimStart(),
    finish: () => [decoder.result()],
  };
}

function beamSearch<State>(decoder: PrefixBeamDecoder<State>): CtcSearch {
  return {
    push: (logProbs) => decoder.push(logProbs),
    best: () => decoder.partial(1)[0]!,
    commonText: () => decoder.commonText(),
    // Label sequences that read the same are joined afterwards, so more than `nBest` of them are looked at.
    finish: () => decoder.finish(Infinity),
  };
}
