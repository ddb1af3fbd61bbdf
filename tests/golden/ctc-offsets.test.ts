/** Words and characters with their frames, as Hugging Face's CTC tokenizer gives them. */
import { createCtcVocabulary, decodeCtcGreedy, groupWords, toLogProbs } from '@org/asr-core';
import { repositoryFile } from '@org/asr-testkit';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

type Offset = readonly [text: string, start: number, end: number];
interface Case {
  readonly frames: string;
  readonly ids: readonly number[];
  readonly text: string;
  readonly char_offsets: readonly Offset[];
  readonly word_offsets: readonly Offset[];
}

const { vocab, cases } = JSON.parse(
  readFileSync(repositoryFile('tests/golden/vectors/ctc/hf_offsets.json'), 'utf8'),
) as { readonly vocab: readonly string[]; readonly cases: readonly Case[] };

/** Ours shows an unknown label by one character; and a space is one, however many delimiters make it. */
const shown = (text: string): string => text.replaceAll('<unk>', '⁇').replaceAll(/ +/g, ' ');

describe('offsets of the Hugging Face tokenizer', () => {
  const vocabulary = createCtcVocabulary(vocab);

  it.each(cases)('"$frames"', ({ ids, text, char_offsets: characters, word_offsets: words }) => {
    const probabilities = Float64Array.from({ length: ids.length * vocab.length }, (_, i) =>
      ids[Math.floor(i / vocab.length)] === i % vocab.length ? 1 : 0,
    );
    const { tokens } = decodeCtcGreedy(toLogProbs(probabilities, vocab.length, 'probs'), vocabulary);
    expect(tokens.map(({ id, start, end }) => [vocabulary.pieces[id], start, end])).toEqual(
      characters.map(([label, start, end]) => [shown(label), start, end]),
    );
    const found = groupWords(tokens, vocabulary);
    expect(found.map((word) => [word.text, word.tokens[0]!.start, word.tokens.at(-1)!.end])).toEqual(
      words.map(([word, start, end]) => [shown(word), start, end]),
    );
    expect(found.map((word) => word.text).join(' ')).toBe(shown(text).trim());
  });
});
