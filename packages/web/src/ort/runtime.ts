import type * as Ort from 'onnxruntime-web/wasm';
import { AsrError } from '@org/asr-core';
import type { ThreadChoice } from '@org/asr-core';
import { messageOf } from './messages.js';
import { RunQueue } from './run-queue.js';
import { chooseThreads, threadEnvironment } from './threads.js';

export type OrtModule = typeof Ort;
export type OrtTensorValue = Ort.Tensor;
export type OrtInferenceSession = Ort.InferenceSession;
export type OrtSessionOptions = Ort.InferenceSession.SessionOptions;

/**
 * Where the page finds ONNX Runtime's two files, `ort-wasm-simd-threaded.wasm` and `.mjs`: a folder (ending in `/`)
 * that holds both, or the address of either.
 */
export type WasmPaths = string | URL | { readonly wasm?: string | URL; readonly mjs?: string | URL };

/** What is settled for the whole page when ONNX Runtime is loaded. */
export interface RuntimeSettings {
  readonly wasmPaths?: WasmPaths | undefined;
  readonly threads?: number | undefined;
}

/** A build of onnxruntime-web. Each is imported by those who use it: bundlers give a page both if one place names both. */
export interface RuntimeBuild {
  readonly name: string;
  import(): Promise<OrtModule>;
}

/** WebAssembly alone, half the size of the build with WebGPU. The name is spelled out for bundlers. */
const WASM_BUILD: RuntimeBuild = { name: 'wasm', import: () => import('onnxruntime-web/wasm') };

/** ONNX Runtime as this page has it. */
export interface WebRuntime {
  readonly ort: OrtModule;
  /** `onnxruntime-web 1.30.0`. */
  readonly name: string;
  readonly threads: ThreadChoice;
  /** One for each wasm instance. */
  readonly queue: RunQueue;
}

interface Loading {
  readonly settings: RuntimeSettings;
  readonly runtime: Promise<WebRuntime>;
}

const loading = new Map<string, Loading>();

/**
 * Loads a build of ONNX Runtime once per page (or worker) and hands it to every backend.
 *
 * @throws AsrError `BACKEND_UNAVAILABLE` when it can't be loaded; `OPTION_UNSUPPORTED` for threads that the page
 *   can't have, or settings that contradict those it was loaded with.
 */
export async function loadRuntime(
  settings: RuntimeSettings,
  build: RuntimeBuild = WASM_BUILD,
): Promise<WebRuntime> {
  const present = loading.get(build.name);
  if (present) {
    assertSame(present.settings, settings);
    return present.runtime;
  }
  const threads = chooseThreads(settings.threads, threadEnvironment());
  const runtime = start(settings, threads, build);
  loading.set(build.name, { settings, runtime });
  try {
    return await runtime;
  } catch (error) {
    // Not kept: the next attempt may find the files.
    loading.delete(build.name);
    throw error;
  }
}

async function start(
  settings: RuntimeSettings,
  threads: ThreadChoice,
  build: RuntimeBuild,
): Promise<WebRuntime> {
  let ort: OrtModule;
  try {
    // On first use only: a static import would run ONNX Runtime's set-up in server-side renders, where it fails.
    ort = await build.import();
  } catch (cause) {
    throw new AsrError(
      'BACKEND_UNAVAILABLE',
      `onnxruntime-web could not be loaded: ${messageOf(cause)}. Check that your bundler or server delivers its files`,
      { cause },
    );
  }
  ort.env.wasm.numThreads = threads.threads;
  ort.env.logLevel = 'error';
  if (settings.wasmPaths !== undefined) ort.env.wasm.wasmPaths = ortPaths(settings.wasmPaths);
  return { ort, name: `onnxruntime-web ${ort.env.versions.common}`, threads, queue: new RunQueue() };
}

/** ONNX Runtime resolves these against its own module, so that a page-relative address must be made absolute. */
function ortPaths(paths: WasmPaths): string | { wasm?: string; mjs?: string } {
  const absolute = (path: string | URL): string => new URL(path, globalThis.location.href).href;
  if (typeof paths === 'string' || paths instanceof URL) {
    const folder = absolute(paths);
    if (!folder.endsWith('/'))
      throw new RangeError(`wasmPaths must be a folder that ends in "/", got ${folder}`);
    return folder;
  }
  return {
    ...(paths.wasm !== undefined && { wasm: absolute(paths.wasm) }),
    ...(paths.mjs !== undefined && { mjs: absolute(paths.mjs) }),
  };
}

/** Absent settings go along with whatever is there. */
function assertSame(first: RuntimeSettings, wanted: RuntimeSettings): void {
  for (const key of ['wasmPaths', 'threads'] as const) {
    const value = wanted[key];
    if (value === undefined || value === 0 || describe(value) === describe(first[key])) continue;
    throw new AsrError(
      'OPTION_UNSUPPORTED',
      `${key}: ${describe(value)} comes too late: ONNX Runtime's wasm is loaded once per page and was loaded with ` +
        `${key}: ${describe(first[key])}. Give every backend of the page the same`,
    );
  }
}

function describe(value: unknown): string {
  return JSON.stringify(value) ?? 'the default';
}
