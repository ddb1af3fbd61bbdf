import type * as Ort from 'onnxruntime-node';
import { AsrError } from '@org/asr-core';

export type OrtModule = typeof Ort;
export type OrtTensorValue = Ort.Tensor;
export type OrtInferenceSession = Ort.InferenceSession;
export type OrtSessionOptions = Ort.InferenceSession.SessionOptions;

/**
 * Imports onnxruntime-node on first use. Everything that touches ONNX Runtime goes through this one module
 * object: the ESM `onnxruntime-common` has another `Tensor` class, which the native binding refuses.
 *
 * @throws AsrError `BACKEND_UNAVAILABLE`
 */
export async function loadRuntime(): Promise<OrtModule> {
  try {
    return await import('onnxruntime-node');
  } catch (cause) {
    throw new AsrError(
      'BACKEND_UNAVAILABLE',
      `onnxruntime-node could not be loaded on ${process.platform}/${process.arch} with Node ${process.version}: ` +
        `${messageOf(cause)}. It ships binaries for Linux and Windows on x64 and arm64 and for macOS on arm64`,
      { cause },
    );
  }
}

/** Name and version, as in `InferenceBackend.name`. */
export function runtimeName(ort: OrtModule): string {
  return `onnxruntime-node ${ort.env.versions.node ?? ort.env.versions.common}`;
}

export function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).trim();
}
