import type { ByteLevel } from '../../decoding/ctc/label-bytes.js';
import type { CtcOutputKind } from '../../decoding/ctc/log-probs.js';
import type { FrontEndConfig } from '../../features/front-end-config.js';

/**
 * A CTC model of one's own, described: what its graph takes and gives. For `loadModel(source, { ctc: config })`; the
 * families that the SDK knows fill in the same description from the files of the model.
 *
 * Features are counted in rows: a row is one frame of a spectral front end, and one sample of a waveform.
 */
export interface CtcModelConfig {
  /** File name of the graph in the source. Default: the only graph there is, in the precision asked for. */
  readonly graph?: string;
  /** From samples to features; take a preset (`wavePreset()`, `kaldiFbankPreset()`, `nemoPreset()`…) and change what differs. */
  readonly frontEnd: FrontEndConfig;
  /** How the features are fed. */
  readonly input: CtcInput;
  /** What the graph gives, and at which rate. */
  readonly output: CtcOutput;
  /** Text of the labels. */
  readonly vocabulary: CtcLabels;
  /** How audio of any length is fed. Default `{ type: 'whole' }`. */
  readonly execution?: CtcExecution;
}

/** Names and shapes of what a CTC graph is fed. */
export interface CtcInput {
  /** Name of the graph's input for features. */
  readonly name: string;
  /**
   * Its shape for one utterance. `rows` and `bins` are the features' sizes, in either order; numbers are fixed. A
   * waveform is `[1, 'rows']`, NeMo's mel is `[1, 'bins', 'rows']`, DeepSpeech's stacked MFCC is `[1, 'rows', 19, 26]`.
   */
  readonly shape: readonly (number | 'rows' | 'bins')[];
  /** Input that tells the graph how much of the features counts. */
  readonly lengths?: {
    /** Its name in the graph. */
    readonly name: string;
    /** Number of rows, or their share of the tensor (SpeechBrain's `wav_lens`: 1). */
    readonly unit: 'rows' | 'relative';
  };
  /** Shorter audio is filled up with silence to this many seconds, because the graph fails on less. Default 0. */
  readonly minimumSeconds?: number;
}

/** Name, kind and rate of what a CTC graph gives. */
export interface CtcOutput {
  /** Name of the graph's output, frames × labels. */
  readonly name: string;
  /** What its numbers are. */
  readonly kind: CtcOutputKind;
  /** Rows of features per frame of output: 320 for wav2vec2, 4 for most conformers. It gives the times. */
  readonly stride: number;
  /** Output with the number of frames that count. Default: all do. */
  readonly lengths?: string;
}

/** What the columns of the output stand for. */
export interface CtcLabels {
  /** Text of every label in order, as {@link createCtcVocabulary} reads them. */
  readonly labels: readonly string[];
  /** Index of the blank. Default: found by its name (`<pad>`, `<blk>`, `<blank>`, …). */
  readonly blank?: number;
  /** Label between words. Default `|`, a space or `▁`. */
  readonly wordDelimiter?: string;
  /** Whether labels are byte-level BPE, and whose. Default: as {@link createCtcVocabulary} finds. */
  readonly byteLevel?: ByteLevel;
}

/**
 * How long audio is fed.
 *
 * - `whole`: in one run. For graphs whose memory grows slowly with length (convolutions, recurrent layers).
 * - `chunked`: in overlapping chunks of the audio, of which the middle is kept (the rules of Hugging Face's pipeline). For
 *   graphs with attention over the whole input. Audio shorter than a chunk is one run.
 * - `stateful`: in runs of a fixed number of rows, with states carried from run to run. Memory doesn't grow.
 */
export type CtcExecution = { readonly type: 'whole' } | CtcChunkedExecution | CtcStatefulExecution;

/** Long audio in overlapping chunks; see {@link CtcExecution}. */
export interface CtcChunkedExecution {
  /** Tells the ways apart. */
  readonly type: 'chunked';
  /** Length of a chunk. */
  readonly seconds: number;
  /** Context on each side that is thrown away again, in seconds. Default: a sixth of the chunk. */
  readonly overlap?: number;
}

/** Audio in runs of a fixed size, with states between them; see {@link CtcExecution}. */
export interface CtcStatefulExecution {
  /** Tells the ways apart. */
  readonly type: 'stateful';
  /** Rows per run. */
  readonly rows: number;
  /** Rows from one run to the next; at most `rows`. */
  readonly hop: number;
  /** Pairs of names: the output of a run becomes the input of the next. The first run gets zeros. */
  readonly states: readonly { readonly input: string; readonly output: string }[];
  /**
   * The end that fills no run: `pad` fills it up with zero rows and keeps the frames of the real ones, `drop` leaves it
   * out (then `tailSilence` has to bring the last words in).
   */
  readonly tail: 'pad' | 'drop';
  /** Seconds of silence that are added to the audio, so that the last words leave the graph. Default 0. */
  readonly tailSilence?: number;
}
