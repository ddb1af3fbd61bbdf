import { groupByPauses } from './group-by-pauses.js';

/** A stretch of audio in frames, `[start, end)`. */
export interface FrameRange {
  readonly start: number;
  readonly end: number;
}

/** How speech is packed. Lengths in frames. */
export interface PackSpeechOptions {
  /** Length of a window; only speech without a pause makes a longer one. */
  readonly maxWindow: number;
  /** Kept of the audio around speech, on both sides; a pause of up to twice this stays as it is. */
  readonly padding: number;
}

/** Unbroken audio that is kept, and where it went. */
interface Piece extends FrameRange {
  /** First frame in the packed audio. */
  readonly packed: number;
  /** The speech inside, from its first to its last frame. */
  readonly speech: FrameRange;
}

/** Silence between two stretches of speech in the packed audio. */
interface SpeechPause extends FrameRange {
  /** Frames of silence in the recording, as many or more. */
  readonly recorded: number;
}

/** A result with a time range of its own, and perhaps parts that have theirs. */
export interface Timed {
  readonly start: number;
  readonly end: number;
  readonly words?: readonly { readonly start: number; readonly end: number }[];
}

/** Speech is rarely found to the frame: this much of it at the edge of a piece may be a neighbour's. Frames. */
const TOLERANCE = 10;

/**
 * Speech of a recording packed into windows, with the silence between them left out, and the way back from times in the
 * packed audio to times in the recording. Every frame of speech is in exactly one window, in order.
 *
 * Plain arithmetic on frames; the audio itself is `pieces` of the recording one after the other.
 */
export class SpeechTimeline {
  /** What is kept of the recording, in order and apart. */
  readonly pieces: readonly FrameRange[];
  /** The windows in the packed audio, end to end. */
  readonly windows: readonly FrameRange[];
  /** Where speech pauses inside of a window, in the packed audio; what is left out counts as part of a pause. */
  readonly pauses: readonly SpeechPause[];
  /** Frames of packed audio. */
  readonly length: number;
  readonly #pieces: readonly Piece[];

  /**
   * @param speech In order and without overlap, inside of `within`.
   * @param within Where audio may be kept, in order and without overlap: the recording, or clips of it. Windows don't
   *   reach from one to the next.
   */
  constructor(speech: readonly FrameRange[], within: readonly FrameRange[], options: PackSpeechOptions) {
    const pieces: Piece[] = [];
    const windows: FrameRange[] = [];
    const pauses: SpeechPause[] = [];
    let packed = 0;
    for (const bounds of within) {
      const own = speech.filter(({ start, end }) => start >= bounds.start && end <= bounds.end);
      const padded = padSpeech(own, bounds, options.padding);
      for (const group of groupByPauses(padded, options.maxWindow)) {
        const windowStart = packed;
        pauses.push(...pausesOf(group, packed));
        for (const piece of joinTouching(group)) {
          pieces.push({ ...piece, packed });
          packed += piece.end - piece.start;
        }
        windows.push({ start: windowStart, end: packed });
      }
    }
    this.#pieces = pieces;
    this.pieces = pieces.map(({ start, end }) => ({ start, end }));
    this.windows = windows;
    this.pauses = pauses;
    this.length = packed;
  }

  /** The frame of the recording up to which the packed audio before `frame` reaches. */
  reached(frame: number): number {
    const piece = this.#pieces[this.#endingAt(frame)];
    return piece ? piece.start + Math.min(Math.max(0, frame - piece.packed), piece.end - piece.start) : 0;
  }

