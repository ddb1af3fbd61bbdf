import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { toLogProbs, type LogProbMatrix } from '../../decoding/ctc/log-probs.js';
import { createCtcVocabulary, type CtcVocabulary } from '../../decoding/ctc/vocabulary.js';
import { loadNgramModel } from '../../lm/load-ngram-model.js';
import type { NgramModel } from '../../lm/ngram-model.js';
import type { LiveEvent } from '../../streaming/live-decoder.js';
import type { EndpointRules } from '../../streaming/endpointer.js';
import { planCtcDecoding } from './decoding-plan.js';
import { LiveSearch } from './live-search.js';
import type { CtcDecoding } from './options.js';
import { rowsOf } from './recent-frames.js';
import { createCtcSearch } from './search.js';
import { toTranscript } from './transcript.js';

const SECONDS_PER_FRAME = 0.04;
const vocabularies = [
  createCtcVocabulary(['<pad>', '|', 'a', 'b']),
  createCtcVocabulary(['<pad>', '▁a', 'b', '▁ab', 'bb']),
  createCtcVocabulary(['<pad>', '▁', '▁a', 'a']),
  createCtcVocabulary(['<pad>', '你', '好', '▁a', 'b']),
];
const RULES: EndpointRules = { silenceWithoutSpeech: 0.6, silenceAfterSpeech: 0.3, maxLength: 2 };

/** The file of a bigram model from its lines. */
function arpa(unigrams: string, bigrams: string): Uint8Array {
  const count = (lines: string): number => lines.trim().split('\n').length;
  return new TextEncoder().encode(
    `\\data\\\nngram 1=${count(unigrams)}\nngram 2=${count(bigrams)}\n\n\\1-grams:\n${unigrams}\n\\2-grams:\n${bigrams}\n\\end\\\n`,
  );
}

let languageModel: NgramModel;
beforeAll(async () => {
  languageModel = await loadNgramModel(
    arpa('-9\t<unk>\n-99\t<s>\t-0.1\n-1\t</s>\n-0.7\ta\t-0.2\n-1.5\tab\t-0.3\n', '-0.2\ta ab\n-0.4\tab a\n'),
  );
});

const decodings: readonly (() => CtcDecoding)[] = [
  () => ({ type: 'ctc-greedy' }),
  () => ({ type: 'ctc-beam', beamWidth: 4 }),
  () => ({ type: 'ctc-beam', beamWidth: 8, hotwords: [{ text: 'a', weight: 3 }] }),
  () => ({ type: 'ctc-beam', beamWidth: 8, languageModel }),
];

/** Frames in runs, as speech has them: some loud labels, some silence, some of which nobody can tell what it is. */
const cases = fc
  .record({ vocabulary: fc.constantFrom(...vocabularies), decoding: fc.constantFrom(...decodings) })
  .chain(({ vocabulary, decoding }) => {
    const size = vocabulary.pieces.length;
    const frame = fc.array(fc.double({ min: -4, max: 4, noNaN: true }), { minLength: size, maxLength: size });
    const run = fc.record({
      frame,
      label: fc.option(fc.nat(size - 1), { nil: undefined }),
      length: fc.integer({ min: 1, max: 12 }),
    });
    const cuts = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 6 });
    return fc.record({ runs: fc.array(run, { maxLength: 20 }), cuts }).map(({ runs, cuts: lengths }) => {
      const logits = runs.flatMap(({ frame: values, label, length }) =>
        Array.from({ length }, () => values.map((value, id) => (id === label ? value + 8 : value))).flat(),
      );
      const matrix = toLogProbs(Float64Array.from(logits), size, 'logits');
      return { vocabulary, decoding, matrix, lengths };
    });
  });

