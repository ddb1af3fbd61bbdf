import { readStream } from '../audio/audio-bytes.js';
import type { Pcm } from '../audio/pcm.js';
import { AsrError } from '../errors.js';
import type { MemorySource, ModelSource } from '../hub/model-files.js';
import type { MessageEndpoint } from '../inference/remote/protocol.js';
import { createLoadModel } from '../load-model.js';
import { createLoadVad } from '../load-vad.js';
import type { Family } from '../models/family.js';
import type { Platform } from '../platform.js';
import type { LoadOptions } from '../speech-model.js';
import { Channel, ROOT } from './channel.js';
import { offerModel } from './offer-model.js';
import { readOptions } from './offer-options.js';
import { offerVad } from './offer-vad.js';
import { packBytes, unpackAudio } from './remote-audio.js';
import { unpackValue } from './pack-value.js';

/**
 * Loads and runs models for a {@link connectModels} at the other end of `endpoint`. Call it once, in the worker's own
 * module, before anything is awaited.
 *
 * Audio that `platform` can't decode is decoded by the other side, if it offers that.
 */
export function serveModels(
  endpoint: MessageEndpoint,
  platform: Platform,
  families: readonly Family[],
): void {
  const helped: Platform = { ...platform, decodeAudio: (bytes, signal) => decode(bytes, signal) };
  const loadModel = createLoadModel(helped, families);
  const loadVad = createLoadVad(helped);
  const channel: Channel = new Channel(endpoint, {
    async loadModel(args, signal) {
      const model = await loadModel(...(await unpackLoad(channel, args, signal)));
      return { target: offerModel(channel, model), info: model.info };
    },
    async loadVad(args, signal) {
      const vad = await loadVad(...(await unpackLoad(channel, args, signal)));
      return { target: offerVad(channel, vad), info: vad.info };
    },
  });

  const decode: Platform['decodeAudio'] = async (bytes, signal = new AbortController().signal) => {
    try {
      return await platform.decodeAudio(bytes, signal);
    } catch (error) {
      if (!AsrError.isInstance(error) || error.code !== 'AUDIO_UNSUPPORTED') throw error;
      const packed = packBytes(channel, bytes);
      try {
        const wire = await channel.call(ROOT, 'decodeAudio', [packed.wire], { signal });
        return (await unpackAudio(channel, wire, signal)) as Pcm;
      } finally {
        packed.release();
      }
    }
  };
}

type LoadArguments = [source: ModelSource, options: LoadOptions];

async function unpackLoad(
  channel: Channel,
  [source, options, progress]: readonly unknown[],
  signal: AbortSignal,
): Promise<LoadArguments> {
  const memory = (source as { readonly memory?: readonly [string, unknown][] } | undefined)?.memory;
  const opened = memory ? await readFiles(channel, memory, signal) : unpackValue(channel, source);
  return [opened as ModelSource, readOptions(channel, options, progress, signal)];
}

async function readFiles(
  channel: Channel,
  memory: readonly (readonly [string, unknown])[],
  signal: AbortSignal,
): Promise<MemorySource> {
  const files: Record<string, Uint8Array | Blob> = {};
  for (const [name, wire] of memory) {
    const content = await unpackAudio(channel, wire, signal);
    files[name] =
      Symbol.asyncIterator in (content as object)
        ? await readStream(content as AsyncIterable<Uint8Array>, signal)
        : (content as Blob);
  }
  return { files };
}
