import type { FrameAnalyzer } from './frame-analyzer.js';
import { edgeIndex, frameCount, framesComplete, frameStart, type Framing } from './framing.js';
import type { SpectralFrontEndConfig } from './front-end-config.js';
import { FRAME_BLOCK } from './mel-filter-bank.js';
import type { RowSource } from './row-source.js';

/** Samples are taken in pieces of this size, so that they stay in the processor's cache on their way to the spectrum. */
const PIECE = 8192;

/** Cuts audio into frames as it arrives and analyses them. */
export class SpectralRows implements RowSource {
  readonly bins: number;
  readonly #config: Pick<SpectralFrontEndConfig, 'sampleScale' | 'preEmphasis'>;
  readonly #framing: Framing;
  readonly #analyzer: FrameAnalyzer;
  readonly #edge: Float32Array;
  /** Samples `#first` … `#samples − 1`, scaled and pre-emphasised. */
  readonly #buffer: Float32Array;
  #first = 0;
  #samples = 0;
  #nextFrame = 0;
  /** Last sample of the previous piece, before pre-emphasis. */
  #previous: number | undefined;

  constructor(config: SpectralFrontEndConfig, analyzer: FrameAnalyzer) {
    this.#config = config;
    this.#framing = config.framing;
    this.#analyzer = analyzer;
    this.bins = analyzer.bins;
    const { frameLength, hopLength } = config.framing;
    this.#edge = new Float32Array(frameLength);
    // Kept from piece to piece: an unfinished frame, and as much before it as a reflection can show.
    this.#buffer = new Float32Array(PIECE + 2 * frameLength + hopLength);
  }

  get samples(): number {
    return this.#samples;
  }

  push(samples: Float32Array): Float32Array {
    const complete = framesComplete(this.#framing, this.#samples + samples.length);
    const rows = new Float32Array(Math.max(0, complete - this.#nextFrame) * this.bins);
    const firstFrame = this.#nextFrame;
    for (let from = 0; from < samples.length; from += PIECE) {
      this.#append(samples.subarray(from, from + PIECE));
      const until = framesComplete(this.#framing, this.#samples);
      this.#analyze(until, rows, (this.#nextFrame - firstFrame) * this.bins);
    }
    return rows;
  }

  finish(): Float32Array {
    const count = frameCount(this.#framing, this.#samples);
    const rows = new Float32Array(Math.max(0, count - this.#nextFrame) * this.bins);
    this.#analyze(count, rows, 0);
    return rows;
  }

  /** Analyses the frames up to `until` and writes their rows to `rows` from index `at` on. */
  #analyze(until: number, rows: Float32Array, at: number): void {
    const { frameLength } = this.#framing;
    const analyzer = this.#analyzer;
    for (let out = at; this.#nextFrame < until; out += FRAME_BLOCK * this.bins) {
      const count = Math.min(FRAME_BLOCK, until - this.#nextFrame);
      for (let row = 0; row < count; row++, this.#nextFrame++) {
        const start = frameStart(this.#framing, this.#nextFrame);
        if (start >= 0 && start + frameLength <= this.#samples) {
          analyzer.load(this.#buffer, start - this.#first, row);
        } else {
          this.#fillEdge(start);
          analyzer.load(this.#edge, 0, row);
        }
      }
      analyzer.finish();
      analyzer.write(count, rows, out);
    }
  }

  #fillEdge(start: number): void {
    const { edges } = this.#framing;
    for (let i = 0; i < this.#edge.length; i++) {
      const index = edgeIndex(edges, start + i, this.#samples);
      this.#edge[i] = index < 0 ? 0 : this.#buffer[index - this.#first]!;
    }
  }

  #append(piece: Float32Array): void {
    const { frameLength } = this.#framing;
    const keepFrom = Math.max(this.#first, frameStart(this.#framing, this.#nextFrame) - frameLength);
    this.#buffer.copyWithin(0, keepFrom - this.#first, this.#samples - this.#first);
    this.#first = keepFrom;
    this.#condition(piece, this.#samples - keepFrom);
    this.#samples += piece.length;
  }

  /** Writes a piece to the buffer, from `at` on, scaled and, if the whole signal is to be, pre-emphasised. */
  #condition(piece: Float32Array, at: number): void {
    const { sampleScale, preEmphasis } = this.#config;
    const buffer = this.#buffer;
    if (preEmphasis?.scope !== 'signal') {
      if (sampleScale === 1) buffer.set(piece, at);
      else for (let i = 0; i < piece.length; i++) buffer[at + i] = piece[i]! * sampleScale;
      return;
    }
    const { coefficient } = preEmphasis;
    // The very first sample stays as it is.
    let previous = this.#previous ?? 0;
    for (let i = 0; i < piece.length; i++) {
      const current = piece[i]! * sampleScale;
      buffer[at + i] = current - coefficient * previous;
      previous = current;
    }
    this.#previous = previous;
  }
}
