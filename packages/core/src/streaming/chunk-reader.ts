import { Background } from './background.js';
import { ChunkClock } from './chunk-clock.js';
import { ChunkConverter } from './chunk-converter.js';
import type { AudioChunk, ChunkFormat } from './stream-options.js';
import { isTimed } from './timed-chunk.js';

/** Audio that is not there, between two pieces that are. */
export interface MissingAudio {
  /** Samples at the rate of the pieces. */
  readonly missing: number;
}

/** A piece of live audio: mono samples, in memory of their own. */
export type AudioPiece = Float32Array | MissingAudio;

/**
 * Seconds of missing audio that the background stands for, as for packets that were lost: speech may well go on behind it.
 * What lies before and behind a longer gap has nothing to do with each other.
 */
const LONGEST_FILL = 1;

/** Chunks of live audio to pieces at one rate, with gaps where the times of chunks tell of any; see {@link ChunkConverter}. */
export class ChunkReader {
  readonly #sampleRate: number;
  readonly #converter: ChunkConverter;
  readonly #clock = new ChunkClock();
  readonly #background: Background;

  /** As {@link ChunkConverter}'s. */
  constructor(format: ChunkFormat | undefined, sampleRate: number) {
    this.#sampleRate = sampleRate;
    this.#converter = new ChunkConverter(format, sampleRate);
    this.#background = new Background(sampleRate);
  }

  /**
   * The pieces that are settled with this chunk, none of them empty.
   *
   * @throws As {@link ChunkConverter.push}; TypeError for a time that is none; AsrError `AUDIO_INVALID` when times go back.
   */
  push(chunk: AudioChunk): readonly AudioPiece[] {
    const converter = this.#converter;
    const timed = isTimed(chunk);
    const before = timed ? this.#missingBefore(this.#clock.missingBefore(chunk.time)) : [];
    const { seconds } = converter;
    const samples = converter.push(timed ? chunk.audio : chunk);
    this.#clock.advance(converter.seconds - seconds);
    if (timed) this.#background.push(samples);
    return notEmpty([...before, samples]);
  }

  /** As {@link ChunkConverter.finish}. */
  finish(): readonly AudioPiece[] {
    return notEmpty([this.#converter.finish()]);
  }

  #missingBefore(seconds: number): readonly AudioPiece[] {
    if (seconds === 0) return [];
    const missing = Math.round(seconds * this.#sampleRate);
    return [this.#converter.finish(), seconds <= LONGEST_FILL ? this.#background.fill(missing) : { missing }];
  }
}

function notEmpty(pieces: readonly AudioPiece[]): readonly AudioPiece[] {
  return pieces.filter((piece) => 'missing' in piece || piece.length > 0);
}
