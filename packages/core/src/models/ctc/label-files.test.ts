import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AsrError } from '../../errors.js';
import {
  parseAlphabet,
  parseLabelEncoder,
  parseTokenizerLabels,
  parseTokenLines,
  parseVocabJson,
} from './label-files.js';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('vocab.json', () => {
  const parse = (value: unknown, language?: string) =>
    parseVocabJson(bytes(JSON.stringify(value)), 'vocab.json', language);

  it('orders labels by index', () => {
    expect(parse({ b: 2, '<pad>': 0, a: 1 })).toEqual(['<pad>', 'a', 'b']);
  });

  it('takes the language of MMS', () => {
    const languages = { eng: { '<pad>': 0, a: 1 }, fra: { '<pad>': 0, é: 1 } };
    expect(parse(languages, 'fra')).toEqual(['<pad>', 'é']);
    expect(() => parse(languages, 'deu')).toThrow(/target_lang in tokenizer_config\.json is "deu".*eng, fra/);
    expect(() => parse(languages)).toThrow(/2 languages/);
  });

  it.each([
    [{}, /no labels/],
    [{ a: 0, b: 0 }, /"a" and "b" share the index 0/],
    [{ a: 0, b: 2 }, /no label has the index 1/],
    [{ a: -1 }, /index -1/],
    [{ a: 1.5 }, /index 1\.5/],
    [{ a: 4e9 }, /index 4000000000/],
    [{ a: 'x' }, /"a" has "x"/],
  ])('refuses %o', (value, message) => {
    expect(() => parse(value)).toThrow(message);
  });
});

describe('tokenizer.json', () => {
  it('joins the vocabulary and the added tokens', () => {
    const file = { model: { vocab: { '<pad>': 0, a: 1 } }, added_tokens: [{ id: 2, content: '</s>' }] };
    expect(parseTokenizerLabels(bytes(JSON.stringify(file)), 'tokenizer.json')).toEqual([
      '<pad>',
      'a',
      '</s>',
    ]);
    expect(() => parseTokenizerLabels(bytes('{"model":{}}'), 'tokenizer.json')).toThrow(/model\.vocab/);
  });
});

describe('tokens.txt', () => {
  it('reads labels and indices, tabs, CRLF, spaces inside of labels and the space itself', () => {
    const text = '<blk> 0\r\n▁THE 1\r\na b 2\r\n\t3\r\n5 4\r\n\r\n';
    expect(parseTokenLines(bytes(text), 'tokens.txt')).toEqual(['<blk>', '▁THE', 'a b', ' ', '5']);
  });

  it('reads a line of an index alone as the space', () => {
    expect(parseTokenLines(bytes('a 0\n  1\n2'), 'tokens.txt')).toEqual(['a', ' ', ' ']);
  });

  it('names the line that is wrong', () => {
    expect(() => parseTokenLines(bytes('<blk> 0\nnothing\n'), 'tokens.txt')).toThrow(
      'tokens.txt: line 2: expected a label and its index, found "nothing".',
    );
  });
});

describe('alphabet.txt', () => {
  it('leaves comments out and keeps the space and an escaped #', () => {
    expect(parseAlphabet(bytes('# comment\n \na\n\\#\n# end\n'), 'alphabet.txt')).toEqual([' ', 'a', '#']);
  });

  it('takes a last line without an end', () => {
    expect(parseAlphabet(bytes('a\nb'), 'alphabet.txt')).toEqual(['a', 'b']);
  });

  it('refuses empty lines and empty files', () => {
    expect(() => parseAlphabet(bytes('a\n\nb\n'), 'alphabet.txt')).toThrow(/label 1 is an empty line/);
    expect(() => parseAlphabet(bytes('# nothing\n'), 'alphabet.txt')).toThrow(/no labels/);
  });
});

describe('label_encoder.txt', () => {
  it('reads labels and which is the blank', () => {
    const text = `'<blank>' => 0\n'A' => 1\n"'" => 2\n' ' => 3\n'\\\\' => 4\n=====\n'blank_label' => '<blank>'\n`;
    expect(parseLabelEncoder(bytes(text), 'label_encoder.txt')).toEqual({
      labels: ['<blank>', 'A', "'", ' ', '\\'],
      blank: 0,
    });
    expect(parseLabelEncoder(bytes("'A' => 0\n"), 'label_encoder.txt').blank).toBeUndefined();
    expect(() => parseLabelEncoder(bytes('A => 0\n'), 'label_encoder.txt')).toThrow(/line 1/);
  });
});

describe('damaged files', () => {
  const parsers = [parseVocabJson, parseTokenizerLabels, parseTokenLines, parseAlphabet, parseLabelEncoder];
  const lines = fc.array(
    fc.oneof(
      fc.constantFrom("'A' => 0", 'a 0', '====', '{"a":0}', '\\#', '<blk> 99999999999', "'x' => NaN", ''),
      fc.string(),
    ),
  );

  it('give MODEL_INVALID or labels, nothing else', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          lines.map((list) => bytes(list.join('\n'))),
          fc.uint8Array(),
        ),
        (content) => {
          for (const parse of parsers) {
            try {
              parse(content, 'file');
            } catch (error) {
              expect(AsrError.isInstance(error) && error.code).toBe('MODEL_INVALID');
            }
          }
        },
      ),
      { numRuns: 1000 },
    );
  });
});
