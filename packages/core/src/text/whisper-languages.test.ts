import { describe, expect, it } from 'vitest';
import { resolveLanguage, whisperLanguages } from './whisper-languages.js';

describe('resolveLanguage', () => {
  it.each([
    ['en', 'en'],
    ['EN', 'en'],
    [' English ', 'en'],
    ['mandarin', 'zh'],
    ['Haitian Creole', 'ht'],
    ['flemish', 'nl'],
    ['pt-BR', 'pt'],
    ['zh_Hant', 'zh'],
    ['yue', 'yue'],
    ['Cantonese', 'yue'],
    ['nb', 'no'],
  ])('%s is %s', (name, code) => {
    expect(resolveLanguage(name)).toBe(code);
  });

  it('knows every code and every name of the list', () => {
    for (const [code, name] of Object.entries(whisperLanguages)) {
      expect(resolveLanguage(code)).toBe(code);
      expect(resolveLanguage(name)).toBe(code);
    }
    expect(Object.keys(whisperLanguages)).toHaveLength(100);
  });

  it('takes a language that only the model knows', () => {
    expect(resolveLanguage('GSW', new Map([['gsw', 51866]]))).toBe('gsw');
  });

  it('says what may have been meant', () => {
    expect(() => resolveLanguage('englsh')).toThrow(
      new RegExp('language: "englsh".*"english" \\(en\\)', 'u'),
    );
    expect(() => resolveLanguage('span')).toThrow(/"spanish" \(es\)/u);
    expect(() => resolveLanguage('klingon')).toThrow(RangeError);
    for (const name of ['', 'constructor', '__proto__', 'toString']) {
      expect(() => resolveLanguage(name)).toThrow(RangeError);
    }
  });
});
