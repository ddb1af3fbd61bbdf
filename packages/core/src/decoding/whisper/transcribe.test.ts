import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SearchResult } from './search.js';
import { transcribeWindows, type LongFormOptions, type WhisperSegment } from './transcribe.js';
import type { WindowAttempt, WindowRange, WindowSource } from './window-source.js';

/** Text below 100, times from 100 (0.00) to 1600 (30.00). */
const tokens = { endOfText: 90, timestampBegin: 100, timestampEnd: 1600 };
const at = (seconds: number) => 100 + Math.round(seconds * 50);
const options: LongFormOptions = {
  frames: 4500,
  tokens,
  decodeText: (ids) => ids.map((id) => ` w${id}`).join(''),
  maxTokens: 448,
  temperatures: [0, 1],
  compressionRatioThreshold: false,
  logProbThreshold: -1,
  noSpeechThreshold: 0.6,
  whenAllFail: 'best',
  conditionOnPreviousText: true,
  promptResetTemperature: 0.5,
};

interface Recorded extends WindowAttempt, WindowRange {}

/** Answers each window with the tokens that `answer` gives; keeps a list of calls and of open windows. */
function sourceOf(
  answer: (call: Recorded, window: number) => Partial<SearchResult> & { tokens: readonly number[] },
) {
  const calls: Recorded[] = [];
  const state = { open: 0, opened: 0 };
  const source: WindowSource = {
    open(range) {
      const window = state.opened++;
      state.open++;
      return Promise.resolve({
        language: window === 0 ? 'en' : 'es',
        decode(attempt) {
          const call = { ...range, ...attempt };
          calls.push(call);
          const found = answer(call, window);
          return Promise.resolve({
            tokenLogProbs: found.tokens.map((_, i) => -i),
            sumLogProb: -1,
            avgLogProb: -0.1,
            noSpeechProb: 0,
            temperature: attempt.temperature,
            ...found,
          });
        },
        alignWords: (ids) =>
          Promise.resolve(
            ids.map((id, i) => ({
              text: ` w${id}`,
              tokens: [id],
              start: i * 0.3,
              end: i * 0.3 + 0.2,
              probability: 0.9,
            })),
          ),
        dispose() {
          state.open--;
        },
      });
    },
  };
  return { source, calls, state };
}

async function collect(source: WindowSource, more: Partial<LongFormOptions> = {}): Promise<WhisperSegment[]> {
  const segments: WhisperSegment[] = [];
  for await (const segment of transcribeWindows(source, { ...options, ...more })) segments.push(segment);
  return segments;
}

