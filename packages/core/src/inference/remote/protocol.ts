import { AsrError } from '../../errors.js';
import type { AsrErrorCode } from '../../errors.js';
import type { ModelFile } from '../../hub/model-files.js';
import type { ExecutionProvider, ProviderFallback, SessionOptions, TensorInfo } from '../backend.js';
import { copyElements } from '../tensor.js';
import type { TensorData, TensorType } from '../tensor.js';

/**
 * One end of a channel between two threads: a Web Worker, a `worker_threads` Worker, a `MessagePort`. Messages are
 * structured clones and arrive in order.
 */
export interface MessageEndpoint {
  /**
   * Sends one message to the other end.
   *
   * @param message Anything the structured clone algorithm takes.
   * @param transfer Buffers to move instead of copy, where the runtime can.
   */
  post(message: unknown, transfer: readonly ArrayBuffer[]): void;
  /** Sets the one listener. */
  listen(listener: (message: unknown) => void): void;
}

/** What the caller's side asks for. All but `release` are answered by a {@link Reply} with the same `id`. */
export type Request =
  | { readonly type: 'hello'; readonly id: number }
  | {
      readonly type: 'create';
      readonly id: number;
      readonly model: WireFile;
      readonly externalData: readonly WireFile[];
      readonly options: Omit<SessionOptions, 'signal' | 'externalData'>;
    }
  | {
      readonly type: 'run';
      readonly id: number;
      readonly session: number;
      readonly feeds: readonly (readonly [string, WireTensor])[];
      readonly fetches: readonly string[] | undefined;
    }
  | { readonly type: 'read'; readonly id: number; readonly handle: number }
  | { readonly type: 'close'; readonly id: number; readonly session: number }
  | { readonly type: 'dispose'; readonly id: number }
  | { readonly type: 'release'; readonly handles: readonly number[] };

/** Answers by request. */
export interface Replies {
  readonly hello: { readonly name: string };
  readonly create: {
    readonly session: number;
    readonly inputs: readonly TensorInfo[];
    readonly outputs: readonly TensorInfo[];
    readonly provider: ExecutionProvider;
    readonly fallbacks: readonly ProviderFallback[];
  };
  readonly run: { readonly outputs: readonly (readonly [string, WireTensor])[] };
  readonly read: { readonly data: TensorData };
  readonly close: undefined;
  readonly dispose: undefined;
}

export type Reply =
  | { readonly id: number; readonly value: Replies[keyof Replies] }
  | { readonly id: number; readonly error: WireError };

/** A tensor by value, or one that stays in the other thread. */
export type WireTensor =
  | { readonly type: TensorType; readonly dims: readonly number[]; readonly data: TensorData }
  | { readonly type: TensorType; readonly dims: readonly number[]; readonly handle: number };

/** A model file by path, where there is one, or by content. */
export interface WireFile {
  readonly name: string;
  readonly path?: string;
  readonly content?: Uint8Array;
}

/** `code` is there for an `AsrError`; the platform's own error classes survive a structured clone by themselves. */
export interface WireError {
  readonly code?: AsrErrorCode;
  readonly message: string;
  readonly cause: unknown;
}

/** The buffer to move with an array; the array must fill it (see {@link compact}). */
export function bufferOf(data: ArrayBufferView): ArrayBuffer {
  return data.buffer as ArrayBuffer;
}

/** `data`, or a copy if it is a part of a larger buffer (cloning a view clones the whole buffer) or shared. */
export function compact<T extends TensorData>(data: T): T {
  const whole = data.byteLength === data.buffer.byteLength && data.buffer instanceof ArrayBuffer;
  return whole ? data : copyElements(data);
}

export async function packFile(file: ModelFile, signal: AbortSignal | undefined): Promise<WireFile> {
  if (file.path !== undefined) return { name: file.name, path: file.path };
  // A copy, because it is moved to the other thread and the source may hand the same bytes out again.
  return { name: file.name, content: copyElements(await file.bytes(signal)) };
}

export function packError(error: unknown): WireError {
  if (!AsrError.isInstance(error)) {
    const message = error instanceof Error ? error.message : String(error);
    return { message, cause: cloneable(error) };
  }
  return { code: error.code, message: error.message, cause: cloneable(error.cause) };
}

export function unpackError({ code, message, cause }: WireError): unknown {
  if (code !== undefined) return new AsrError(code, message, cause === undefined ? undefined : { cause });
  return cause instanceof Error ? cause : new AsrError('BACKEND_FAILED', message, { cause });
}

function cloneable(value: unknown): unknown {
  try {
    return structuredClone(value);
  } catch {
    return String(value);
  }
}
