import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { joinFloats } from '../join-arrays.js';
import type { Segment, Transcript } from '../transcript/transcript.js';
import { countConfirmable } from './confirmation.js';
import { EnergyGate } from './energy-gate.js';
import type { HeardWord } from './heard-word.js';
import { IncrementalDecoder } from './incremental-decoder.js';
import type { LiveEvent } from './live-decoder.js';
import { planStream } from './stream-plan.js';
import type { StreamOptions } from './stream-options.js';
import type { OpenWords, StretchSpan, UtteranceModel } from './utterance-model.js';

const RATE = 1000;
/** A word of the fake model's language: a sound whose level tells which word it is, and the gap behind it. Seconds. */
const SOUND = 0.24;
const GAP = 0.07;
const MAX_LENGTH = 10;
const RULES = { spacing: 0.1, margin: 0.1, rivalMargin: 0.8 };
const STEP = 0.02;

/** Words as levels, numbers are pauses in seconds. */
function speak(...parts: readonly (string | number)[]): Float32Array {
  const pieces = parts.map((part) => {
    if (typeof part === 'number') return new Float32Array(Math.round(part * RATE));
    const level = 0.1 + STEP * (part.charCodeAt(0) - 97);
    const sound = Float32Array.from({ length: SOUND * RATE }, (_, i) => (i % 2 ? level : -level));
    return joinFloats([sound, new Float32Array(GAP * RATE)]);
  });
  return joinFloats(pieces);
}

/** Adds what a decoder tells to `events`. */
async function note(events: LiveEvent[], told: AsyncIterable<LiveEvent>): Promise<void> {
  for await (const event of told) events.push(event);
}

/**
 * Reads the levels back. The last word, where it is not over, reads as another one, as models do that guess what is being
 * said; and now and then a whole reading fails.
 */
class FakeModel implements UtteranceModel {
  readonly sampleRate = RATE;
  readonly maxLength = MAX_LENGTH;
  readonly segments: Segment[] = [];
  reads = 0;
  longest = 0;
  failEvery = Infinity;

  async read(
    audio: Float32Array,
    confirmed: readonly HeardWord[],
    final: boolean,
  ): Promise<readonly HeardWord[] | undefined> {
    this.reads++;
    this.longest = Math.max(this.longest, audio.length / RATE);
    if (!final && this.reads % this.failEvery === 0) return undefined;
    const heard = readLevels(audio);
    return [...confirmed, ...heard.slice(confirmed.length)];
  }

  countConfirmable({ words, earlier, heard }: OpenWords<HeardWord>): number {
    return countConfirmable(words, earlier, heard, RULES);
  }

  conclude(words: readonly HeardWord[], span: StretchSpan): readonly Segment[] {
    if (words.length === 0) return [];
    const text = words
      .map((word) => word.text)
      .join('')
      .trim();
    const segment = { ...span.speech, text };
    this.segments.push(segment);
    return [segment];
  }

  transcript(duration: number): Transcript {
    return { text: this.segments.map(({ text }) => text).join(' '), duration, segments: this.segments };
  }
}

function readLevels(audio: Float32Array): readonly HeardWord[] {
  const words: HeardWord[] = [];
  let start: number | undefined;
  let level = 0;
  const close = (end: number): void => {
    if (start === undefined) return;
    const isWhole = end - start > 0.9 * SOUND * RATE;
    const letter = String.fromCharCode(97 + Math.round((level - 0.1) / STEP));
    words.push({
      text: isWhole ? ` ${letter}` : ' zz',
      start: start / RATE,
      end: end / RATE,
      probability: isWhole ? 1 : 0.5,
    });
    start = undefined;
  };
  for (let i = 0; i < audio.length; i++) {
    const sounds = Math.abs(audio[i]!) > 0.01;
    if (sounds && start === undefined) [start, level] = [i, Math.abs(audio[i]!)];
    else if (!sounds) close(i);
  }
  close(audio.length);
  return words;
}

function open(
  options: StreamOptions = {},
  clock = (): number => 0,
  maxPause = 1,
): { decoder: IncrementalDecoder; model: FakeModel } {
  const model = new FakeModel();
  const decoder = new IncrementalDecoder({
    model,
    openGate: () => new EnergyGate(RATE, { minSpeechDuration: 0.1 }),
    plan: planStream(options),
    words: false,
    maxPause,
    clock,
  });
  return { decoder, model };
}

/** Cuts audio at the given shares of its length. */
function cut(audio: Float32Array, shares: readonly number[]): readonly Float32Array[] {
  const edges = [0, ...shares.map((share) => Math.floor(share * audio.length)), audio.length].toSorted(
    (a, b) => a - b,
  );
  return edges.slice(1).map((edge, i) => audio.slice(edges[i], edge));
}

async function run(
  audio: Float32Array,
  options: StreamOptions = {},
  shares: readonly number[] = [],
  failEvery = Infinity,
): Promise<{ events: LiveEvent[]; text: string; model: FakeModel }> {
  const { decoder, model } = open(options);
  model.failEvery = failEvery;
  const events: LiveEvent[] = [];
  for (const piece of cut(audio, shares)) await note(events, decoder.push(piece));
  await note(events, decoder.flush('end'));
  await decoder.dispose();
  return { events, text: decoder.transcript().text, model };
}