describe('transcribeWindows', () => {
  it('yields segments with all that is known of them', async () => {
    const { source, state } = sourceOf((_, window) =>
      window === 0
        ? { tokens: [at(0), 1, at(2), at(2), 2, at(9), at(9)], avgLogProb: -0.5, noSpeechProb: 0.2 }
        : { tokens: [at(0), 3] },
    );
    const [first, second, third, ...rest] = await collect(source);
    expect(first).toEqual({
      start: 0,
      end: 2,
      text: ' w1',
      language: 'en',
      confidence: Math.exp(-0.5),
      tokens: [at(0), 1, at(2)],
      tokenLogProbs: [-0, -1, -2],
      avgLogProb: -0.5,
      noSpeechProb: 0.2,
      compressionRatio: 'w1 w2'.length / 13,
      temperature: 0,
      windowStart: 0,
    });
    expect(second).toMatchObject({ start: 2, end: 9, tokenLogProbs: [-3, -4, -5] });
    expect(third).toMatchObject({ start: 9, end: 39, language: 'es', windowStart: 9 });
    expect(rest).toHaveLength(1);
    expect(state).toEqual({ open: 0, opened: 3 });
  });

  it('gives the texts of a window with its first segment, each text once', async () => {
    const ranked = (token: number, score: number, from: number) => ({
      tokens: [at(from), token, at(2), at(2), 2, at(9), at(9)],
      tokenLogProbs: [-1],
      sumLogProb: 7 * score,
      avgLogProb: score,
      score,
    });
    // The second one differs in its times only.
    const nBest = [ranked(1, -1, 0), ranked(1, -2, 0.5), ranked(4, -3, 0), ranked(5, -4, 0)];
    const { source } = sourceOf(() => ({ ...nBest[0]!, nBest }));
    const segments = await collect(source, { nBest: 2, frames: 900 });
    expect(segments.map((segment) => segment.nBest)).toEqual([
      [
        { text: 'w1 w2', score: -1, logProb: -7, tokens: nBest[0]!.tokens, tokenLogProbs: [-1] },
        { text: 'w4 w2', score: -3, logProb: -21, tokens: nBest[2]!.tokens, tokenLogProbs: [-1] },
      ],
      undefined,
    ]);
    const without = await collect(source, { frames: 900 });
    expect(without.every((segment) => !('nBest' in segment))).toBe(true);
  });

  it('yields a window before it opens the next', async () => {
    const { source, state } = sourceOf(() => ({ tokens: [at(0), 1, at(3)] }));
    const segments = transcribeWindows(source, options);
    await segments.next();
    expect(state).toEqual({ open: 0, opened: 1 });
    await segments.return();
    expect(state.opened).toBe(1);
  });

  it('reports progress and windows, silence included', async () => {
    const { source } = sourceOf((_, window) => ({
      tokens: [at(0), 1, at(3)],
      ...(window === 0 ? { noSpeechProb: 0.9, avgLogProb: -2 } : {}),
    }));
    const seconds: number[] = [];
    const windows: [number, number, boolean, boolean][] = [];
    const segments = await collect(source, {
      onProgress: (done) => seconds.push(done),
      onWindow: ({ start, end, passed, silence }) => windows.push([start, end, passed, silence]),
    });
    expect(seconds).toEqual([30, 45]);
    expect(windows).toEqual([
      [0, 30, true, true],
      [30, 45, true, false],
    ]);
    expect(segments.map(({ start }) => start)).toEqual([30]);
  });

  it('gives the prefix to the first window, and the text so far to the next', async () => {
    const { source, calls } = sourceOf(() => ({ tokens: [at(0), 1, at(3)] }));
    await collect(source, { prefix: [7], initialPrompt: [8] });
    expect(calls.map(({ prefix, previous }) => [prefix, previous])).toEqual([
      [[7], [8]],
      [[], [8, at(0), 1, at(3)]],
    ]);
  });

  it('keeps the best of failures and forgets the text after them', async () => {
    const { source, calls } = sourceOf(({ temperature }, window) => ({
      tokens: [at(0), temperature === 0 ? 1 : 2, at(3)],
      avgLogProb: window > 0 ? -0.1 : -1.5 - temperature,
    }));
    const segments = await collect(source);
    expect(segments[0]).toMatchObject({ temperature: 0, text: ' w1' });
    expect(calls.map(({ temperature }) => temperature)).toEqual([0, 1, 0]);
    expect(calls.at(-1)!.previous).toEqual([]);
  });

  it('ends segments with the audio of their window', async () => {
    const { source } = sourceOf(() => ({ tokens: [at(0), 1, at(9), at(11), 2, at(12)] }));
    const segments = await collect(source, { frames: 1000 });
    expect(segments.map(({ start, end }) => [start, end])).toEqual([
      [0, 9],
      [10, 10],
    ]);
  });

  it('rejects with the reason of the signal between windows', async () => {
    const controller = new AbortController();
    const { source, state } = sourceOf(() => {
      controller.abort(new Error('stop'));
      return { tokens: [at(0), 1, at(3)] };
    });
    await expect(collect(source, { signal: controller.signal })).rejects.toThrow('stop');
    expect(state).toEqual({ open: 0, opened: 1 });
  });

  it('disposes a window whose decoding fails', async () => {
    const { source, state } = sourceOf(() => {
      throw new Error('out of memory');
    });
    await expect(collect(source)).rejects.toThrow('out of memory');
    expect(state.open).toBe(0);
  });

  it('reads on from the middle of a pause, not from behind the first sound after it', async () => {
    const starts = async (pauses: readonly { start: number; end: number }[]): Promise<number[]> => {
      const { source, calls } = sourceOf(({ seek }) => ({
        tokens: seek < 2500 ? [at(0), 1, at(27.76), at(27.76)] : [at(0), 2, at(3)],
      }));
      await collect(source, { frames: 3000, pauses });
      return calls.map(({ seek }) => seek);
    };
    expect(await starts([])).toEqual([0, 2776]);
    expect(await starts([{ start: 27, end: 27.6 }])).toEqual([0, 2730]);
    expect(await starts([{ start: 20, end: 27 }, { start: 30.1, end: 31 }])).toEqual([0, 2776]); // prettier-ignore
  });

  it('says when words cannot be timed', async () => {
    const { source } = sourceOf(() => ({ tokens: [at(0), 1, at(3)] }));
    const deaf: WindowSource = {
      open: async (range) => {
        const decoder = await source.open(range);
        return { decode: (attempt) => decoder.decode(attempt), dispose: () => decoder.dispose() };
      },
    };
    await expect(collect(deaf, { words: {} })).rejects.toThrow(/alignWords/);
  });

  it('ends, in order and inside the audio, whatever is decoded', async () => {
    const token = fc.oneof(fc.nat(89), fc.integer({ min: 100, max: 1600 }));
    const answers = fc.array(fc.array(token, { maxLength: 8 }), { minLength: 1, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(
        answers,
        fc.integer({ min: 1, max: 7000 }),
        fc.boolean(),
        fc.option(fc.constantFrom(0.5, 2), { nil: undefined }),
        async (lists, frames, timed, hallucinationSilenceThreshold) => {
          const { source, calls, state } = sourceOf((_, window) => ({
            tokens: lists[window % lists.length]!,
          }));
          const words = timed ? { hallucinationSilenceThreshold } : undefined;
          const segments = await collect(source, { frames, words });
          expect(state.open).toBe(0);
          const seeks = calls.map(({ seek }) => seek);
          expect(new Set(seeks).size).toBe(seeks.length);
          expect(seeks).toEqual([...seeks].sort((a, b) => a - b));
          expect(calls.every(({ seek, size }) => size >= 1 && seek + size <= frames)).toBe(true);
          let wordEnd = 0;
          for (const { start, end, text, windowStart, words: own = [] } of segments) {
            expect(text.trim()).not.toBe('');
            if (!timed) expect(start).toBeGreaterThanOrEqual(windowStart);
            expect(end).toBeGreaterThanOrEqual(start);
            expect(end).toBeLessThanOrEqual(frames / 100);
            for (const word of own) {
              expect(word.start).toBeGreaterThanOrEqual(wordEnd);
              expect(word.end).toBeGreaterThanOrEqual(word.start);
              expect(word.end).toBeLessThanOrEqual(frames / 100);
              wordEnd = word.end;
            }
          }
        },
      ),
      { numRuns: 200 },
    );
  });
});