function listen(
  { vocabulary, decoding, matrix }: Case,
  lengths: readonly number[],
  endpoint?: EndpointRules,
): LiveEvent[] {
  const plan = planCtcDecoding({ decoding: decoding() }, vocabulary);
  const search = new LiveSearch({
    vocabulary,
    plan,
    stream: { partials: true, endpoint },
    secondsPerFrame: SECONDS_PER_FRAME,
  });
  const events: LiveEvent[] = [];
  for (let row = 0, i = 0; row < matrix.frames; i++) {
    const end = Math.min(matrix.frames, row + lengths[i % lengths.length]!);
    events.push(...search.push(rowsOf(matrix, row, end), end * SECONDS_PER_FRAME));
    row = end;
  }
  events.push(...search.finish('end', matrix.frames * SECONDS_PER_FRAME));
  return events;
}

interface Case {
  readonly vocabulary: CtcVocabulary;
  readonly decoding: () => CtcDecoding;
  readonly matrix: LogProbMatrix;
}

function offlineText({ vocabulary, decoding, matrix }: Case): string {
  const plan = planCtcDecoding({ decoding: decoding() }, vocabulary);
  const search = createCtcSearch(plan, vocabulary);
  search.push(matrix);
  const frames = { entropies: undefined, vocabulary, secondsPerFrame: SECONDS_PER_FRAME };
  const duration = matrix.frames * SECONDS_PER_FRAME;
  return toTranscript({ ...frames, hypotheses: search.finish(), offset: 0, duration }, plan).text;
}

const segmentText = (events: readonly LiveEvent[]): string =>
  events.flatMap((event) => (event.type === 'segment' ? [event.segment.text] : [])).join(' ');
const finalEvents = (events: readonly LiveEvent[]): LiveEvent[] =>
  events.filter(({ type }) => type !== 'partial');

