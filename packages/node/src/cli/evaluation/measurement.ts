import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { evaluateModel, inspectModel, loadModel } from '@org/asr-node';
import type {
  EvaluateOptions,
  LoadOptions,
  ModelInfo,
  ModelSource,
  RecognizedUtterance,
  SpeechModel,
  Utterance,
} from '@org/asr-node';
import { transcribeOptionsFor } from '../decoding-options.js';
import { resolveModel } from '../model-argument.js';
import { loadSearchResources, type SearchFlags } from '../search-options.js';
import { peakMemory } from './peak-memory.js';

/** A model and how it runs, as data that another process can be sent. */
export interface CandidateSpec {
  /** What it is called in results: model, precision and provider where they were asked for. */
  readonly name: string;
  /** As the command line has it; see `resolveModel`. */
  readonly model: string;
  /** Folder that relative paths start at. */
  readonly cwd: string;
  readonly load: Pick<LoadOptions, 'quantization' | 'provider' | 'threads' | 'download'>;
  /** How it decodes and what it looks for speech with; empty: its defaults. */
  readonly search: SearchFlags;
}

/** What all candidates are measured on. */
export interface MeasureTask extends Required<Pick<EvaluateOptions, 'noise' | 'seed' | 'detectLanguage'>> {
  readonly utterances: readonly Utterance[];
}

/** What was measured. Plain data. */
export interface Measurement {
  readonly info: ModelInfo;
  /** Bytes of the files in use, language models included, where they are known. */
  readonly size?: number;
  /** Until the model can be used, with its language models and detector, when all files are on this machine. */
  readonly loadSeconds: number;
  /** The first utterance, recognised once more before anything is timed. */
  readonly warmUpSeconds: number;
  /** Most resident memory of the process, in bytes. */
  readonly peakMemory: number;
  readonly results: readonly RecognizedUtterance[];
}

/** What {@link measureCandidate} is told and tells. */
export interface MeasureHooks {
  readonly signal?: AbortSignal;
  readonly onDownload?: LoadOptions['onProgress'];
  /** Recordings recognised so far, under all conditions. */
  readonly onProgress?: (done: number) => void;
}

/**
 * Loads a model and has it recognise a set. Memory is that of the whole process, so each candidate should have one.
 */
export async function measureCandidate(
  spec: CandidateSpec,
  task: MeasureTask,
  hooks: MeasureHooks = {},
): Promise<Measurement> {
  const { signal, onProgress } = hooks;
  const source = await resolveModel(spec.model, spec.cwd);
  const { model, loadSeconds } = await timedLoad(source, spec, hooks);
  await using loaded = model;
  const context = { cwd: spec.cwd, download: spec.load.download, signal };
  // What a detector has to fetch doesn't count, as with the model.
  const { vadModel } = spec.search;
  if (vadModel !== undefined) {
    await using _ = await loadSearchResources({ vadModel }, context);
  }
  const start = performance.now();
  await using resources = await loadSearchResources(spec.search, context);
  const searchSeconds = (performance.now() - start) / 1000;
  const transcribe = transcribeOptionsFor(loaded, spec.search, resources);
  const options: EvaluateOptions = { ...task, transcribe, ...(signal && { signal }) };
  const [first] = task.utterances;
  const warmUp = performance.now();
  for await (const { error } of evaluateModel(loaded, first ? [first] : [], { ...options, noise: [] })) {
    if (error !== undefined) throw new Error(error);
  }
  const warmUpSeconds = (performance.now() - warmUp) / 1000;
  const results: RecognizedUtterance[] = [];
  for await (const result of evaluateModel(loaded, task.utterances, options)) {
    results.push(result);
    onProgress?.(results.length);
  }
  const { quantization, download } = spec.load;
  const { size } = await inspectModel(source, {
    ...(quantization && { quantization }),
    ...(download && { download }),
    ...(signal && { signal }),
  });
  return {
    info: loaded.info,
    ...(size !== undefined && { size: size + (await sizeOf(spec)) }),
    loadSeconds: loadSeconds + searchSeconds,
    warmUpSeconds,
    peakMemory: await peakMemory(),
    results,
  };
}

/** Bytes of the language models that a candidate decodes with. */
async function sizeOf({ search, cwd }: CandidateSpec): Promise<number> {
  const sizes = (search.lm ?? []).map(async (path) => (await stat(resolve(cwd, path))).size);
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}

/** Loads again what had to be fetched: a network is no property of a model. */
export async function timedLoad(
  source: ModelSource,
  { load }: Pick<CandidateSpec, 'load'>,
  { signal, onDownload }: MeasureHooks,
): Promise<{ readonly model: SpeechModel; readonly loadSeconds: number }> {
  for (;;) {
    let isFetched = false;
    const start = performance.now();
    const model = await loadModel(source, {
      ...load,
      ...(signal && { signal }),
      onProgress: (progress) => {
        isFetched ||= progress.type === 'download';
        onDownload?.(progress);
      },
    });
    if (!isFetched) return { model, loadSeconds: (performance.now() - start) / 1000 };
    await model.dispose();
  }
}
