/** The search with a scorer package against Mozilla's own decoder (scripts/deepspeech_scorer.py). */
import {
  createCtcVocabulary,
  LanguageModelScorer,
  loadDeepSpeechScorer,
  PrefixBeamDecoder,
  toLogProbs,
  type CtcHypothesis,
  type DeepSpeechScorer,
  type LanguageModelScorerOptions,
} from '@org/asr-core';
import { repositoryFile } from '@org/asr-testkit';
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { mulberry32 } from './signals.js';

interface Utterance {
  readonly path: readonly number[];
  readonly V: number;
  readonly seed: number;
  readonly scale: number;
  readonly boost: number;
}
interface Case {
  readonly utterance: string;
  readonly scorer: boolean;
  readonly beams: readonly { readonly text: string; readonly score: number }[];
}

const read = (file: string): unknown =>
  JSON.parse(readFileSync(repositoryFile(`tests/golden/vectors/ctc/${file}.json`), 'utf8'));
const { utterances, alphabets } = read('pyctcdecode') as {
  readonly utterances: Readonly<Record<string, Utterance>>;
  readonly alphabets: { readonly char: readonly string[] };
};
const { cases, beam } = read('deepspeech_scorer') as {
  readonly cases: readonly Case[];
  readonly beam: number;
};
const vocabulary = createCtcVocabulary(alphabets.char);

let scorer: DeepSpeechScorer;
beforeAll(async () => {
  const file = repositoryFile('tests/golden/vectors/kenlm/small4.scorer');
  scorer = await loadDeepSpeechScorer(new Uint8Array(readFileSync(file)));
});

function decode({ path, V, seed, scale, boost }: Utterance, options: LanguageModelScorerOptions) {
  const random = mulberry32(seed);
  const data = Float64Array.from({ length: path.length * V }, () => (random() * 2 - 1) * scale);
  path.forEach((id, frame) => (data[frame * V + id] = data[frame * V + id]! + boost));
  // DeepSpeech's hypotheses are label sequences: a space at the end makes another one.
  const decoder = new PrefixBeamDecoder(
    { blank: vocabulary.blank, beamWidth: beam, minTokenLogProb: -Infinity, maxScoreGap: 25 },
    new LanguageModelScorer(vocabulary, options),
  );
  decoder.push(toLogProbs(data, V, 'logits'));
  return decoder.finish(Infinity);
}

const textOf = ({ tokens }: CtcHypothesis): string => tokens.map(({ id }) => vocabulary.pieces[id]).join('');

describe('beam search against DeepSpeech', () => {
  it.each(cases)('$utterance, scorer $scorer', ({ utterance, scorer: used, beams }) => {
    const options = used ? { ...scorer, sentenceBoundaries: 'start' as const, unknownPenalty: -1000 } : {};
    // Its lexicon has no space at the start and none behind another; here they only make another way to the same text.
    const found = decode(utterances[utterance]!, options).filter(
      (one) => !used || !/^ | {2}/.test(textOf(one)),
    );
    const scores = new Map(found.map((one) => [textOf(one), one.score]));
    // A word that the search had no time to finish, or that the language model lacks, costs DeepSpeech 1000 · α at the end.
    const finished = beams.filter(({ score }) => score > -700);
    // It adds up single floats.
    for (const { text, score } of finished)
      expect(Math.abs(scores.get(text)! - score), text).toBeLessThan(2e-3);
    const best = found.slice(0, finished.length).map(({ score }) => score);
    best.forEach((score, rank) => expect(Math.abs(score - finished[rank]!.score)).toBeLessThan(2e-3));
    if (used && finished.length > 0) expect(textOf(found[0]!)).toBe(finished[0]!.text);
  });
});
