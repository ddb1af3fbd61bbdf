import whisperTinyEn from '@org/asr-model-whisper-tiny-en';
import { AsrError, prepareAudio } from '@org/asr-core';
import type { Pcm, Segment } from '@org/asr-core';
import { mediaStreamAudio, microphone } from '@org/asr-web';
import type { LiveAudio } from '@org/asr-web';
import { connectWorker } from '@org/asr-web/worker';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { WORKLET_SOURCE } from '../../../packages/web/src/microphone/worklet-source.js';

// Chromium plays jfk.wav into its fake microphone, over and over; see the project in vitest.config.ts.

afterEach(() => vi.restoreAllMocks());

async function listen(audio: LiveAudio, seconds: number): Promise<Pcm[]> {
  const chunks: Pcm[] = [];
  let heard = 0;
  for await (const { audio: chunk } of audio) {
    chunks.push(chunk);
    heard += (chunk.samples as Float32Array).length / chunk.sampleRate;
    if (heard >= seconds) break;
  }
  return chunks;
}

function energy(chunks: readonly Pcm[]): number {
  const samples = chunks.flatMap((chunk) => [...(chunk.samples as Float32Array)]);
  return samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
}

/** The tracks that pages got, to see what becomes of them. */
function spyOnTracks(): MediaStreamTrack[] {
  const tracks: MediaStreamTrack[] = [];
  const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  vi.spyOn(navigator.mediaDevices, 'getUserMedia').mockImplementation(async (constraints) => {
    const stream = await open(constraints);
    tracks.push(...stream.getTracks());
    return stream;
  });
  return tracks;
}

const plain: MediaTrackConstraints = {
  echoCancellation: false,
  noiseSuppression: false,
  autoGainControl: false,
};

describe('microphone', () => {
  it('gives what is spoken into it, in chunks, and lets go of it', async () => {
    const tracks = spyOnTracks();
    const chunks = await listen(microphone({ constraints: plain }), 4);
    const { sampleRate } = chunks[0]!;
    expect(sampleRate).toBeGreaterThanOrEqual(16_000);
    expect(new Set(chunks.map(({ samples }) => samples.length))).toEqual(
      new Set([Math.round(sampleRate / 10)]),
    );
    expect(energy(chunks)).toBeGreaterThan(1e-4);
    expect((await prepareAudio(chunks[0]!, 16_000)).length).toBe(1600);
    expect(tracks.map(({ readyState }) => readyState)).toEqual(['ended']);
  });

  it('ends with stop(), after the rest of what was heard', async () => {
    // No whole number of the 128 frames that come at a time, so that there is a rest behind the first chunk.
    const chunkSeconds = 0.9999;
    const audio = microphone({ chunkSeconds });
    const lengths: number[] = [];
    let rate = 0;
    for await (const {
      audio: { samples, sampleRate },
    } of audio) {
      lengths.push(samples.length);
      rate = sampleRate;
      void audio.stop();
    }
    const whole = Math.round(chunkSeconds * rate);
    expect(lengths.slice(0, -1)).toEqual(lengths.slice(0, -1).fill(whole));
    expect(lengths[0]).toBe(whole);
    expect(lengths.at(-1)).toBeGreaterThan(0);
    expect(lengths.at(-1)).toBeLessThan(whole);
    expect(await audio.next()).toEqual({ done: true, value: undefined });
  });

  it('rejects with the reason of the signal', async () => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(new Error('enough')), 300);
    await expect(listen(microphone({ signal: controller.signal }), 20)).rejects.toThrow('enough');
  });

  it('tells a device that was lost', async () => {
    const tracks = spyOnTracks();
    const audio = microphone();
    await audio.next();
    tracks[0]!.dispatchEvent(new Event('ended'));
    await expect(listen(audio, 20)).rejects.toMatchObject({
      code: 'AUDIO_UNAVAILABLE',
      message: expect.stringContaining('lost'),
    });
  });

  it.each([
    ['NotAllowedError', 'not allowed'],
    ['NotFoundError', 'no microphone'],
  ])('says what to do about a %s', async (name, message) => {
    vi.spyOn(navigator.mediaDevices, 'getUserMedia').mockRejectedValue(new DOMException('no', name));
    const failure: unknown = await microphone()
      .next()
      .catch((error: unknown) => error);
    expect(AsrError.isInstance(failure)).toBe(true);
    expect(failure).toMatchObject({ code: 'AUDIO_UNAVAILABLE', message: expect.stringContaining(message) });
  });

  it('names a worklet that is not there', async () => {
    await expect(listen(microphone({ workletUrl: '/none.js' }), 1)).rejects.toMatchObject({
      code: 'AUDIO_UNAVAILABLE',
      message: expect.stringContaining('/none.js'),
    });
    await expect(microphone({ chunkSeconds: 0 }).next()).rejects.toThrow(RangeError);
  });
});

