import { AsrError, prepareAudio } from '@org/asr-core';
import type { Pcm } from '@org/asr-core';
import { mediaStreamAudio, microphone } from '@org/asr-web';
import type { LiveAudio } from '@org/asr-web';
import { afterEach, describe, expect, it, vi } from 'vitest';

// Chromium plays jfk.wav into its fake microphone, over and over; see the project in vitest.config.ts.

afterEach(() => vi.restoreAllMocks());

async function listen(audio: AsyncIterable<Pcm>, seconds: number): Promise<Pcm[]> {
  const chunks: Pcm[] = [];
  let heard = 0;
  for await (const chunk of audio) {
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
    for await (const { samples, sampleRate } of audio) {
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
    chunks.push(value);
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
