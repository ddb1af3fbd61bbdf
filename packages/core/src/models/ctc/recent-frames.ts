import type { LogProbMatrix } from '../../decoding/ctc/log-probs.js';

/** The last log-probabilities of an utterance, to decode some of them again. */
export class RecentFrames {
  readonly #kept: number;
  #blocks: LogProbMatrix[] = [];
  /** Frame behind the last. */
  #end = 0;

  /** @param kept Frames that are kept at least. */
  constructor(kept: number) {
    this.#kept = kept;
  }

  /** Takes the next frames, whose memory must not change. */
  push(block: LogProbMatrix): void {
    this.#blocks.push(block);
    this.#end += block.frames;
    for (let [first] = this.#blocks; first; [first] = this.#blocks) {
      if (this.#start + first.frames > this.#end - this.#kept) break;
      this.#blocks.shift();
    }
  }

  /** The frames from `frame` on; undefined when they are not there any more. */
  since(frame: number): readonly LogProbMatrix[] | undefined {
    let at = this.#start;
    if (frame < at) return undefined;
    return this.#blocks.flatMap((block) => {
      const skipped = Math.max(0, Math.min(frame - at, block.frames));
      at += block.frames;
      return skipped === block.frames ? [] : [rowsOf(block, skipped, block.frames)];
    });
  }

  get #start(): number {
    return this.#blocks.reduce((frame, block) => frame - block.frames, this.#end);
  }
}

/** Some rows of a matrix, in the same memory. */
export function rowsOf({ data, vocabularySize }: LogProbMatrix, from: number, to: number): LogProbMatrix {
  return {
    data: data.subarray(from * vocabularySize, to * vocabularySize),
    frames: to - from,
    vocabularySize,
  };
}
