import { describe, expect, it } from 'vitest';
import { transcribeSideBySide } from './side-by-side.js';
import type { LongFormOptions, WhisperSegment } from './transcribe.js';
import type { WindowAttempt, WindowRange, WindowSource } from './window-source.js';

/** Text below 100, times from 100 (0.00) to 1600 (30.00). */
const tokens = { endOfText: 90, timestampBegin: 100, timestampEnd: 1600 };
const clips = [
  { start: 0, end: 20 },
  { start: 20, end: 50 },
  { start: 50, end: 60 },
  { start: 60, end: 80 },
];
const options: LongFormOptions = {
  frames: 8000,
  tokens,
  decodeText: (ids) => ids.map((id) => ` w${id}`).join(''),
  maxTokens: 448,
  temperatures: [0],
  compressionRatioThreshold: false,
  logProbThreshold: -1,
  noSpeechThreshold: 0.6,
  whenAllFail: 'best',
  conditionOnPreviousText: false,
  promptResetTemperature: 0.5,
  clipRanges: clips,
};

/** One word per window, its number that of the clip. Decodings wait until they are let go. */
function heldSource(fails?: number) {
  const calls: (WindowAttempt & WindowRange)[] = [];
  const waiting = new Map<number, () => void>();
  const state = { open: 0 };
  const source: WindowSource = {
    open(range) {
      const clip = clips.findIndex(({ start }) => start * 100 === range.seek);
      state.open++;
      return Promise.resolve({
        async decode(attempt) {
          calls.push({ ...range, ...attempt });
          await new Promise<void>((resolve) => waiting.set(clip, resolve));
          if (clip === fails) throw new Error(`clip ${clip}`);
          return {
            tokens: [100, clip + 1, 100 + 50 * (range.size / 100), 100 + 50 * (range.size / 100)],
            tokenLogProbs: [0, 0, 0, 0],
            sumLogProb: -1,
            avgLogProb: -0.1,
            noSpeechProb: 0,
            temperature: 0,
          };
        },
        dispose() {
          state.open--;
        },
      });
    },
  };
  const settle = () => new Promise((resolve) => setTimeout(resolve, 5));
  const letGo = async (clip: number): Promise<void> => {
    waiting.get(clip)!();
    waiting.delete(clip);
    await settle();
  };
  return { source, calls, waiting, state, letGo, settle };
}

describe('transcribeSideBySide', () => {
  it('works on as many clips as it may and gives their segments in order', async () => {
    const { source, waiting, letGo, settle, state } = heldSource();
    const seconds: number[] = [];
    const found: WhisperSegment[] = [];
    const reading = (async () => {
      const more = { ...options, onProgress: (done: number) => seconds.push(done) };
      for await (const segment of transcribeSideBySide(source, more, 2)) found.push(segment);
    })();
    await settle();
    expect([...waiting.keys()]).toEqual([0, 1]);
    await letGo(1);
    expect([...waiting.keys()]).toEqual([0, 2]);
    await letGo(2);
    expect(found).toEqual([]);
    await letGo(0);
    expect(found.map(({ text }) => text)).toEqual([' w1', ' w2', ' w3']);
    await letGo(3);
    await reading;
    expect(found.map(({ start, end }) => [start, end])).toEqual(clips.map(({ start, end }) => [start, end]));
    expect(seconds).toEqual([30, 40, 60, 80]);
    expect(state.open).toBe(0);
  });

  it('tells the first clip alone the prompt and the prefix, all of them a prompt that is carried', async () => {
    const told = async (carryInitialPrompt: boolean) => {
      const { source, calls, letGo, settle } = heldSource();
      const more = { ...options, initialPrompt: [7], prefix: [1], carryInitialPrompt };
      const reading = (async () => {
        for await (const _ of transcribeSideBySide(source, more, 4));
      })();
      await settle();
      for (const clip of clips.keys()) await letGo(clip);
      await reading;
      return calls.map(({ previous, prefix }) => [previous, prefix]);
    };
    const none = [[], []];
    expect(await told(false)).toEqual([[[7], [1]], none, none, none]);
    expect(await told(true)).toEqual([
      [[7], [1]],
      [[7], []],
      [[7], []],
      [[7], []],
    ]);
  });

  it('gives what comes before a failure, begins nothing more, and leaves nothing open', async () => {
    const { source, calls, letGo, settle, state } = heldSource(1);
    const found: WhisperSegment[] = [];
    const reading = (async () => {
      for await (const segment of transcribeSideBySide(source, options, 2)) found.push(segment);
    })();
    const failure = reading.catch((error: unknown) => error);
    await settle();
    await letGo(1);
    await letGo(0);
    expect(await failure).toMatchObject({ message: 'clip 1' });
    expect(found.map(({ text }) => text)).toEqual([' w1']);
    expect(calls).toHaveLength(2);
    expect(state.open).toBe(0);
  });

  it('ends what is under way when its reader leaves', async () => {
    const { source, calls, letGo, settle, state } = heldSource();
    const segments = transcribeSideBySide(source, options, 2);
    const first = segments.next();
    await settle();
    await letGo(0);
    expect((await first).value).toMatchObject({ text: ' w1' });
    const left = segments.return(undefined);
    await letGo(1);
    await letGo(2);
    await left;
    expect(calls).toHaveLength(3);
    expect(state.open).toBe(0);
  });
});
