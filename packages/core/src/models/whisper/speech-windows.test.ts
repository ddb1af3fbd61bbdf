import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Vad } from '../../vad/vad.js';
import { hearSpeech } from './speech-windows.js';
import type { LanguageScorer } from './utterance-languages.js';

const CODES = ['en', 'es', 'it'];

interface Utterance {
  readonly start: number;
  readonly end: number;
  readonly language: string;
}

/** Utterances with pauses of half a second and more, each surely in one language. Whole hundredths of a second. */
const recording = fc
  .array(
    fc.record({
      pause: fc.integer({ min: 50, max: 400 }),
      length: fc.integer({ min: 30, max: 1500 }),
      language: fc.constantFrom(...CODES),
    }),
    { minLength: 1, maxLength: 7 },
  )
  .map((items) => {
    let at = 0;
    return items.map(({ pause, length, language }): Utterance => {
      const start = at + pause;
      at = start + length;
      return { start, end: at, language };
    });
  });

/** Hears the utterances, one after the other. */
function scorerOf(utterances: readonly Utterance[]): LanguageScorer {
  let next = 0;
  return {
    languages: new Map(CODES.map((code, i) => [code, i])),
    score: () => {
      const { language } = utterances[next++]!;
      return Promise.resolve(Float32Array.from(CODES, (code) => (code === language ? 8 : 0)));
    },
  };
}

describe('hearSpeech in several languages', () => {
  it('packs no window over a change of language, knows that of every frame, and leads back to where it was', async () => {
    await fc.assert(
      fc.asyncProperty(recording, async (utterances) => {
        const samples = new Float32Array((utterances.at(-1)!.end + 100) * 160);
        const spans = utterances.map(({ start, end }) => ({ start: start / 100, end: end / 100 }));
        const vad = { detect: () => Promise.resolve(spans) } as unknown as Vad;
        const heard = await hearSpeech(
          samples,
          { clipRanges: [], multilingualAudio: true },
          { vad, thresholds: {}, maxPause: undefined },
          scorerOf(utterances),
          undefined,
        );
        const spoken = new Map(CODES.map((code) => [code, 0]));
        for (const { start, end, language } of utterances) {
          spoken.set(language, spoken.get(language)! + end - start);
        }
        expect(spoken.get(heard.languages!.main!.language)).toBe(Math.max(...spoken.values()));
        const found: Utterance[] = [];
        for (const { start, end } of heard.clipRanges) {
          const [first, last] = [Math.round(start * 100), Math.round(end! * 100)];
          const language = heard.languages!.at(first);
          for (let frame = first; frame < last; frame++) {
            expect(heard.languages!.at(frame)).toBe(language);
          }
          // Where the window lies in the recording, everything spoken is in its language, and no other window has it.
          const place = heard.restore({ start, end: end!, text: '' });
          const own = utterances.filter(
            (utterance) => utterance.start / 100 >= place.start && utterance.end / 100 <= place.end,
          );
          expect(own.map((utterance) => utterance.language)).toEqual(own.map(() => language));
          found.push(...own);
        }
        expect(found).toEqual(utterances);
      }),
      { numRuns: 20 },
    );
  });
});
