import { describe, expect, it } from 'vitest';
import { isSegmentAnomalous, seekAfterWords, skipHallucinations, wordAnomalyScore } from './hallucination.js';
import type { HallucinationWindow, WordedSegment } from './hallucination.js';

const speech = (start: number, count = 4): WordedSegment => ({
  start,
  end: start + count * 0.4,
  words: Array.from({ length: count }, (_, i) => ({
    text: ` w${i}`,
    start: start + i * 0.4,
    end: start + (i + 1) * 0.4,
    confidence: 0.9,
  })),
});
const ghost = (start: number): WordedSegment => ({
  start,
  end: start + 0.06,
  words: [0, 1, 2].map((i) => ({
    text: ` g${i}`,
    start: start + i * 0.02,
    end: start + (i + 1) * 0.02,
    confidence: 0.05,
  })),
});
const window: HallucinationWindow = {
  threshold: 2,
  timeOffset: 30,
  duration: 30,
  windowEnd: 60,
  contentEnd: 120,
  lastSpeechEnd: 29,
  singleTimestampEnding: false,
  seek: 5000,
};

describe('wordAnomalyScore', () => {
  it('adds up improbable, short and long', () => {
    expect(wordAnomalyScore({ text: 'a', start: 0, end: 0.4, confidence: 0.15 })).toBe(0);
    expect(wordAnomalyScore({ text: 'a', start: 0, end: 0.4, confidence: 0.14 })).toBe(1);
    expect(wordAnomalyScore({ text: 'a', start: 0, end: 0.033, confidence: 0.9 })).toBeCloseTo(1.5, 12);
    expect(wordAnomalyScore({ text: 'a', start: 0, end: 3.5, confidence: 0.1 })).toBeCloseTo(2.5, 12);
  });
});

describe('isSegmentAnomalous', () => {
  it('sums the first eight words that are no punctuation', () => {
    expect(isSegmentAnomalous(speech(0))).toBe(false);
    expect(isSegmentAnomalous(ghost(0))).toBe(true);
    expect(isSegmentAnomalous({ words: [] })).toBe(false);
    expect(isSegmentAnomalous(undefined)).toBe(false);
    const improbable = { text: ' x', start: 0, end: 0.4, confidence: 0.1 };
    const probable = { text: ' x', start: 0, end: 0.4, confidence: 0.9 };
    const dot = { text: '.', start: 0, end: 0, confidence: 0.1 };
    expect(isSegmentAnomalous({ words: [improbable, improbable, probable, probable] })).toBe(false);
    expect(
      isSegmentAnomalous({ words: [...Array.from({ length: 8 }, () => probable), ...ghost(0).words] }),
    ).toBe(false);
    expect(isSegmentAnomalous({ words: [improbable, dot] })).toBe(true);
  });
});

describe('skipHallucinations', () => {
  it('decodes again after leading silence', () => {
    expect(skipHallucinations([ghost(42)], window)).toEqual({ segments: [], seek: 4200, redo: true });
  });

  it('drops a suspicious segment between silences and what follows it', () => {
    const kept = speech(30.5);
    const verdict = skipHallucinations([kept, ghost(45), speech(50)], window);
    expect(verdict).toEqual({ segments: [kept], seek: 4500, redo: false });
  });

  it('keeps a suspicious segment that follows speech closely', () => {
    const segments = [speech(34), ghost(36), speech(37)];
    expect(skipHallucinations(segments, window).segments).toBe(segments);
  });

  it('ends the audio where too little of it is left', () => {
    const verdict = skipHallucinations([speech(30.5), ghost(45)], { ...window, contentEnd: 46 });
    expect(verdict.seek).toBe(4600);
  });

  it('goes on after the last word when silence follows, else after the window', () => {
    expect(skipHallucinations([speech(40)], window).seek).toBe(4160);
    expect(skipHallucinations([speech(57)], window).seek).toBe(6000);
    expect(skipHallucinations([speech(40)], { ...window, singleTimestampEnding: true }).seek).toBe(5000);
  });
});

describe('seekAfterWords', () => {
  it('goes on after the last word unless a single timestamp closed the window', () => {
    expect(seekAfterWords([speech(40), { words: [] }], window)).toBe(4160);
    expect(seekAfterWords([speech(40)], { ...window, singleTimestampEnding: true })).toBe(5000);
    expect(seekAfterWords([{ words: [] }], window)).toBe(5000);
    expect(seekAfterWords([speech(20)], window)).toBe(5000);
  });
});