describe('LiveSearch', () => {
  it('reads what the same frames read offline, while no rule ends utterances', () => {
    fc.assert(
      fc.property(cases, (one) => {
        const unspaced = one.vocabulary.pieces.includes('你');
        const strip = (text: string): string => (unspaced ? text.replaceAll(' ', '') : text);
        expect(strip(segmentText(listen(one, one.lengths)))).toBe(strip(offlineText(one)));
      }),
      { numRuns: 300 },
    );
  });

  it('never takes back what was confirmed, with and without endpoints', () => {
    fc.assert(
      fc.property(cases, fc.boolean(), (one, ends) => {
        // Spaces are left out: where a segment ends there is none yet.
        let told = '';
        let kept = '';
        for (const event of listen(one, one.lengths, ends ? RULES : undefined)) {
          if (event.type === 'segment') told += event.segment.text.replaceAll(' ', '');
          if (event.type !== 'segment' && event.type !== 'partial') continue;
          if (event.type === 'partial') expect(event.text.startsWith(event.confirmed)).toBe(true);
          const now = told + (event.type === 'partial' ? event.confirmed.replaceAll(' ', '') : '');
          expect(now.startsWith(kept) || kept.startsWith(now)).toBe(true);
          if (now.length > kept.length) kept = now;
        }
        expect(told.startsWith(kept)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it('ends the same utterances with the same text however frames come in', () => {
    fc.assert(
      fc.property(cases, (one) => {
        const endpoints = (lengths: readonly number[]): unknown[] =>
          finalEvents(listen(one, lengths, RULES)).filter(({ type }) => type === 'endpoint');
        expect(endpoints(one.lengths)).toEqual(endpoints([one.matrix.frames + 1]));
        expect(segmentText(listen(one, one.lengths, RULES))).toBe(
          segmentText(listen(one, [one.matrix.frames + 1], RULES)),
        );
      }),
      { numRuns: 300 },
    );
  });
});

/** Frames that say one label each, as surely as a model does. */
function matrixOf(labels: readonly number[], size: number): LogProbMatrix {
  const logits = labels.flatMap((label) => Array.from({ length: size }, (_, id) => (id === label ? 10 : 0)));
  return toLogProbs(Float64Array.from(logits), size, 'logits');
}

describe('the events of LiveSearch', () => {
  const vocabulary = createCtcVocabulary(['<pad>', '|', 'a', 'b']);
  const silence = (frames: number): number[] => Array.from({ length: frames }, () => 0);
  const one = (labels: readonly number[]): Case => ({
    vocabulary,
    decoding: decodings[0]!,
    matrix: matrixOf(labels, 4),
  });
  const brief = (events: readonly LiveEvent[]): unknown[] =>
    events.map((event) => {
      if (event.type === 'partial') return [event.text, event.confirmed];
      if (event.type === 'segment') return [event.segment.start, event.segment.end, event.segment.text];
      if (event.type === 'endpoint') return [event.reason, event.time];
      return [event.type, event.time];
    });

  it('tells one utterance after another, each word confirmed when it is over', () => {
    const labels = [...silence(5), 2, 3, 1, 2, 1, ...silence(15), 3, ...silence(3)];
    expect(brief(listen(one(labels), [1], RULES))).toEqual([
      ['speech-start', 0.2],
      ['a', ''],
      ['ab', ''],
      ['ab', 'ab'],
      ['ab a', 'ab'],
      ['ab a', 'ab a'],
      [0.2, 0.36, 'ab a'],
      ['silence', 0.36],
      ['speech-start', 1],
      ['b', ''],
      [1, 1.04, 'b'],
      ['end', 1.04],
    ]);
  });

  it('says once that nobody speaks', () => {
    expect(brief(listen(one(silence(100)), [3], RULES))).toEqual([['no-speech', 0.6]]);
    expect(listen(one(silence(100)), [3])).toEqual([]);
  });

  it('cuts an utterance that becomes too long between words, and goes on with the word under way', () => {
    // Words of six frames, of which the ninth goes on over the cut.
    const labels = Array.from({ length: 20 }, () => [2, 2, 3, 3, 3, 1]).flat();
    const told = brief(listen(one(labels), [7], RULES)).filter((item) => (item as unknown[]).length !== 2);
    expect(told.map((item) => (item as unknown[])[2])).toEqual([
      'ab ab ab ab ab ab ab ab',
      'ab ab ab ab ab ab ab ab',
      'ab ab ab ab',
    ]);
    const ends = listen(one(labels), [7], RULES).filter(({ type }) => type === 'endpoint');
    expect(brief(ends)).toEqual([
      ['max-length', 1.88],
      ['max-length', 3.8],
      ['end', 4.76],
    ]);
  });

  it('tells the language model what was said before a cut', async () => {
    // Alone "a" is likelier; behind "ab" it is "b".
    const model = await loadNgramModel(
      arpa('-9\t<unk>\n-99\t<s>\t-0.1\n-1\t</s>\n-0.5\ta\n-2\tb\n-1\tab\t-2\n', '-0.1\tab b\n'),
    );
    const words = Array.from({ length: 8 }, () => [2, 2, 3, 3, 3, 1]).flat();
    const known = matrixOf(words, 4);
    const either = toLogProbs(
      Float64Array.from({ length: 12 * 4 }, (_, i) => (i % 4 < 2 ? 0 : 10)),
      4,
      'logits',
    );
    const texts = (endpoint: EndpointRules | undefined, rows: readonly LogProbMatrix[]): string[] => {
      const matrix = {
        data: Float64Array.from(rows.flatMap(({ data }) => [...data])),
        frames: rows.reduce((sum, { frames }) => sum + frames, 0),
        vocabularySize: 4,
      };
      const decoding = (): CtcDecoding => ({ type: 'ctc-beam', languageModel: model });
      return listen({ vocabulary, decoding, matrix }, [5], endpoint).flatMap((event) =>
        event.type === 'segment' ? [event.segment.text] : [],
      );
    };
    expect(texts(RULES, [known, either])).toEqual(['ab ab ab ab ab ab ab ab', 'b']);
    expect(texts(RULES, [either])).toEqual(['a']);
  });
});
