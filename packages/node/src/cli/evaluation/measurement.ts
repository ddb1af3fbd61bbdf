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
import { resolveModel } from '../model-argument.js';
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
  /** How it decodes, for telling measurements apart; see {@link MeasureHooks.decode}. */
  readonly decoding?: unknown;
}

/** What all candidates are measured on. */
export interface MeasureTask extends Required<Pick<EvaluateOptions, 'noise' | 'seed' | 'detectLanguage'>> {
  readonly utterances: readonly Utterance[];
}

/** What was measured. Plain data. */
export interface Measurement {
  readonly info: ModelInfo;
  /** Bytes of the files in use, where they are known. */
  readonly size?: number;
  /** From the call of `loadModel` until the model can be used, with all files on this machine. */
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
  /** How the model decodes. Absent: its default. */
  readonly decode?: (model: SpeechModel) => NonNullable<EvaluateOptions['transcribe']>;
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
  const transcribe = hooks.decode?.(loaded) ?? {};
  const options: EvaluateOptions = { ...task, transcribe, ...(signal && { signal }) };
  const [first] = task.utterances;
  const start = performance.now();
  for await (const { error } of evaluateModel(loaded, first ? [first] : [], { ...options, noise: [] })) {
    if (error !== undefined) throw new Error(error);
  }
  const warmUpSeconds = (performance.now() - start) / 1000;
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
    ...(size !== undefined && { size }),
    loadSeconds,
    warmUpSeconds,
    peakMemory: await peakMemory(),
    results,
  };
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
