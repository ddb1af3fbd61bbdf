import { AsrError, CaptureClock } from '@org/asr-core';
import type { Pcm, TimedChunk } from '@org/asr-core';
import { PROCESSOR, WORKLET_SOURCE } from './worklet-source.js';
import type { CapturedChunk } from './worklet-source.js';

/** How audio is taken from a `MediaStream`. */
export interface CaptureOptions {
  /**
   * Address of the package's `microphone-worklet.js` (`@org/asr-web/microphone-worklet`), for pages whose
   * Content-Security-Policy forbids scripts from `blob:`. Default: a Blob.
   */
  readonly workletUrl?: string | URL;
  /** Length of the chunks in seconds, 0.01 to 10. Default 0.1: live text comes no sooner from shorter ones. */
  readonly chunkSeconds?: number;
}

/** What a capture tells. */
export interface CaptureListener {
  onChunk(chunk: TimedChunk<Pcm>): void;
  /** No more comes. */
  onEnd(): void;
}

/** Samples of a `MediaStream`, taken on the audio thread. */
export class Capture {
  readonly #context: AudioContext;
  readonly #node: AudioWorkletNode;

  /** @throws AsrError `AUDIO_UNAVAILABLE` when the worklet can't be loaded. */
  static async start(
    stream: MediaStream,
    { workletUrl, chunkSeconds = 0.1 }: CaptureOptions,
    listener: CaptureListener,
  ): Promise<Capture> {
    const context = createContext(stream);
    try {
      await loadWorklet(context, workletUrl);
      const chunkLength = Math.max(128, Math.round(chunkSeconds * context.sampleRate));
      const node = new AudioWorkletNode(context, PROCESSOR, {
        numberOfOutputs: 0,
        processorOptions: { chunkLength },
      });
      context.createMediaStreamSource(stream).connect(node);
      await waitUntilRunning(context);
      return new Capture(context, node, listener);
    } catch (error) {
      await context.close();
      throw error;
    }
  }

  private constructor(context: AudioContext, node: AudioWorkletNode, listener: CaptureListener) {
    this.#context = context;
    this.#node = node;
    const { sampleRate } = context;
    const clock = new CaptureClock(sampleRate);
    node.port.addEventListener('message', ({ data }: MessageEvent<CapturedChunk | null>) => {
      if (!data) return listener.onEnd();
      listener.onChunk({ audio: { samples: data.samples, sampleRate }, time: clock.timeOf(data) });
    });
    node.port.start();
    // Phones interrupt audio for calls; it goes on by itself only where that is asked for.
    context.addEventListener('statechange', () => {
      if (context.state !== 'running' && context.state !== 'closed') void context.resume().catch(() => {});
    });
  }

  /** Hands over what is left of a chunk, after which `onEnd` is told. */
  finish(): void {
    this.#node.port.postMessage('finish', []);
  }

  async close(): Promise<void> {
    this.#node.disconnect();
    if (this.#context.state !== 'closed') await this.#context.close();
  }
}

/** At the device's own rate where it is told: Firefox connects no stream of another, and core resamples better. */
function createContext(stream: MediaStream): AudioContext {
  const { sampleRate } = stream.getAudioTracks()[0]?.getSettings() ?? {};
  return new AudioContext({ latencyHint: 'interactive', ...(sampleRate !== undefined && { sampleRate }) });
}

/** Seconds until a context that doesn't run is given up. */
const PATIENCE = 10;

/** Browsers keep audio suspended, and `resume()` pending, until the user has done something on the page. */
async function waitUntilRunning(context: AudioContext): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const tired = new Promise<never>((_, reject) => {
    const message = 'the browser keeps audio suspended; start the microphone from a click or a key press';
    timer = setTimeout(() => reject(new AsrError('AUDIO_UNAVAILABLE', message)), PATIENCE * 1000);
  });
  try {
    await Promise.race([context.resume(), tired]);
  } finally {
    clearTimeout(timer);
  }
}

async function loadWorklet(context: AudioContext, workletUrl: string | URL | undefined): Promise<void> {
  const inline =
    workletUrl === undefined
      ? URL.createObjectURL(new Blob([WORKLET_SOURCE], { type: 'text/javascript' }))
      : undefined;
  try {
    await context.audioWorklet.addModule(inline ?? String(workletUrl));
  } catch (cause) {
    throw new AsrError(
      'AUDIO_UNAVAILABLE',
      inline === undefined
        ? `the microphone's worklet could not be loaded from ${String(workletUrl)}; check that it is served as JavaScript`
        : "the microphone's worklet was not allowed: the Content-Security-Policy forbids scripts from blob:. Serve " +
            "the package's microphone-worklet.js and pass its address as workletUrl",
      { cause },
    );
  } finally {
    if (inline !== undefined) URL.revokeObjectURL(inline);
  }
}
