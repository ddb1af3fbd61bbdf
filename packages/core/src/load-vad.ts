import { AsrError } from './errors.js';
import type { ModelFiles, ModelSource } from './hub/model-files.js';
import { TrackedBackend } from './inference/tracked-backend.js';
import type { Platform } from './platform.js';
import type { LoadOptions } from './speech-model.js';
import { openSileroGraph } from './vad/silero-graph.js';
import { SileroVad } from './vad/silero-vad.js';
import type { Vad } from './vad/vad.js';

/** Options of `loadVad`: those of `loadModel` but for the precision, of which there is one. */
export type LoadVadOptions = Omit<LoadOptions, 'quantization'>;

/** Loads a voice activity detector from a source. */
export type LoadVad = (source: ModelSource, options?: LoadVadOptions) => Promise<Vad>;

/**
 * Binds `loadVad` to a platform.
 *
 * The function it returns rejects with `MODEL_NOT_FOUND`, `MODEL_UNSUPPORTED` (no graph of Silero VAD 5 or 6),
 * `MODEL_INVALID`, `BACKEND_UNAVAILABLE`, `BACKEND_FAILED`, or `signal.reason`.
 */
export function createLoadVad(platform: Platform): LoadVad {
  return async (source, options = {}) => {
    const { signal, onProgress, download, provider, graphOptimization, threads = 1 } = options;
    signal?.throwIfAborted();
    const files = await platform.openModel(source, {
      ...(signal && { signal }),
      ...(onProgress && { onProgress }),
      ...(download && { download }),
    });
    const file = await files.open(await chooseGraph(files, signal), signal);
    const inner =
      options.backend ??
      (await platform.createBackend(options.offThread === undefined ? {} : { offThread: options.offThread }));
    const defaults = {
      ...(provider !== undefined && { provider }),
      ...(graphOptimization !== undefined && { graphOptimization }),
      ...(signal && { signal }),
      // The graph is so small that a second thread costs more than it does.
      threads,
    };
    const backend = new TrackedBackend(inner, defaults, (name) =>
      onProgress?.({ type: 'session', file: name }),
    );
    const release = async (): Promise<void> => {
      await backend.dispose();
      if (!options.backend) await inner.dispose();
    };
    try {
      const graph = await openSileroGraph(backend, file);
      const { provider: used, fallbacks } = graph.session;
      const vad = new SileroVad({
        info: {
          family: 'silero',
          layout: graph.layout,
          origin: files.origin,
          file: file.name,
          backend: inner.name,
          provider: used,
          fallbacks,
        },
        graph,
        audio: platform,
        release,
      });
      onProgress?.({ type: 'ready' });
      return vad;
    } catch (error) {
      await release();
      throw error;
    }
  };
}

/** Silero's releases hold the same weights as several graphs; the first of these that is there is the fastest. */
const PREFERENCE = ['silero_vad_16k_sequence.onnx', 'silero_vad_16k_op15.onnx', 'silero_vad.onnx'];

async function chooseGraph(files: ModelFiles, signal: AbortSignal | undefined): Promise<string> {
  const graphs = (await files.list(signal)).filter((name) => name.endsWith('.onnx'));
  const [only] = graphs;
  if (only === undefined) {
    throw new AsrError(
      'MODEL_NOT_FOUND',
      `${files.origin} holds no .onnx file, so no Silero VAD graph either.`,
    );
  }
  if (graphs.length === 1) return only;
  for (const wanted of PREFERENCE) {
    const found = graphs.find((name) => name === wanted || name.endsWith(`/${wanted}`));
    if (found !== undefined) return found;
  }
  throw new AsrError(
    'MODEL_UNSUPPORTED',
    `${files.origin} holds several graphs (${graphs.slice(0, 12).join(', ')}), none of them named ` +
      `${PREFERENCE.join(' or ')}. Keep the Silero VAD graph only.`,
  );
}