const types = (events: readonly LiveEvent[]): string[] =>
  events.flatMap(({ type }) => (type === 'partial' ? [] : [type]));
const reasons = (events: readonly LiveEvent[]): string[] =>
  events.flatMap((event) => (event.type === 'endpoint' ? [event.reason] : []));

const words = fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e'), { minLength: 1, maxLength: 12 });
const pause = fc.constantFrom(0.3, 0.7, 1.5, 4);
const script = fc.array(fc.tuple(words, pause), { minLength: 1, maxLength: 5 });
const spoken = (parts: readonly (readonly [readonly string[], number])[]): Float32Array =>
  speak(0.5, ...parts.flatMap(([said, silence]) => [...said, silence]));

describe('IncrementalDecoder', () => {
  it('tells an utterance while it is spoken, and concludes it in a pause', async () => {
    const { events, text } = await run(speak(0.5, 'a', 'b', 'c', 'd', 'e', 'a', 1));
    expect(types(events)).toEqual(['speech-start', 'segment', 'endpoint']);
    expect(text).toBe('a b c d e a');
    const partials = events.filter((event) => event.type === 'partial');
    expect(partials.length).toBeGreaterThan(2);
    expect(partials[0]!.end).toBeLessThan(1.1);
    const endpoint = events.at(-1)!;
    expect(endpoint).toMatchObject({ reason: 'silence' });
    expect(events[0]).toMatchObject({ time: expect.closeTo(0.5, 1) });
  });

  it('confirms while speech goes on, and never takes back', async () => {
    await fc.assert(
      fc.asyncProperty(script, fc.integer({ min: 2, max: 5 }), async (parts, failEvery) => {
        const { events } = await run(spoken(parts), {}, [], failEvery);
        let confirmed = '';
        for (const event of events) {
          if (event.type === 'partial') {
            expect(event.text.startsWith(event.confirmed)).toBe(true);
            expect(event.confirmed.startsWith(confirmed)).toBe(true);
            ({ confirmed } = event);
          } else if (event.type === 'segment') {
            expect(event.segment.text.startsWith(confirmed)).toBe(true);
            confirmed = '';
          }
        }
      }),
    );
  });

  it('reads the same, however the audio is cut into chunks', async () => {
    await fc.assert(
      fc.asyncProperty(
        script,
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 40 }),
        async (parts, shares) => {
          const whole = await run(spoken(parts));
          const pieces = await run(spoken(parts), {}, shares);
          expect(pieces.events).toEqual(whole.events);
          expect(whole.text.replaceAll(' ', '')).toBe(parts.flatMap(([said]) => said).join(''));
        },
      ),
    );
  });

  it('holds audio that never pauses in bounds, and loses no word', async () => {
    const said = Array.from({ length: 100 }, (_, i) => 'abcde'[(i * i) % 5]!);
    for (const endpoint of [false, { maxLength: 5 }] as const) {
      const { text, model, events } = await run(speak(...said, 1), { endpoint });
      expect(model.longest).toBeLessThanOrEqual(MAX_LENGTH + 0.1);
      expect(text.replaceAll(' ', '')).toBe(said.join(''));
      expect(new Set(reasons(events))).toEqual(new Set(endpoint ? ['max-length', 'silence'] : ['end']));
    }
  });

  it('tells once that nobody speaks', async () => {
    const { events, text, model } = await run(speak(20));
    expect(events).toEqual([{ type: 'endpoint', time: expect.closeTo(2.4, 1), reason: 'no-speech' }]);
    expect(text).toBe('');
    expect(model.reads).toBe(0);
  });

  it('takes a noise without words for nothing said', async () => {
    const click = speak('a').subarray(0, 150);
    const audio = new Float32Array(6 * RATE);
    audio.set(click, RATE);
    const { decoder, model } = open();
    model.read = async () => [];
    const events: LiveEvent[] = [];
    await note(events, decoder.push(audio));
    expect(types(events)).toEqual(['speech-start', 'endpoint']);
    expect(reasons(events)).toEqual(['no-speech']);
  });

  it('goes on through pauses where no utterance ends by itself', async () => {
    const { events, text } = await run(speak('a', 'b', 3, 'c', 3, 'd'), { endpoint: false });
    expect(reasons(events)).toEqual(['end']);
    expect(events.filter(({ type }) => type === 'segment')).toHaveLength(3);
    expect(text).toBe('a b c d');
  });

  it('waits for the end of an utterance longer than it reads a pause', async () => {
    const audio = speak(0.5, 'a', 'b', 1.5, 'c', 'd', 3);
    const { events } = await run(audio, { endpoint: { silenceAfterSpeech: 2 } });
    expect(types(events)).toEqual(['speech-start', 'segment', 'speech-start', 'segment', 'endpoint']);
    const said = 0.5 + 4 * (SOUND + GAP) + 1.5;
    expect(events.at(-1)).toMatchObject({ reason: 'silence', time: expect.closeTo(said, 1) });
    const silent = await run(speak(0.5, 'a', 'b', 10), { endpoint: { silenceAfterSpeech: 2 } });
    expect(reasons(silent.events)).toEqual(['silence', 'no-speech']);
  });

  it('concludes at every pause where none is to be read', async () => {
    const { decoder, model } = open({ endpoint: false, partials: false }, undefined, 0);
    const events: LiveEvent[] = [];
    await note(events, decoder.push(speak(0.5, 'a', 'b', 0.4, 'c', 'd', 0.4)));
    expect(model.segments.map(({ text }) => text)).toEqual(['a b', 'c d']);
    expect(reasons(events)).toEqual([]);
  });

  it('reads each utterance once where no partials are wanted', async () => {
    const { events, model, text } = await run(speak('a', 'b', 'c', 1, 'd', 'e', 1), { partials: false });
    expect(model.reads).toBe(2);
    expect(types(events)).toEqual([
      'speech-start',
      'segment',
      'endpoint',
      'speech-start',
      'segment',
      'endpoint',
    ]);
    expect(events.some(({ type }) => type === 'partial')).toBe(false);
    expect(text).toBe('a b c d e');
  });

  it('concludes what is said so far when it is flushed, and hears what follows', async () => {
    const { decoder } = open();
    const audio = speak(0.5, 'a', 'b', 'c', 'd', 'e', 1);
    const events: LiveEvent[] = [];
    const at = Math.round(1.4 * RATE);
    await note(events, decoder.push(audio.slice(0, at)));
    await note(events, decoder.flush('flush'));
    await note(events, decoder.push(audio.slice(at)));
    expect(reasons(events)).toEqual(['flush', 'silence']);
    expect(decoder.transcript().text).toBe('a b c d e');
  });

  it('flushes nothing where nothing is said', async () => {
    const { decoder } = open();
    const events: LiveEvent[] = [];
    await note(events, decoder.push(speak(0.5)));
    await note(events, decoder.flush('flush'));
    expect(events).toEqual([]);
  });

  it('ends an utterance where audio is missing, and tells what follows at its own time', async () => {
    for (const missing of [2, 7200]) {
      const { decoder } = open();
      const events: LiveEvent[] = [];
      await note(events, decoder.push(speak(0.5, 'a', 'b', 'c')));
      await note(events, decoder.skip(missing * RATE));
      await note(events, decoder.push(speak(0.5, 'd', 'e', 1)));
      await note(events, decoder.skip(missing * RATE));
      await note(events, decoder.flush('end'));
      // In the second gap nothing was under way.
      expect(types(events)).toEqual([
        'speech-start',
        'segment',
        'endpoint',
        'speech-start',
        'segment',
        'endpoint',
      ]);
      expect(reasons(events)).toEqual(['gap', 'silence']);
      const starts = events.flatMap((event) => (event.type === 'speech-start' ? [event.time] : []));
      const behind = 0.5 + 3 * (SOUND + GAP) + missing;
      expect(starts).toEqual([expect.closeTo(0.45, 1), expect.closeTo(behind + 0.45, 1)]);
      expect(decoder.transcript().text).toBe('a b c d e');
      expect(decoder.transcript().duration).toBeCloseTo(behind + missing + 1.5 + 2 * (SOUND + GAP), 6);
    }
  });

  it('takes missing audio for no silence', async () => {
    const { decoder } = open();
    const events: LiveEvent[] = [];
    await note(events, decoder.push(speak(1)));
    await note(events, decoder.skip(100 * RATE));
    await note(events, decoder.push(speak(2)));
    expect(events).toEqual([]);
    await note(events, decoder.push(speak(1)));
    expect(events).toEqual([{ type: 'endpoint', time: expect.closeTo(101 + 2.4, 1), reason: 'no-speech' }]);
  });

  it('confirms nothing by a reading that made no sense', async () => {
    const { decoder, model } = open();
    const read = model.read.bind(model);
    // What is said reads as one doubtful word, then as nothing.
    model.read = async (audio, confirmed, final) => {
      await read(audio, confirmed, final);
      if (!final && model.reads > 1) return undefined;
      return [
        { text: ' maybe', start: 0, end: 0.2, probability: 0.5 },
        { text: ' so', start: 0.2, end: 0.4, probability: 0.5 },
      ];
    };
    const confirmed: string[] = [];
    for await (const event of decoder.push(speak(...Array.from({ length: 10 }, () => 'a')))) {
      if (event.type === 'partial') confirmed.push(event.confirmed);
    }
    expect(model.reads).toBeGreaterThan(3);
    expect(confirmed).toEqual(['']);
  });

  it('reads less often where reading takes long', async () => {
    const said = Array.from({ length: 60 }, () => 'a');
    const counts: number[] = [];
    for (const cost of [0, 1]) {
      let now = 0;
      const { decoder, model } = open({}, () => now);
      const read = model.read.bind(model);
      model.read = (...args) => {
        now += cost;
        return read(...args);
      };
      for await (const _ of decoder.push(speak(...said))) void _;
      counts.push(model.reads);
    }
    expect(counts[1]).toBeLessThan(counts[0]! / 2);
  });
});
