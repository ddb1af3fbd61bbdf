import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Transcript } from '../transcript/transcript.js';
import { checkChannelMode, prepareChannels } from './channels.js';
import { joinChannels, mergeByStart } from './join-channels.js';

async function* from(items: readonly number[], onClose: () => void): AsyncGenerator<number, void, undefined> {
  try {
    yield* items;
  } finally {
    onClose();
  }
}

describe('mergeByStart', () => {
  it('gives everything once and in order, from sources that are in order', async () => {
    const list = fc.array(fc.nat(50), { maxLength: 8 }).map((items) => items.sort((a, b) => a - b));
    await fc.assert(
      fc.asyncProperty(fc.array(list, { maxLength: 5 }), async (lists) => {
        let closed = 0;
        const merged: number[] = [];
        const sources = lists.map((items) => from(items, () => closed++));
        for await (const item of mergeByStart(sources, (value) => value)) merged.push(item);
        expect(merged).toEqual(lists.flat().sort((a, b) => a - b));
        expect(closed).toBe(lists.length);
      }),
    );
  });

  it('closes all sources when the reader stops, or one of them fails', async () => {
    const closed: string[] = [];
    const open = () => [from([1, 4], () => closed.push('a')), from([2, 3], () => closed.push('b'))];
    for await (const item of mergeByStart(open(), (value) => value)) if (item === 2) break;
    expect(closed.sort()).toEqual(['a', 'b']);
    closed.length = 0;
    const failing = async function* (): AsyncGenerator<number, void, undefined> {
      yield await Promise.resolve(2);
      throw new Error('broken');
    };
    const read = async (): Promise<void> => {
      for await (const _ of mergeByStart([...open(), failing()], (value) => value));
    };
    await expect(read()).rejects.toThrow('broken');
    expect(closed.sort()).toEqual(['a', 'b']);
  });
});

describe('prepareChannels', () => {
  const left = Float32Array.of(1, 0, 1, 0);
  const right = Float32Array.of(0, 0, -1, 0);

  it('mixes, or keeps channels apart', async () => {
    const pcm = { samples: [left, right], sampleRate: 16_000 };
    const mono = { samples: left, sampleRate: 16_000 };
    expect(await prepareChannels(pcm, 16_000, 'mix')).toEqual([Float32Array.of(0.5, 0, 0, 0)]);
    expect(await prepareChannels(pcm, 16_000, 'separate')).toEqual([left, right]);
    expect(await prepareChannels(mono, 16_000, 'separate')).toEqual([left]);
    expect((await prepareChannels(pcm, 8000, 'separate')).map((one) => one.length)).toEqual([2, 2]);
  });

  it('refuses broken channels of either', async () => {
    const pcm = { samples: [left, Float32Array.of(0, Number.NaN, 0, 0)], sampleRate: 16_000 };
    for (const mode of ['mix', 'separate'] as const) {
      await expect(prepareChannels(pcm, 16_000, mode)).rejects.toThrow(/sample 1/u);
    }
    const uneven = { samples: [left, left.subarray(1)], sampleRate: 8000 };
    await expect(prepareChannels(uneven, 8000, 'separate')).rejects.toThrow(TypeError);
    expect(() => checkChannelMode('left')).toThrow(/channels: expected mix or separate, found left/u);
  });
});

describe('joinChannels', () => {
  const transcript = (language: string, ...segments: [number, string][]): Transcript => ({
    text: segments.map(([, text]) => text).join(' '),
    language,
    duration: 10,
    segments: segments.map(([start, text]) => ({ start, end: start + 1, text })),
  });

  it('puts the turns of a call in order and keeps the channels', () => {
    const joined = joinChannels([
      transcript('en', [0, 'Hello.'], [4, 'Fine.'], [6, 'And you?']),
      transcript('en', [2, 'How are you?']),
    ]);
    expect(joined.text).toBe('Hello.\nHow are you?\nFine. And you?');
    expect(joined.segments.map(({ channel }) => channel)).toEqual([0, 1, 0, 0]);
    expect(joined.channels?.map(({ text }) => text)).toEqual(['Hello. Fine. And you?', 'How are you?']);
    expect(joined.channels?.[1]?.segments[0]?.channel).toBe(1);
    expect(joined).toMatchObject({ language: 'en', duration: 10 });
    expect(JSON.parse(JSON.stringify(joined))).toEqual(joined);
  });

  it('names a language only where the channels agree', () => {
    expect(joinChannels([transcript('en'), transcript('es')]).language).toBeUndefined();
    expect(joinChannels([transcript('en'), { text: '', duration: 1, segments: [] }]).language).toBe('en');
  });
});
