import { alignCtc } from '@org/asr-core';
import sileroVad from '@org/asr-model-silero-vad';
import whisperTinyEn from '@org/asr-model-whisper-tiny-en';
import { createNodeBackend } from '@org/asr-node';
import type { LoadModel, PackagedModel } from '@org/asr-node';
import { createWebBackend, loadModel } from '@org/asr-web';
import type { WebBackendOptions } from '@org/asr-web';

// Types of the packages agree with each other: a model fits either runtime's loader, and their contracts are the same.
const models: readonly PackagedModel[] = [whisperTinyEn, sileroVad];
const load: LoadModel = loadModel;
const options: WebBackendOptions = { threads: 1 };
// @ts-expect-error: a string is no number of threads; without types it would be let through.
const wrong: WebBackendOptions = { threads: 'many' };
void [models, load, options, wrong];

console.log(
  JSON.stringify({
    '@org/asr-core': typeof alignCtc,
    '@org/asr-node': typeof createNodeBackend,
    '@org/asr-web': typeof createWebBackend,
    '@org/asr-model-whisper-tiny-en': whisperTinyEn.name,
    '@org/asr-model-silero-vad': sileroVad.name,
  }),
);
