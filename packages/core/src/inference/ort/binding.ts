import type { TensorData, TensorType } from '../tensor.js';

/** What the tensors of ONNX Runtime's JavaScript packages say of themselves. */
export interface OrtValue {
  readonly type: string;
  readonly dims: readonly number[];
}

/** Name, type and shape of an input or output, as the packages give it. */
export type OrtValueMetadata =
  | { readonly name: string; readonly isTensor: false }
  | {
      readonly name: string;
      readonly isTensor: true;
      readonly type: string;
      readonly shape: readonly (number | string)[];
    };

/** What the sessions of the packages have in common. */
export interface OrtSessionHandle<V extends OrtValue> {
  readonly outputNames: readonly string[];
  readonly inputMetadata: readonly OrtValueMetadata[];
  readonly outputMetadata: readonly OrtValueMetadata[];
  /** Runs the graph for the outputs named. */
  run(feeds: Readonly<Record<string, V>>, fetches: readonly string[]): Promise<Readonly<Record<string, V>>>;
  /** Frees the session in the runtime. */
  release(): Promise<void>;
}

/**
 * What differs between ONNX Runtime's packages: how their tensors are made, read and freed, and when the runtime may be
 * entered. One for every runtime of a backend.
 */
export interface OrtBinding<V extends OrtValue> {
  /** Output tensors handed out and not disposed yet. */
  liveTensors: number;
  /** Wraps elements, half floats as raw bits. Throws for elements that don't fit type and dims. */
  create(type: TensorType, data: TensorData, dims: number[]): V;
  /** What to keep of an output so that it can be read and fed again. */
  adopt(output: V): V;
  /** Where the elements of a value lie. */
  location(value: V): 'cpu' | 'device';
  /** The elements of a value whose location is `cpu`. */
  data(value: V): TensorData;
  /** The elements of a value on a device, fetched. */
  read(value: V): Promise<TensorData>;
  /**
   * Called once, when no run uses the value any more.
   *
   * @param isRead Whether somebody may still hold the array that `data` gave.
   */
  free(value: V, isRead: boolean): void;
  /** Runs a job when the runtime may be entered. */
  enter<T>(job: () => Promise<T>): Promise<T>;
  /** What a value says that the runtime has thrown. */
  messageOf(error: unknown): string;
}
