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
import type { BeamPlan, CtcDecodingPlan } from './decoding-plan.js';

/** What of a decoding says how its transcript is to look. */
export interface TranscriptPlan extends Pick<CtcDecodingPlan, 'timestamps' | 'confidence' | 'segmentPause'> {
  /** Absent: no alternatives. */
  readonly beam: Pick<BeamPlan, 'nBest' | 'wantsNBest'> | undefined;
}

/** What a transcript is made from. */
export interface CtcResult {
  /** Best first; at least one. */
  readonly hypotheses: readonly CtcHypothesis[];
  /** Absent when confidence doesn't come from it. */
  readonly entropies: FrameEntropies | undefined;
  readonly vocabulary: CtcVocabulary;
  readonly secondsPerFrame: number;
  /** Where frame 0 lies, in seconds. */
  readonly offset: number;
  /** Of the audio, in seconds. */
  readonly duration: number;
}

/** What times and confidences are made from. */
export type CtcFrames = Omit<CtcResult, 'hypotheses'>;

/** Turns hypotheses over frames into the result that all families share. */
export function toTranscript(result: CtcResult, plan: TranscriptPlan): Transcript {
  const texts = mergeTexts(result.hypotheses, result.vocabulary);
  const best = texts[0]!;
  const { duration } = result;
  return {
    text: best.text,
    duration,
    segments: toSegments(timeWords(best.words, result.vocabulary), result, plan),
    ...(plan.beam?.wantsNBest && { nBest: texts.slice(0, plan.beam.nBest).map(toAlternative) }),
  };
}

/** Segments of words: cut at pauses, or one where no times were asked for. */
export function toSegments(
  words: readonly TimedCtcWord[],
  frames: CtcFrames,
  plan: TranscriptPlan,
): readonly Segment[] {
  return plan.timestamps === 'none' ? whole(words, frames, plan) : cut(words, frames, plan);
}

/** A text of the search as users see it. */
export function toAlternative({ text, score, logProb }: CtcTextHypothesis): TranscriptAlternative {
  return { text, score, logProb };
}

/** All text in one segment from start to end: no times were asked for. */
function whole(words: readonly TimedCtcWord[], frames: CtcFrames, plan: TranscriptPlan): readonly Segment[] {
  if (words.length === 0) return [];
  const confidence = mean(words.map((word) => confidenceOf(word, frames, plan.confidence)));
  return [{ start: frames.offset, end: frames.duration, text: joinWords(words), confidence }];
}

function cut(words: readonly TimedCtcWord[], frames: CtcFrames, plan: TranscriptPlan): readonly Segment[] {
  const pause = plan.segmentPause / frames.secondsPerFrame;
  return splitAtPauses(words, pause).map((group): Segment => {
    const timed = toWords(group, frames, plan);
    return {
      start: timed[0]!.start,
      end: timed.at(-1)!.end,
      text: joinWords(group),
      confidence: mean(timed.map((word) => word.confidence!)),
      ...(plan.timestamps === 'word' && { words: timed }),
    };
  });
}

/** Words in seconds, with the spaces between them. */
export function toWords(
  words: readonly TimedCtcWord[],
  frames: CtcFrames,
  plan: TranscriptPlan,
): readonly Word[] {
  return words.map((word, i) => toWord(word, i === 0, frames, plan));
}

function toWord(word: TimedCtcWord, first: boolean, result: CtcFrames, plan: TranscriptPlan): Word {
  return {
    text: first || word.glued ? word.text : ` ${word.text}`,
    start: toSeconds(word.start, result),
    end: toSeconds(word.end, result),
    confidence: confidenceOf(word, result, plan.confidence),
  };
}

/** The last frame may reach over the end of the audio. */
export function toSeconds(
  frame: number,
  { secondsPerFrame, offset, duration }: Pick<CtcFrames, 'secondsPerFrame' | 'offset' | 'duration'>,
): number {
  // To a tenth of a millisecond: what lies below is rounding, and makes odd numbers in files.
  return Math.min(Math.round((offset + frame * secondsPerFrame) * 1e4) / 1e4, duration);
}

function confidenceOf(
  { tokens }: TimedCtcWord,
  { entropies, vocabulary }: CtcFrames,
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
