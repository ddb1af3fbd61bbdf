import {
  aggregateConfidence,
  probabilityConfidence,
  type FrameEntropies,
} from '../../decoding/ctc/confidence.js';
import { joinWords, splitAtPauses, timeWords, type TimedCtcWord } from '../../decoding/ctc/join-words.js';
import { mergeTexts, type CtcTextHypothesis } from '../../decoding/ctc/merge-texts.js';
import type { CtcHypothesis } from '../../decoding/ctc/hypothesis.js';
import type { CtcVocabulary } from '../../decoding/ctc/vocabulary.js';
import type { Segment, Transcript, TranscriptAlternative, Word } from '../../transcript/transcript.js';
import type { CtcDecodingPlan } from './decoding-plan.js';

/** What a transcript is made from. */
export interface CtcResult {
  /** Best first; at least one. */
  readonly hypotheses: readonly CtcHypothesis[];
  /** Absent when confidence doesn't come from it. */
  readonly entropies: FrameEntropies | undefined;
  readonly vocabulary: CtcVocabulary;
  readonly secondsPerFrame: number;
  /** Of the audio, in seconds. */
  readonly duration: number;
}

/** Turns hypotheses over frames into the result that all families share. */
export function toTranscript(result: CtcResult, plan: CtcDecodingPlan): Transcript {
  const texts = mergeTexts(result.hypotheses, result.vocabulary);
  const best = texts[0]!;
  const { duration } = result;
  const segments = plan.timestamps === 'none' ? whole(best, result, plan) : cut(best, result, plan);
  return {
    text: best.text,
    duration,
    segments,
    ...(plan.beam?.wantsNBest && { nBest: texts.slice(0, plan.beam.nBest).map(alternative) }),
  };
}

function alternative({ text, score, logProb }: CtcTextHypothesis): TranscriptAlternative {
  return { text, score, logProb };
}

/** All text in one segment from start to end: no times were asked for. */
function whole(best: CtcTextHypothesis, result: CtcResult, plan: CtcDecodingPlan): readonly Segment[] {
  if (best.words.length === 0) return [];
  const words = timeWords(best.words, result.vocabulary);
  const confidence = mean(words.map((word) => confidenceOf(word, result, plan.confidence)));
  return [{ start: 0, end: result.duration, text: best.text, confidence }];
}

function cut(best: CtcTextHypothesis, result: CtcResult, plan: CtcDecodingPlan): readonly Segment[] {
  const pause = plan.segmentPause / result.secondsPerFrame;
  return splitAtPauses(timeWords(best.words, result.vocabulary), pause).map((group): Segment => {
    const words = group.map((word, i) => toWord(word, i === 0, result, plan));
    return {
      start: words[0]!.start,
      end: words.at(-1)!.end,
      text: joinWords(group),
      confidence: mean(words.map((word) => word.confidence!)),
      ...(plan.timestamps === 'word' && { words }),
    };
  });
}

function toWord(word: TimedCtcWord, first: boolean, result: CtcResult, plan: CtcDecodingPlan): Word {
  return {
    text: first || word.glued ? word.text : ` ${word.text}`,
    start: toSeconds(word.start, result),
    end: toSeconds(word.end, result),
    confidence: confidenceOf(word, result, plan.confidence),
  };
}

/** The last frame may reach over the end of the audio. */
function toSeconds(frame: number, { secondsPerFrame, duration }: CtcResult): number {
  // To a tenth of a millisecond: what lies below is rounding, and makes odd numbers in files.
  return Math.min(Math.round(frame * secondsPerFrame * 1e4) / 1e4, duration);
}

function confidenceOf(
  { tokens }: TimedCtcWord,
  { entropies, vocabulary }: CtcResult,
  { aggregation }: CtcDecodingPlan['confidence'],
): number {
  const size = vocabulary.pieces.length;
  const values = tokens.map((token) =>
    entropies ? entropies.of(token) : probabilityConfidence(token.peakLogProb, size),
  );
  return aggregateConfidence(values, aggregation);
}

function mean(values: readonly number[]): number {
  return aggregateConfidence(values, 'mean');
}
