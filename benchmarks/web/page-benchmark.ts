/** What a page of this benchmark offers as `globalThis.benchmark`. */
export interface PageBenchmark {
  /** Loads a model and gives the runtime's name. */
  load(options: LoadRequest): Promise<string>;
  /** Text of 16 kHz samples. */
  transcribe(samples: Float32Array, timestamps: boolean): Promise<string>;
  /** Milliseconds that each graph ran in the last transcription, by file name; where the page can tell. */
  spent?(): Record<string, number>;
}

export interface LoadRequest {
  /** Address of the model's folder, relative to the page. */
  readonly base: string;
  /** Its files that are used. */
  readonly files: readonly string[];
  readonly dtype: 'q8' | 'fp32';
  readonly threads: number;
  /** How much ours hears of audio shorter than 30 s, where its graphs take that. */
  readonly audioContext: 'full' | 'fit' | { readonly padding: number };
}
