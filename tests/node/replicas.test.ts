/** Copies of the packaged Whisper that share the work. */
import sileroVad from '@org/asr-model-silero-vad';
import whisperTinyEn from '@org/asr-model-whisper-tiny-en';
import { createNodeBackend, loadModel, loadVad, mixdown, readWav } from '@org/asr-node';
import type { LoadOptions, Pcm, TranscribeProgress } from '@org/asr-node';
import { repositoryFile } from '@org/asr-testkit';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const RATE = 16_000;
const jfk = mixdown(readWav(new Uint8Array(readFileSync(repositoryFile('tests/fixtures/audio/jfk.wav')))));

/** JFK's sentence some times with three seconds between: several windows behind the detector. */
function repeated(times: number): Pcm {
  const step = jfk.length + 3 * RATE;
  const samples = new Float32Array(times * step);
  for (let i = 0; i < times; i++) samples.set(jfk, i * step);
  return { samples, sampleRate: RATE };
}

describe('replicas', () => {
  it('give the transcript that one model gives, and segments in order', async () => {
    const audio = repeated(5);
    await using vad = await loadVad(sileroVad, { offThread: false });
    await using one = await loadModel(whisperTinyEn, { threads: 1 });
    await using two = await loadModel(whisperTinyEn, { replicas: 2 });
    const options = { vad, timestamps: 'word' } as const;
    const expected = await one.transcribe(audio, options);
    expect(expected.text.match(/fellow Americans/gu)).toHaveLength(5);
    const progress: TranscribeProgress[] = [];
    const found = await two.transcribe(audio, { ...options, onProgress: (done) => progress.push(done) });
    expect(found).toEqual(expected);
    const seconds = progress.map((done) => done.seconds);
    expect(seconds.length).toBeGreaterThan(2);
    expect(seconds).toEqual(seconds.toSorted((a, b) => a - b));
    expect(seconds.at(-1)).toBe(expected.duration);
  });

  it('serve calls that are under way at once, and end when left', async () => {
    await using model = await loadModel(whisperTinyEn, { replicas: 2 });
    const audio = { samples: jfk, sampleRate: RATE };
    const transcripts = await Promise.all([1, 2, 3].map(() => model.transcribe(audio)));
    expect(new Set(transcripts.map(({ text }) => text)).size).toBe(1);
    for await (const segment of model.segments(repeated(2))) {
      expect(segment.text).toContain('fellow Americans');
      break;
    }
  });

  it('are refused where they would be ignored', async () => {
    await using backend = await createNodeBackend();
    const refused = (options: LoadOptions) => loadModel(whisperTinyEn, { replicas: 2, ...options });
    await expect(refused({ backend })).rejects.toMatchObject({ code: 'OPTION_UNSUPPORTED' });
    await expect(refused({ offThread: false })).rejects.toMatchObject({ code: 'OPTION_UNSUPPORTED' });
    const digits = { path: repositoryFile('tests/fixtures/digits-wav2vec2-ctc') };
    await expect(loadModel(digits, { replicas: 2 })).rejects.toThrow(/model has no copies/u);
    for (const replicas of [0, 1.5, 17, Number.NaN]) {
      await expect(refused({ replicas })).rejects.toThrow(RangeError);
    }
  });
});
