import { readFileSync } from 'node:fs';
import { repositoryFile } from '@org/asr-testkit';
import { normalizeBasic, normalizeEnglish, normalizeEnglishNumbers } from '@org/asr-core';
import { describe, expect, it } from 'vitest';

type Pair = readonly [text: string, normalized: string];

function read(name: string): unknown {
  return JSON.parse(readFileSync(repositoryFile(`tests/golden/vectors/text/${name}.json`), 'utf8'));
}

const english = read('english_normalizer') as { cases: Pair[]; numbers: Pair[] };
const basic = read('basic_normalizer') as {
  variants: { remove_diacritics: boolean; split_letters: boolean; cases: Pair[] }[];
};

describe("openai/whisper's English normaliser", () => {
  it.each(english.cases)('%j', (text, expected) => {
    expect(normalizeEnglish(text)).toBe(expected);
  });

  it.each(english.numbers)('numbers alone: %j', (text, expected) => {
    expect(normalizeEnglishNumbers(text)).toBe(expected);
  });
});

describe("openai/whisper's basic normaliser", () => {
  describe.each(basic.variants)(
    'diacritics removed: $remove_diacritics, letters split: $split_letters',
    ({ remove_diacritics, split_letters, cases }) => {
      it.each(cases)('%j', (text, expected) => {
        const options = { removeDiacritics: remove_diacritics, splitLetters: split_letters };
        expect(normalizeBasic(text, options)).toBe(expected);
      });
    },
  );
});
