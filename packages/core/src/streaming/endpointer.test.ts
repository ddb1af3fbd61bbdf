import { describe, expect, it } from 'vitest';
import { Endpointer } from './endpointer.js';

const RULES = { silenceWithoutSpeech: 2, silenceAfterSpeech: 0.5, maxLength: 10 };
const silent = (now: number) => ({ now, speechStart: undefined, silenceStart: now });

describe('Endpointer', () => {
  it('ends an utterance after enough silence', () => {
    const endpointer = new Endpointer(RULES);
    expect(endpointer.check({ now: 3, speechStart: 1, silenceStart: 2.6 })).toBeUndefined();
    expect(endpointer.check({ now: 3.1, speechStart: 1, silenceStart: 2.6 })).toBe('silence');
  });

  it('ends an utterance that gets too long', () => {
    const endpointer = new Endpointer(RULES);
    expect(endpointer.check({ now: 10.9, speechStart: 1, silenceStart: 10.9 })).toBeUndefined();
    expect(endpointer.check({ now: 11, speechStart: 1, silenceStart: 11 })).toBe('max-length');
  });

  it('tells once that nobody speaks, and again after somebody did', () => {
    const endpointer = new Endpointer(RULES);
    expect(endpointer.check(silent(1.9))).toBeUndefined();
    expect(endpointer.check(silent(2))).toBe('no-speech');
    expect(endpointer.check(silent(50))).toBeUndefined();
    expect(endpointer.check({ now: 52, speechStart: 51, silenceStart: 51.4 })).toBe('silence');
    endpointer.restart(51.4);
    expect(endpointer.check(silent(53.3))).toBeUndefined();
    expect(endpointer.check(silent(53.4))).toBe('no-speech');
  });

  it('takes times that are short of a round number by a rounding error', () => {
    const now = Array.from({ length: 20 }, () => 0.1).reduce((sum, step) => sum + step);
    expect(now).not.toBe(2);
    expect(new Endpointer(RULES).check(silent(now))).toBe('no-speech');
  });

  it('ends nothing without rules', () => {
    const endpointer = new Endpointer(undefined);
    expect(endpointer.check(silent(100))).toBeUndefined();
    expect(endpointer.check({ now: 100, speechStart: 0, silenceStart: 1 })).toBeUndefined();
  });
});
