import { describe, expect, it } from 'vitest';
import { normalizeEnglish, normalizeEnglishSpelling } from './english-normalizer.js';

describe('normalizeEnglish', () => {
  it('knows word boundaries of other scripts', () => {
    expect(normalizeEnglish('émr mr ñst st.')).toBe('emr mister nst saint');
  });

  it('writes out contractions by what follows', () => {
    expect(normalizeEnglish("he's gone, she's here, they'd done it, I'd do")).toBe(
      'he has gone she is here they had done it i would do',
    );
  });
});

describe('normalizeEnglishSpelling', () => {
  it('takes British words and leaves others', () => {
    expect(normalizeEnglishSpelling('the  colour of archaeology is grey constructor')).toBe(
      'the color of archeology is gray constructor',
    );
  });
});
