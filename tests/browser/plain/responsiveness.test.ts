import whisperTinyEn from '@org/asr-model-whisper-tiny-en';
import { mixdown, readWav } from '@org/asr-core';
import type { Pcm, SpeechModel, StreamEvent } from '@org/asr-core';
import { loadModel } from '@org/asr-web';
import { connectWorker } from '@org/asr-web/worker';
import { expect, it } from 'vitest';
import { longestTask } from './task-times.js';

const jfk = new URL('../../fixtures/audio/jfk.wav', import.meta.url);

/** From where people feel that a page doesn't answer. Milliseconds. */
const STALL = 50;

/** A recording as a microphone gives it: 100 ms every 100 ms. */
async function* live(recording: URL): AsyncGenerator<Pcm> {
  const samples = mixdown(readWav(new Uint8Array(await (await fetch(recording)).arrayBuffer())));
  const started = performance.now();
  for (let at = 0; at < samples.length; at += 1600) {
    const due = started + at / 16;
    await new Promise((resolve) => setTimeout(resolve, due - performance.now()));
    yield { samples: samples.subarray(at, at + 1600), sampleRate: 16_000 };
  }
}

it('leaves the page responsive while a worker loads, transcribes and listens', async () => {
  await using asr = connectWorker(
    new Worker(new URL('../workers/asr.worker.ts', import.meta.url), { type: 'module' }),
  );
  let model: SpeechModel | undefined;
  const loading = await longestTask(async () => {
    model = await asr.loadModel(whisperTinyEn);
  });
  const transcribing = await longestTask(() => model!.transcribe(jfk));
  const events: StreamEvent[] = [];
  const listening = await longestTask(async () => {
    for await (const event of model!.stream(live(jfk), { timestamps: 'word' })) events.push(event);
  });
  expect(events.map(({ type }) => type)).toEqual(expect.arrayContaining(['partial', 'segment', 'end']));
  await using onPage = await loadModel(whisperTinyEn);
  const blocked = await longestTask(() => onPage.transcribe(jfk));
  console.log(
    `longest tasks of the page, ms of its processor time: ${loading} loading, ${transcribing} transcribing, ${listening} listening; ` +
      `${blocked} without a worker`,
  );
  expect(Math.max(loading, transcribing, listening)).toBeLessThan(STALL);
  // That the measure finds what blocks a page: the encoder alone takes far longer.
  expect(blocked).toBeGreaterThan(4 * STALL);
});
