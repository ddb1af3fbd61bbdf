/** The agreement of readings that live decoding starts from, against a replay of LocalAgreement-2 on Whisper tiny.en. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { countAgreed } from '../../packages/core/src/streaming/confirmation.js';

interface Trace {
  readonly synthetic: readonly {
    readonly name: string;
    readonly trace: readonly {
      readonly hypothesis: readonly string[];
      readonly newly: readonly string[];
      readonly pending: readonly string[];
    }[];
  }[];
  readonly runs: readonly {
    readonly file: string;
    readonly text: string;
    readonly offline_text: string;
    readonly iterations: readonly {
      readonly time: number;
      readonly newly_confirmed: string;
      readonly pending: string;
    }[];
  }[];
}

const file = new URL('vectors/streaming/local_agreement.json', import.meta.url);
const { synthetic, runs } = JSON.parse(readFileSync(file, 'utf8')) as Trace;
const wordsOf = (texts: readonly string[]) => texts.map((text) => ({ text, probability: 1 }));
const split = (text: string): readonly string[] => text.split(' ').filter((word) => word !== '');

describe('agreement of two readings', () => {
  it.each(synthetic)('confirms what the reference confirms: $name', ({ trace }) => {
    let confirmed = 0;
    let before: readonly string[] = [];
    for (const { hypothesis, newly, pending } of trace) {
      const open = hypothesis.slice(confirmed);
      const count = countAgreed(wordsOf(open), wordsOf(before));
      expect(open.slice(0, count)).toEqual(newly.map((word) => word.trim()));
      expect(open.slice(count)).toEqual(pending.map((word) => word.trim()));
      confirmed += count;
      before = open.slice(count);
    }
  });

  it.each(runs)('confirms what the reference confirms: $file', ({ iterations }) => {
    let before: readonly string[] = [];
    for (const { time, newly_confirmed: newly, pending } of iterations) {
      const open = [...split(newly), ...split(pending)];
      const count = countAgreed(wordsOf(open), wordsOf(before));
      expect({ time, confirmed: open.slice(0, count) }).toEqual({ time, confirmed: split(newly) });
      before = split(pending);
    }
  });

  it('is not enough: the reference loses words that the same model hears offline', () => {
    const lost = runs.filter(({ text, offline_text: offline }) => text.trim() !== offline.trim());
    expect(lost.map(({ file }) => file)).toEqual(['wav/two_cities.wav', 'wav/jfk.wav']);
  });
});