  /**
   * Puts a result of the packed audio back to where it was spoken. Times are frames, fractions included.
   *
   * An end never moves behind the audio that it was heard in, nor a start before it; a word lies in one piece. Where the
   * result reaches over a cut by silence alone, it ends at the cut. Results in order stay in order.
   */
  restore<T extends Timed>(timed: T): T {
    const pieces = this.#pieces;
    if (pieces.length === 0) return timed;
    let { start, end } = timed;
    let first = this.#startingAt(start);
    let last = Math.max(first, this.#endingAt(end));
    while (first < last && start >= lastSpeech(pieces[first]!)) {
      first += 1;
      start = pieces[first]!.packed;
    }
    while (first < last && end <= firstSpeech(pieces[last]!)) {
      last -= 1;
      end = packedEnd(pieces[last]!);
    }
    const words = timed.words?.map((word) => {
      const from = clamp(word.start, start, end);
      const to = clamp(word.end, start, end);
      const home = this.#home(from, to, first, last);
      return { ...word, start: toRecording(home, from), end: toRecording(home, to) };
    });
    return {
      ...timed,
      start: toRecording(pieces[first]!, start),
      end: toRecording(pieces[last]!, end),
      ...(words && { words }),
    };
  }

  /** Index of the piece that a result starting at `frame` begins in: at a cut, the later one. */
  #startingAt(frame: number): number {
    return Math.max(
      0,
      lastIndex(this.#pieces, ({ packed }) => packed <= frame),
    );
  }

  /** Index of the piece that a result ending at `frame` ends in: at a cut, the earlier one. */
  #endingAt(frame: number): number {
    return Math.max(
      0,
      lastIndex(this.#pieces, ({ packed }) => packed < frame),
    );
  }

  /** The piece of `first` … `last` that most of a word is in. */
  #home(from: number, to: number, first: number, last: number): Piece {
    let best = this.#pieces[clamp(this.#startingAt(from), first, last)]!;
    let most = overlap(best, from, to);
    for (let i = this.#startingAt(from) + 1; i <= Math.min(last, this.#endingAt(to)); i++) {
      const shared = overlap(this.#pieces[i]!, from, to);
      if (shared > most) {
        best = this.#pieces[i]!;
        most = shared;
      }
    }
    return best;
  }
}

interface PaddedSpeech extends FrameRange {
  readonly speech: FrameRange;
}

/** Adds the padding, up to the middle of the pause to the next speech and to the bounds. */
function padSpeech(
  speech: readonly FrameRange[],
  bounds: FrameRange,
  padding: number,
): readonly PaddedSpeech[] {
  return speech.map(({ start, end }, i) => {
    const before = speech[i - 1]?.end;
    const after = speech[i + 1]?.start;
    const earliest = before === undefined ? bounds.start : before + Math.floor((start - before) / 2);
    const latest = after === undefined ? bounds.end : end + Math.floor((after - end) / 2);
    return {
      start: Math.max(earliest, start - padding),
      end: Math.min(latest, end + padding),
      speech: { start, end },
    };
  });
}

/** The pauses between speech that lies end to end from `packed` on. */
function pausesOf(group: readonly PaddedSpeech[], packed: number): readonly SpeechPause[] {
  const pauses: SpeechPause[] = [];
  let at = packed;
  for (const [i, { start, end, speech }] of group.entries()) {
    const previous = group[i - 1];
    if (previous) {
      const before = previous.end - previous.speech.end;
      const recorded = speech.start - previous.speech.end;
      pauses.push({ start: at - before, end: at + speech.start - start, recorded });
    }
    at += end - start;
  }
  return pauses;
}

/** Joins what follows without a gap. */
function joinTouching(group: readonly PaddedSpeech[]): readonly PaddedSpeech[] {
  const joined: PaddedSpeech[] = [];
  for (const next of group) {
    const previous = joined.at(-1);
    if (previous?.end !== next.start) joined.push(next);
    else {
      const speech = { start: previous.speech.start, end: next.speech.end };
      joined[joined.length - 1] = { start: previous.start, end: next.end, speech };
    }
  }
  return joined;
}

/** From here on, what starts in a piece is of the next. Packed frame. */
function lastSpeech({ packed, start, speech }: Piece): number {
  return packed + speech.end - start - tolerance(speech);
}

/** Up to here, what ends in a piece is of the one before. Packed frame. */
function firstSpeech({ packed, start, speech }: Piece): number {
  return packed + speech.start - start + tolerance(speech);
}

function tolerance({ start, end }: FrameRange): number {
  return Math.min(TOLERANCE, Math.floor((end - start) / 4));
}

function packedEnd({ packed, start, end }: Piece): number {
  return packed + end - start;
}

function toRecording(piece: Piece, frame: number): number {
  return clamp(piece.start + frame - piece.packed, piece.start, piece.end);
}

function overlap(piece: Piece, from: number, to: number): number {
  return Math.min(to, packedEnd(piece)) - Math.max(from, piece.packed);
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}

/** Last index for which `test` holds; it holds for a beginning of the list. −1 for none. */
function lastIndex<T>(list: readonly T[], test: (item: T) => boolean): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (test(list[middle]!)) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