/** Address of a worklet that hears nothing from one frame to another, counted from its first. */
function skippingWorklet(from: number, to: number): string {
  const source = `{
    const register = registerProcessor;
    const registerSkipping = (name, Processor) =>
      register(name, class extends Processor {
        process(inputs) {
          this.first ??= currentFrame;
          const frame = currentFrame - this.first;
          return super.process(frame >= ${from} && frame < ${to} ? [[]] : inputs);
        }
      });
    ((registerProcessor) => { ${WORKLET_SOURCE} })(registerSkipping);
  }`;
  return URL.createObjectURL(new Blob([source], { type: 'text/javascript' }));
}

describe('the times of chunks', () => {
  it('follow each other while nothing is missing, and count frames that the input does not give', async () => {
    const rate = 16_000;
    const context = new AudioContext({ sampleRate: rate });
    // Multiples of the 128 frames that come at a time.
    const workletUrl = skippingWorklet(12_800, 12_800 + 25_600);
    const audio = mediaStreamAudio(await playTone(context), { workletUrl, chunkSeconds: 0.1 });
    const jumps: number[] = [];
    let due: number | undefined;
    let heard = 0;
    for await (const { audio: chunk, time } of audio) {
      if (due !== undefined && time - due > 1e-6) jumps.push((time - due) * chunk.sampleRate);
      due ??= time;
      expect(time).toBeGreaterThan(due - 1e-6);
      due = time + chunk.samples.length / chunk.sampleRate;
      heard += chunk.samples.length / chunk.sampleRate;
      if (heard > 2) break;
    }
    await context.close();
    // Chromium leaves out some frames of its own at the start, and a machine that stands still for a second more.
    expect(Math.max(...jumps)).toBeGreaterThan(25_599);
  });

  it('go on while the audio clock stands still, as when the machine sleeps', async () => {
    const contexts: AudioContext[] = [];
    const { AudioContext: Original } = globalThis;
    vi.stubGlobal(
      'AudioContext',
      class extends Original {
        constructor(options?: AudioContextOptions) {
          super(options);
          contexts.push(this);
        }
      },
    );
    const audio = microphone({ constraints: plain });
    const first = (await audio.next()).value!;
    vi.unstubAllGlobals();
    const [context] = contexts as [AudioContext];
    // What is suspended is resumed by the capture; the sleep is longer than that.
    const resume = vi.spyOn(context, 'resume').mockResolvedValue(undefined);
    await context.suspend();
    const slept = performance.now();
    await new Promise((resolve) => setTimeout(resolve, 3000));
    resume.mockRestore();
    const seconds = (performance.now() - slept) / 1000;
    await context.resume();
    let heard = first.audio.samples.length / first.audio.sampleRate;
    let missing = 0;
    while (missing === 0) {
      const { audio: chunk, time } = (await audio.next()).value!;
      // Small stalls of a busy machine are no sleep.
      if (time - first.time - heard > seconds - 0.5) missing = time - first.time - heard;
      heard += chunk.samples.length / chunk.sampleRate;
    }
    await audio.return();
    expect(missing).toBeGreaterThan(seconds - 0.5);
  });
});

it('is written down by a model in a worker, with a gap where audio is missing', async () => {
  const asr = connectWorker(
    new Worker(new URL('../workers/asr.worker.ts', import.meta.url), { type: 'module' }),
  );
  const model = await asr.loadModel(whisperTinyEn);
  const rate = await rateOfMicrophone();
  const gap = [6, 9].map((seconds) => Math.round((seconds * rate) / 128) * 128) as [number, number];
  const audio = microphone({ constraints: plain, workletUrl: skippingWorklet(...gap) });
  const segments: Segment[] = [];
  const text = (): string => segments.map((segment) => segment.text).join(' ');
  // The recording is played over and over, and what of it is heard first is chance.
  const said = /country|fellow|american/i;
  for await (const event of model.stream(audio, { endpoint: { maxLength: 5 } })) {
    if (event.type !== 'segment') continue;
    segments.push(event.segment);
    if (said.test(text()) && event.segment.start > 8.9) void audio.stop();
  }
  expect(text()).toMatch(said);
  expect(segments.at(-1)!.start).toBeGreaterThan(8.9);
  for (const { start, end } of segments) expect(start > 8.9 || end < 6.1).toBe(true);
  await asr.dispose();
});

async function rateOfMicrophone(): Promise<number> {
  const audio = microphone({ constraints: plain });
  const { sampleRate } = (await audio.next()).value!.audio;
  await audio.return();
  return sampleRate;
}

