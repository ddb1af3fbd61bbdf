import { describe, expect, it } from 'vitest';
import { checkLoadOptions, checkTranscribeOptions } from './call-options.js';

describe('checkLoadOptions', () => {
  it('takes what is documented', () => {
    expect(() => checkLoadOptions({})).not.toThrow();
    expect(() =>
      checkLoadOptions({ quantization: 'q4', provider: ['cuda', 'cpu'], threads: 2 }),
    ).not.toThrow();
  });

  it("refuses another library's names and precisions", () => {
    const device = { device: 'webgpu' } as object;
    expect(() => checkLoadOptions(device)).toThrow(new TypeError('options.device: there is no such option.'));
    const q8 = { quantization: 'q8' } as object;
    expect(() => checkLoadOptions(q8)).toThrow(
      new RangeError('quantization must be one of fp32, fp16, int8, uint8, q4, q4f16, bnb4; got q8'),
    );
    expect(() => checkLoadOptions('int8' as never)).toThrow(TypeError);
  });
});

describe('checkTranscribeOptions', () => {
  it('takes what is documented, and refuses a misspelt name', () => {
    expect(() => checkTranscribeOptions({ language: 'en', timestamps: 'word' })).not.toThrow();
    const misspelt = { langauge: 'en' } as object;
    expect(() => checkTranscribeOptions(misspelt)).toThrow(
      new TypeError('options.langauge: there is no such option.'),
    );
  });
});
