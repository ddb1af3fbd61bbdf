import { AsrError } from '../../errors.js';
import type { ModelFiles } from '../../hub/model-files.js';
import type { InferenceBackend, InferenceSession, SessionOptions } from '../../inference/backend.js';
import type { Quantization } from '../../speech-model.js';
import { parseJsonObject } from '../../text/json-file.js';
import type { JsonObject } from '../../text/json-file.js';
import { chooseWhisperFiles } from './choose-files.js';
import type { WhisperFileChoice } from './choose-files.js';
import { WhisperConfig } from './config.js';
import type { WhisperLayoutName } from './file-sets.js';
import type { WhisperGraphs } from './graphs.js';
import type { LayoutContext, WhisperLayout } from './layouts/layout.js';
import { SessionWhisperGraphs } from './layouts/session-graphs.js';
import { readStatedPrecision } from './stated-precision.js';

/** Options of {@link openWhisperGraphs}. */
export interface OpenWhisperGraphsOptions extends Pick<
  SessionOptions,
  'provider' | 'threads' | 'graphOptimization'
> {
  /** Which precision to take; see {@link chooseWhisperFiles}. */
  readonly quantization?: Quantization;
  /** Aborts the loading. */
  readonly signal?: AbortSignal;
}

/** Opened graphs with what was chosen and what runs them. */
export interface OpenedWhisperGraphs extends WhisperGraphs {
  readonly layout: WhisperLayoutName;
  /** The files in use and why. */
  readonly files: WhisperFileChoice;
  /** The encoder's session and the decoder's, for `provider` and `fallbacks`. */
  readonly sessions: readonly InferenceSession[];
}

type OpenLayout = (context: LayoutContext) => Promise<WhisperLayout>;

/** Imported when a model has that layout: a page loads the code of one. */
const LAYOUTS: Readonly<Record<WhisperLayoutName, () => Promise<OpenLayout>>> = {
  fast: async () => (await import('./layouts/fast.js')).openFast,
  'huggingface-merged': async () => (await import('./layouts/huggingface-merged.js')).openHuggingFaceMerged,
  'huggingface-split': async () => (await import('./layouts/huggingface-split.js')).openHuggingFaceSplit,
  sherpa: async () => (await import('./layouts/sherpa.js')).openSherpa,
};

/**
 * Opens the encoder and decoder of a Whisper model, whatever its layout: the project's own (`encoder.onnx`,
 * `decoder.onnx`), Hugging Face's merged and split exports, sherpa-onnx's.
 *
 * Sizes are taken from the graphs and `config.json`.
 *
 * @throws AsrError `MODEL_UNSUPPORTED` when the files are no Whisper model of a known layout, `MODEL_NOT_FOUND`
 * when they lack the precision asked for, `MODEL_INVALID` when files are damaged or contradict each other, and
 * what the backend throws.
 */
export async function openWhisperGraphs(
  files: ModelFiles,
  backend: InferenceBackend,
  options: OpenWhisperGraphsOptions = {},
): Promise<OpenedWhisperGraphs> {
  const { quantization, signal, ...sessionOptions } = options;
  const names = await files.list(signal);
  const readJson = async (name: string): Promise<JsonObject | undefined> =>
    names.includes(name)
      ? parseJsonObject(await (await files.open(name, signal)).bytes(signal), name)
      : undefined;
  const [config, generation, stated] = await Promise.all([
    readJson('config.json'),
    readJson('generation_config.json'),
    readStatedPrecision(files, names, signal),
  ]);
  const choice = chooseWhisperFiles(names, config, quantization, stated);

  const opening: Promise<InferenceSession>[] = [];
  const load: LayoutContext['createSession'] = async (name, deviceOutputs, change) => {
    // What is loaded later is not under the signal of the loading, which may have ended since.
    const until = change ? undefined : signal;
    const [file, ...externalData] = await Promise.all(
      [name, ...(choice.externalData[name] ?? [])].map((one) => files.open(one, until)),
    );
    const graph = change ? change(file!) : file!;
    const common: SessionOptions = {
      ...sessionOptions,
      ...(externalData.length > 0 ? { externalData } : {}),
      ...(until ? { signal: until } : {}),
    };
    try {
      return await backend.createSession(graph, { ...common, deviceOutputs });
    } catch (error) {
      // The names come from sizes in config.json. Where the graph has other sizes, the layout's own check says so
      // better than a backend can, which only misses an output.
      if (!(AsrError.isInstance(error) && error.code === 'BACKEND_FAILED' && deviceOutputs.length > 0))
        throw error;
      return backend.createSession(graph, common);
    }
  };
  try {
    const open = await LAYOUTS[choice.layout]();
    const layout = await open({
      config: new WhisperConfig(config, generation),
      files: choice,
      createSession: (...graph) => {
        const session = load(...graph);
        opening.push(session);
        return session;
      },
    });
    return new OpenedGraphs(choice, layout);
  } catch (error) {
    // A session may still be on its way when another has failed.
    const settled = await Promise.allSettled(opening);
    for (const result of settled) if (result.status === 'fulfilled') await result.value.dispose();
    throw error;
  }
}

class OpenedGraphs extends SessionWhisperGraphs implements OpenedWhisperGraphs {
  declare readonly layout: WhisperLayoutName;
  readonly files: WhisperFileChoice;
  readonly sessions: readonly InferenceSession[];

  constructor(files: WhisperFileChoice, graphs: WhisperLayout) {
    super(files.layout, graphs);
    this.files = files;
    this.sessions = [...graphs.sessions];
  }
}