/** Where samples of these chunks cross zero upwards, in samples. */
function crossingsOf(chunks: readonly Pcm[]): readonly number[] {
  const samples = chunks.flatMap((chunk) => [...(chunk.samples as Float32Array)]);
  const crossings: number[] = [];
  for (let i = 1; i < samples.length; i++) {
    const before = samples[i - 1]!;
    const after = samples[i]!;
    if (before < 0 && after >= 0) crossings.push(i - after / (after - before));
  }
  return crossings;
}

/**
 * Hz of a tone, by the median time between its upward crossings of zero: a busy machine leaves gaps in what Chromium
 * plays, and a gap spoils one period, where it lowers their number in a second by a tenth.
 */
function pitch(chunks: readonly Pcm[]): number {
  const crossings = crossingsOf(chunks);
  const periods = crossings.slice(1).map((crossing, i) => crossing - crossings[i]!);
  const median = periods.sort((a, b) => a - b)[periods.length >> 1]!;
  return chunks[0]!.sampleRate / median;
}

/** Reads until enough of a tone was heard to tell its pitch, however long the gaps in it are. */
async function hearTone(audio: LiveAudio): Promise<Pcm[]> {
  const chunks: Pcm[] = [];
  while (crossingsOf(chunks).length <= 200) {
    const { value } = await audio.next();
    if (value === undefined) throw new Error('the audio ended');
    chunks.push(value.audio);
  }
  return chunks;
}

/** {@link hearTone}, and lets go of the audio. */
async function listenForTone(audio: LiveAudio): Promise<Pcm[]> {
  try {
    return await hearTone(audio);
  } finally {
    await audio.return();
  }
}

/** A stream of 440 Hz, at the rate of the context. */
async function playTone(context: AudioContext): Promise<MediaStream> {
  const tone = new OscillatorNode(context, { frequency: 440 });
  const target = context.createMediaStreamDestination();
  tone.connect(target);
  tone.start();
  await context.resume();
  return target.stream;
}

it.each([8000, 16_000, 44_100, 96_000])(
  'states the rate of what it gives, from a stream of %i Hz',
  async (rate) => {
    const context = new AudioContext({ sampleRate: rate });
    const chunks = await listenForTone(mediaStreamAudio(await playTone(context)));
    await context.close();
    expect(new Set(chunks.map(({ sampleRate }) => sampleRate)).size).toBe(1);
    expect(pitch(chunks)).toBeGreaterThan(430);
    expect(pitch(chunks)).toBeLessThan(450);
  },
);

it('takes a MediaStream, whose tracks stay its own', async () => {
  const context = new AudioContext();
  const stream = await playTone(context);
  const chunks = await listenForTone(mediaStreamAudio(stream));
  // A sine's is a half; gaps take from it, but hardly from every chunk.
  expect(Math.max(...chunks.map((chunk) => energy([chunk])))).toBeGreaterThan(0.2);
  expect(stream.getAudioTracks()[0]!.readyState).toBe('live');
  await context.close();
});

/** Chromium's way to make a track of samples; the types of the DOM don't know it. */
const { MediaStreamTrackGenerator: TrackGenerator } = globalThis as unknown as {
  readonly MediaStreamTrackGenerator: new (init: { kind: 'audio' }) => MediaStreamTrack & {
    readonly writable: WritableStream<AudioData>;
  };
};

// As when a headset takes a call.
it('gives the same sound at the same rate when the device changes its own', async () => {
  const track = new TrackGenerator({ kind: 'audio' });
  const writer = track.writable.getWriter();
  let deviceRate = 48_000;
  let timestamp = 0;
  const playing = setInterval(() => {
    const data = new Float32Array(deviceRate / 50).map((_, i) =>
      Math.sin(2 * Math.PI * 440 * (timestamp / 1e6 + i / deviceRate)),
    );
    const format = { format: 'f32', sampleRate: deviceRate, numberOfChannels: 1 } as const;
    void writer.write(new AudioData({ ...format, numberOfFrames: data.length, timestamp, data }));
    timestamp += 20_000;
  }, 20);
  const audio = mediaStreamAudio(new MediaStream([track]));
  try {
    const heard = await hearTone(audio);
    for (deviceRate of [16_000, 44_100]) {
      // What is on its way is still of the rate before.
      await hearTone(audio);
      const chunks = await hearTone(audio);
      expect(pitch(chunks)).toBeGreaterThan(430);
      expect(pitch(chunks)).toBeLessThan(450);
      heard.push(...chunks);
    }
    expect(new Set(heard.map(({ sampleRate }) => sampleRate)).size).toBe(1);
  } finally {
    clearInterval(playing);
    await audio.return();
    track.stop();
  }
});
