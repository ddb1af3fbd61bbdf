import { checkLoadOptions } from './call-options.js';
import { AsrError } from './errors.js';
import type { ModelFiles, ModelSource } from './hub/model-files.js';
import type { InferenceBackend, SessionOptions } from './inference/backend.js';
import { checkSessionOptions } from './inference/check-options.js';
import { TrackedBackend } from './inference/tracked-backend.js';
import type { Detection, Family } from './models/family.js';
import type { Platform } from './platform.js';
import type { LoadOptions, SpeechModel } from './speech-model.js';

/** Loads a model from a source and says in `model.info` what it found. */
export type LoadModel = (source: ModelSource, options?: LoadOptions) => Promise<SpeechModel>;

/**
 * Binds `loadModel` to a platform and the families it may recognise.
 *
 * The function it returns rejects with `MODEL_NOT_FOUND`, `MODEL_UNSUPPORTED` (no family, or more than one, fits),
 * `MODEL_INVALID`, `BACKEND_UNAVAILABLE`, `BACKEND_FAILED`, or `signal.reason`; TypeError, RangeError for options that
 * don't exist or can't be.
 */
export function createLoadModel(platform: Platform, families: readonly Family[]): LoadModel {
  return async (source, options = {}) => {
    const { signal, onProgress, download } = options;
    checkLoadOptions(options);
    checkSessionOptions(options);
    signal?.throwIfAborted();
    const files = await platform.openModel(source, {
      ...(signal && { signal }),
      ...(onProgress && { onProgress }),
      ...(download && { download }),
    });
    const described = options.ctc;
    const family = described ? undefined : await detectFamily(files, families, signal);
    const inner = await openBackends(platform, options, family);
    const backends = inner.map(
      (one) =>
        new TrackedBackend(one, sessionDefaults(options), (file) => onProgress?.({ type: 'session', file })),
    );
    const release = async (): Promise<void> => {
      await disposeAll(backends);
      if (!options.backend) await disposeAll(inner);
    };
    try {
      const [backend, ...moreBackends] = backends;
      const context = { files, backend: backend!, moreBackends, release, platform, options };
      const model = await (described
        ? (await import('./models/ctc/described-model.js')).loadDescribedCtcModel(context, described)
        : family!.load(context));
      onProgress?.({ type: 'ready' });
      return model;
    } catch (error) {
      await release();
      throw error;
    }
  };
}

/**
 * Finds the one family that fits. Every family's answer goes into the message when none does, so that a wrong or
 * partial folder says what was looked for.
 */
export async function detectFamily(
  files: ModelFiles,
  families: readonly Family[],
  signal?: AbortSignal,
): Promise<Family> {
  return pickFamily(files, await askFamilies(files, families, signal), signal);
}

/** A family and what it says about a set of files. */
export interface FamilyAnswer {
  readonly family: Family;
  readonly detection: Detection;
}

/** Asks every family whether it recognises the files. */
export function askFamilies(
  files: ModelFiles,
  families: readonly Family[],
  signal?: AbortSignal,
): Promise<readonly FamilyAnswer[]> {
  return Promise.all(
    families.map(async (family) => ({ family, detection: await family.detect(files, signal) })),
  );
}

/** The one family that recognises the files. @throws AsrError as {@link detectFamily}. */
export async function pickFamily(
  files: ModelFiles,
  answers: readonly FamilyAnswer[],
  signal?: AbortSignal,
): Promise<Family> {
  const [match, ...others] = answers.filter(({ detection }) => detection.matches);
  const describe = (list: readonly FamilyAnswer[]): string =>
    list.map(({ family, detection }) => `${family.name}: ${detection.reason}`).join('; ');
  if (match && others.length === 0) return match.family;
  if (match) {
    throw new AsrError(
      'MODEL_UNSUPPORTED',
      `${files.origin} fits more than one model family (${describe([match, ...others])}). Keep the files of one model only.`,
    );
  }
  const names = await files.list(signal);
  if (names.length === 0) {
    throw new AsrError(
      'MODEL_NOT_FOUND',
      `${files.origin} holds no files, so no model can be loaded from it.`,
    );
  }
  const shown = names.slice(0, 12).join(', ') + (names.length > 12 ? `, … ${names.length} files` : '');
  throw new AsrError(
    'MODEL_UNSUPPORTED',
    `No model family recognises ${files.origin}. Looked for ${describe(answers)}. Found: ${shown}.`,
  );
}

/** The caller's backend, or those of the platform, as many as there are to be copies of the model. */
async function openBackends(
  platform: Platform,
  options: LoadOptions,
  family: Family | undefined,
): Promise<readonly InferenceBackend[]> {
  const { replicas = 1, backend, offThread } = options;
  if (replicas !== 1) return (await import('./replicas.js')).createReplicas(platform, options, family);
  return [backend ?? (await platform.createBackend(offThread === undefined ? {} : { offThread }))];
}

async function disposeAll(backends: readonly InferenceBackend[]): Promise<void> {
  await Promise.all(backends.map((backend) => backend.dispose()));
}

function sessionDefaults(options: LoadOptions): SessionOptions {
  const { provider, graphOptimization, signal, replicas = 1 } = options;
  // Copies that each take all cores would stand in each other's way.
  const { threads = replicas > 1 ? 1 : undefined } = options;
  return {
    ...(provider !== undefined && { provider }),
    ...(threads !== undefined && { threads }),
    ...(graphOptimization !== undefined && { graphOptimization }),
    ...(signal && { signal }),
  };
}
