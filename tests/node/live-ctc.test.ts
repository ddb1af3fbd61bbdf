/** CTC models that carry states, live: the text of the whole, however the audio comes. */
import {
  loadNgramModel,
  mixdown,
  type CtcDecoding,
  type Pcm,
  type StreamEvent,
  type StreamOptions,
} from '@org/asr-node';
import { hasTestData } from '@org/asr-testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadCtc, modelFolder, readClip, readGolden } from './ctc-reference.js';

type Model = Awaited<ReturnType<typeof loadCtc>>;

/** A recording in chunks of these lengths, in turn. */
function* cut({ samples, sampleRate }: Pcm, lengths: readonly number[]): Generator<Pcm> {
  const mono = mixdown({ samples, sampleRate });
  for (let at = 0, i = 0; at < mono.length; i++) {
    const end = at + lengths[i % lengths.length]!;
    yield { samples: mono.subarray(at, end), sampleRate };
    at = end;
  }
}

async function listen(
  model: Model,
  pcm: Pcm,
  lengths: readonly number[],
  options: StreamOptions = {},
): Promise<StreamEvent[]> {
  const source = (async function* () {
    yield* cut(pcm, lengths);
  })();
  const events: StreamEvent[] = [];
  for await (const event of model.stream(source, options)) events.push(event);
  return events;
}

/** Clips one after another, with silence in between. */
function join(clips: readonly Pcm[], pause: number): Pcm {
  const [{ sampleRate }] = clips as [Pcm];
  const parts = clips.flatMap((clip) => [mixdown(clip), new Float32Array(pause * sampleRate)]);
  return { samples: Float32Array.from(parts.flatMap((part) => [...part])), sampleRate };
}

const lasting = (events: readonly StreamEvent[]): StreamEvent[] =>
  events.filter(({ type }) => type !== 'partial' && type !== 'lag');
const sizes = fc.array(fc.integer({ min: 1, max: 9000 }), { minLength: 1, maxLength: 12 });
/** What is said often follows what was said before: a digit twice is ten times as likely. */
const DIGITS = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'];
const ARPA = [
  `\\data\\\nngram 1=13\nngram 2=10\n\n\\1-grams:\n-9\t<unk>\n-1\t</s>\n-99\t<s>\t-0.3`,
  ...DIGITS.map((word) => `-1.1\t${word}\t-0.3`),
  '\n\\2-grams:',
  ...DIGITS.map((word) => `-0.1\t${word} ${word}`),
  '\n\\end\\\n',
].join('\n');
const languageModel = await loadNgramModel(new TextEncoder().encode(ARPA), { name: 'digits.arpa' });

const decodings: readonly CtcDecoding[] = [
  { type: 'ctc-greedy' },
  { type: 'ctc-beam', beamWidth: 16 },
  { type: 'ctc-beam', beamWidth: 16, hotwords: [{ text: 'seven', weight: 5 }] },
  { type: 'ctc-beam', beamWidth: 16, languageModel, alpha: 0.8 },
];

describe.skipIf(!hasTestData).each(['digits-streaming-ctc', 'digits-deepspeech'])('%s, live', (name) => {
  const folder = modelFolder(name);

  it('reads what it reads offline, and ends the same utterances, however the audio is cut', async () => {
    await using model = await loadCtc(folder);
    const { clips } = readGolden(folder);
    for (const decoding of decodings) {
      await fc.assert(
        fc.asyncProperty(fc.nat(clips.length - 1), sizes, async (index, lengths) => {
          const clip = readClip(folder, clips[index]!.file);
          const whole = await model.transcribe(clip, { decoding });
          const options = { decoding, endpoint: false } as const;
          const events = await listen(model, clip, lengths, options);
          expect(events.at(-1)).toMatchObject({ type: 'end', transcript: { text: whole.text } });
          const ended = lasting(await listen(model, clip, lengths, { decoding }));
          expect(ended).toEqual(lasting(await listen(model, clip, [9999], { decoding })));
        }),
        { numRuns: 4 },
      );
    }
  });

  it('tells utterances apart by their pauses, several streams at once', async () => {
    await using model = await loadCtc(folder);
    const golden = readGolden(folder).clips.slice(0, 3);
    const pcm = join(
      golden.map(({ file }) => readClip(folder, file)),
      3,
    );
    const all = await Promise.all([1600, 777].map((length) => listen(model, pcm, [length])));
    expect(lasting(all[0]!)).toEqual(lasting(all[1]!));
    const events = all[0]!;
    const segments = events.flatMap((event) => (event.type === 'segment' ? [event.segment.text] : []));
    // The model's states go on over the pauses, as they do offline.
    expect(segments.join(' ')).toBe((await model.transcribe(pcm)).text);
    expect(segments).toHaveLength(3);
    const reasons = events.flatMap((event) => (event.type === 'endpoint' ? [event.reason] : []));
    expect(reasons.filter((reason) => reason === 'silence')).toHaveLength(3);
  });

  it("tells partial text a chunk of the model's after it was said, and takes back nothing that was confirmed", async () => {
    await using model = await loadCtc(folder);
    const { execution, frontEnd } = model.config;
    if (execution?.type !== 'stateful' || frontEnd.type === 'wave') throw new Error('not a streaming model');
    const clip = readClip(folder, readGolden(folder).detail_clip);
    const stream = model.openStream();
    let pushed = 0;
    const reading = (async () => {
      const seen: (StreamEvent & { readonly pushed: number })[] = [];
      for await (const event of stream) seen.push({ ...event, pushed });
      return seen;
    })();
    for (const chunk of cut(clip, [160])) {
      await stream.write(chunk);
      pushed += 0.01;
      // Until the model has done what it can with it.
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    await stream.end();
    const partials = (await reading).filter((event) => event.type === 'partial');
    expect(partials.length).toBeGreaterThan(1);
    const rowSeconds = frontEnd.framing.hopLength / frontEnd.sampleRate;
    const latency = (execution.rows + 10) * rowSeconds;
    let confirmed = '';
    for (const partial of partials) {
      expect(partial.pushed - partial.end).toBeLessThan(latency);
      expect(partial.confirmed.startsWith(confirmed)).toBe(true);
      ({ confirmed } = partial);
    }
  });

  it('begins anew after a flush, and stops at the first endpoint for commands', async () => {
    await using model = await loadCtc(folder);
    const { file, text } = readGolden(folder).clips[0]!;
    const clip = readClip(folder, file);
    await using stream = model.openStream({ endpoint: false });
    await stream.write(clip);
    await stream.flush();
    await stream.write(clip);
    await stream.end();
    const events: StreamEvent[] = [];
    for await (const event of stream) events.push(event);
    expect(events.at(-1)).toMatchObject({ type: 'end', transcript: { text: `${text} ${text}` } });
    const ends = events.flatMap((event) => (event.type === 'endpoint' ? [event.reason] : []));
    expect(ends).toEqual(['flush', 'end']);

    const twice = await listen(model, join([clip, clip], 3), [1600], { mode: 'utterance' });
    expect(twice.at(-2)).toMatchObject({ type: 'endpoint', reason: 'silence' });
    expect(twice.at(-1)).toMatchObject({ type: 'end', transcript: { text } });
  });
});
