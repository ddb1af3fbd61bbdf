import { describe, expect, it } from 'vitest';
import { createCtcVocabulary } from '../../decoding/ctc/vocabulary.js';
import { planCtcDecoding } from './decoding-plan.js';

const vocabulary = createCtcVocabulary(['<pad>', '|', ...'ABCDEKILN']);
const plan = (options: object) => planCtcDecoding(options, vocabulary);
const beam = (options: object) => plan({ decoding: { type: 'ctc-beam', ...options } });

describe('planCtcDecoding', () => {
  it('is greedy by default', () => {
    expect(plan({})).toEqual({
      timestamps: 'segment',
      confidence: { method: 'max-prob', aggregation: 'min' },
      segmentPause: 0.8,
      beam: undefined,
    });
  });

  it('fills in the beam', () => {
    expect(beam({}).beam).toMatchObject({
      options: { blank: 0, vocabulary, beamWidth: 100, minTokenLogProb: -5, maxScoreGap: 10 },
      nBest: 1,
      wantsNBest: false,
      scorer: undefined,
    });
  });

  it("brings hotwords to the labels' case", () => {
    expect(beam({ hotwords: [{ text: ' kaide ', weight: 5 }] }).beam!.scorer!.hotwords).toEqual([
      { text: 'KAIDE', weight: 5 },
    ]);
  });

  it('takes hotwords that bytes can spell', () => {
    const bytes = createCtcVocabulary(['<pad>', '▁a', 'b', '<0xC3>', '<0xA9>']);
    const hotwords = (text: string) =>
      planCtcDecoding({ decoding: { type: 'ctc-beam', hotwords: [{ text, weight: 1 }] } }, bytes);
    expect(hotwords('abé').beam!.scorer!.hotwords).toEqual([{ text: 'abé', weight: 1 }]);
    expect(() => hotwords('abß')).toThrow(/no ß/);
  });

  it.each([
    [{ decoding: { type: 'ctc-beam', beamWidth: 0 } }, /beamWidth/],
    [{ decoding: { type: 'ctc-beam', nBest: 101 } }, /nBest/],
    [{ decoding: { type: 'ctc-beam', minTokenLogProb: 1 } }, /minTokenLogProb/],
    [{ decoding: { type: 'ctc-beam', unknownPenalty: 1 } }, /unknownPenalty/],
    [{ decoding: { type: 'ctc-beam', alpha: 1 } }, /alpha: expected a languageModel beside it/],
    [{ decoding: { type: 'ctc-beam', unigrams: ['a'] } }, /unigrams: expected a languageModel beside it/],
    [{ decoding: { type: 'ctc-greedy', segmentPause: -1 } }, /segmentPause/],
    [{ decoding: { type: 'ctc-greedy', confidence: { method: 'guess' } } }, /confidence\.method/],
  ])('refuses %o', (options, message) => {
    expect(() => plan(options)).toThrow(RangeError);
    expect(() => plan(options)).toThrow(message);
  });

  it.each([
    [{ timestamps: 'frame' }, /timestamps/],
    [{ decoding: 'greedy' }, /decoding/],
    [{ decoding: { type: 'ctc-greedy', beamWidth: 5 } }, /decoding\.beamWidth: there is no such option/],
    [{ decoding: { type: 'ctc-beam', languageModel: 'en.arpa' } }, /loadNgramModel/],
    [{ decoding: { type: 'ctc-beam', hotwords: ['a'] } }, /hotwords/],
    [{ decoding: { type: 'ctc-beam', hotwords: [{ text: 'a' }] } }, /weight/],
    [{ decoding: { type: 'ctc-beam', lexicon: ['word'] } }, /loadDeepSpeechScorer/],
    [{ decoding: { type: 'ctc-beam', pruneHistory: 1 } }, /pruneHistory/],
  ])('refuses the type of %o', (options, message) => {
    expect(() => plan(options)).toThrow(TypeError);
    expect(() => plan(options)).toThrow(message);
  });

  it.each([
    [{ language: 'en' }],
    [{ task: 'translate' }],
    [{ prompt: 'x' }],
    [{ decoding: { type: 'whisper' } }],
    [{ decoding: { type: 'ctc-beam', hotwords: [{ text: 'Zoé', weight: 1 }] } }],
  ])('cannot honour %o', (options) => {
    expect(() => plan(options)).toThrow(expect.objectContaining({ code: 'OPTION_UNSUPPORTED' }));
  });
});
