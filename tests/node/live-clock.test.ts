/** Live audio of which some is missing: with models of all kinds, and through a worker's channel. */
import whisperTinyEn from '@org/asr-model-whisper-tiny-en';
import {
  loadModel,
  mixdown,
  readWav,
  type ModelSource,
  type SpeechModel,
  type StreamEvent,
  type TimedChunk,
} from '@org/asr-node';
import { hasTestData, repositoryFile, testData } from '@org/asr-testkit';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { modelFolder, readGolden } from './ctc-reference.js';
import { checkEvents } from './live-events.js';

interface Subject {
  readonly name: string;
  readonly source: () => ModelSource;
  readonly file: () => string;
}

const subjects: readonly Subject[] = [
  {
    name: 'tiny.en',
    source: () => whisperTinyEn,
    file: () => repositoryFile('tests/fixtures/audio/jfk.wav'),
  },
  ...(hasTestData
    ? [
        {
          name: 'english-ctc',
          source: () => ({ path: modelFolder('english-ctc') }),
          file: () => testData('audio/prompts/en-unseen/vm-opts-full.wav'),
        },
        {
          name: 'digits-streaming-ctc',
          source: () => ({ path: modelFolder('digits-streaming-ctc') }),
          file: () => {
            const folder = modelFolder('digits-streaming-ctc');
            return `${folder}/${readGolden(folder).detail_clip}`;
          },
        },
      ]
    : []),
];

describe.each(subjects)('$name, live, with a clock,', ({ source, file }) => {
  const wav = readWav(new Uint8Array(readFileSync(file())));
  const samples = mixdown(wav);
  const { sampleRate } = wav;
  const length = samples.length / sampleRate;
  const format = { sampleRate };
  let model: SpeechModel;
  beforeAll(async () => {
    model = await loadModel(source());
  });
  afterAll(() => model.dispose());

  /** Chunks of 100 ms, the first one recorded at `from` seconds of some clock. */
  function* play(from: number, audio = samples): Generator<TimedChunk> {
    const step = sampleRate / 10;
    for (let at = 0; at < audio.length; at += step) {
      yield { audio: audio.subarray(at, at + step), time: from + at / sampleRate };
    }
  }

  async function listen(chunks: Iterable<TimedChunk>): Promise<StreamEvent[]> {
    const events: StreamEvent[] = [];
    const live = (async function* () {
      yield* chunks;
    })();
    // Read once, so that the text doesn't depend on the pace.
    for await (const event of model.stream(live, { format, partials: false })) events.push(event);
    checkEvents(events);
    return events;
  }

  async function write(chunks: Iterable<TimedChunk>): Promise<StreamEvent[]> {
    await using stream = model.openStream({ format, partials: false });
    const events: StreamEvent[] = [];
    const reading = (async () => {
      for await (const event of stream) events.push(event);
    })();
    for (const chunk of chunks) await stream.write(chunk);
    await stream.end();
    await reading;
    return events;
  }

  const segments = (events: readonly StreamEvent[], shift = 0) =>
    events.flatMap((event) =>
      event.type === 'segment'
        ? [{ text: event.segment.text.trim(), start: event.segment.start - shift }]
        : [],
    );
  const reasons = (events: readonly StreamEvent[]): string[] =>
    events.flatMap((event) => (event.type === 'endpoint' ? [event.reason] : []));

  it('ends what was said where two hours are missing, and hears what follows at its own time', async () => {
    const gap = 7200;
    const alone = await listen(play(0));
    const behind = length + gap;
    for (const hear of [listen, write]) {
      const events = await hear([...play(500), ...play(500 + behind)]);
      const at = events.findIndex((event) => event.type === 'endpoint' && event.reason === 'gap');
      // The recording ends in speech or shortly after it.
      expect(reasons(events)).toContain('gap');
      expect(events.slice(0, at).filter(({ type }) => type === 'segment')).toHaveLength(
        segments(alone).length,
      );
      expect(segments(events.slice(0, at))).toEqual(segments(alone));
      const later = segments(events.slice(at), behind);
      expect(later).toHaveLength(segments(alone).length);
      for (const [i, { start }] of later.entries()) {
        expect(Math.abs(start - segments(alone)[i]!.start)).toBeLessThan(0.3);
      }
      expect(later.map(({ text }) => text).join(' ')).not.toBe('');
      expect(events.at(-1)).toMatchObject({
        type: 'end',
        transcript: { duration: expect.closeTo(behind + length, 3) as unknown },
      });
    }
  });

  it('goes on where packets are lost', async () => {
    // One chunk of 0.1 s in the middle: too short to matter to the clock by itself; then three in a row.
    const all = [...play(0)];
    const middle = Math.floor(all.length / 2);
    const arrived = all.filter((_, i) => i < middle || i >= middle + 3);
    const events = await listen(arrived);
    expect(reasons(events)).not.toContain('gap');
    expect(events.at(-1)).toMatchObject({
      transcript: { duration: expect.closeTo(length, 3) as unknown },
    });
  });

  it('ends with an error where the clock goes back, after what was said before', async () => {
    const events: StreamEvent[] = [];
    const live = (async function* () {
      yield* play(100);
      yield* play(30);
    })();
    const hearing = (async () => {
      for await (const event of model.stream(live, { format, partials: false })) events.push(event);
    })();
    await expect(hearing).rejects.toMatchObject({
      code: 'AUDIO_INVALID',
      message: expect.stringContaining('time of a chunk is 30 s') as unknown,
    });
    expect(segments(events).length).toBeGreaterThan(0);
  });
});
