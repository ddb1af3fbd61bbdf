import type { LogProbMatrix } from '../../decoding/ctc/log-probs.js';
import { timeWords, type TimedCtcWord } from '../../decoding/ctc/join-words.js';
import type { HeardWord } from '../../streaming/heard-word.js';
import type { OpenWords, StretchSpan, UtteranceModel } from '../../streaming/utterance-model.js';
import type { Segment, Transcript, TranscriptAlternative } from '../../transcript/transcript.js';
import type { CtcGraph } from './ctc-graph.js';
import { rowsOf } from './recent-frames.js';
import { toAlternative, toSegments, toWords, type CtcFrames } from './transcript.js';
import { CtcUtterance, type UtteranceSetup } from './utterance.js';

/** Words this close to the end of the audio still change when more comes. Seconds. */
const MARGIN = 4;
/** Readings in a row that agree on a word before it is kept. */
const READINGS = 3;
/** Words of less confidence are kept {@link PATIENCE} seconds from the end. `benchmarks/streaming` has what was tried. */
const SURE = 0.95;
const PATIENCE = 8;
/** Longest audio that is read at once, where the graph doesn't ask for less. Seconds. */
const MAX_LENGTH = 28;

/** The latest reading of a stretch. */
interface CtcReading {
  readonly words: readonly TimedCtcWord[];
  /** Words that no further frame can change. */
  readonly settled: number;
  readonly frames: Omit<CtcFrames, 'offset' | 'duration'>;
  readonly nBest: readonly TranscriptAlternative[] | undefined;
}

/**
 * A CTC model without states, as live decoding uses it. The graph runs over the speech so far again and again; frames that
 * lie far enough from the end are kept as they came first, so what is decoded from them is final. At its end the stretch is
 * decoded as a whole as well.
 */
export class LiveOfflineCtc implements UtteranceModel {
  readonly sampleRate: number;
  readonly maxLength: number;
  readonly #graph: CtcGraph;
  readonly #setup: UtteranceSetup;
  readonly #signal: AbortSignal;
  /** Of the stretch under way, from its start. */
  #kept: LogProbMatrix[] = [];
  #keptFrames = 0;
  #reading: CtcReading | undefined;
  /** Words of the readings before, the latest ones. */
  #earlier: readonly (readonly string[])[] = [];
  readonly #segments: Segment[] = [];

  constructor(graph: CtcGraph, setup: UtteranceSetup, signal: AbortSignal) {
    const { execution } = graph.config;
    this.#graph = graph;
    this.#setup = setup;
    this.#signal = signal;
    this.sampleRate = graph.sampleRate;
    this.maxLength = Math.min(MAX_LENGTH, execution?.type === 'chunked' ? execution.seconds : Infinity);
  }

  async read(
    audio: Float32Array,
    _confirmed: readonly HeardWord[],
    final: boolean,
  ): Promise<readonly HeardWord[]> {
    const all = await this.#run(audio);
    const fresh = behind(all, this.#keptFrames);
    const edge = this.#keep(fresh, this.#countCertain(fresh));
    const utterance = this.#decode(this.#kept);
    const { words, confirmed } = utterance.read();
    const settled = words.slice(0, confirmed);
    for (const block of edge) utterance.push(block);
    const spliced = this.#describe(utterance, settled.length, final);
    const reading = final ? this.#prefer(this.#decode(all), spliced, settled) : spliced;
    this.#reading = reading;
    const span = { ...reading.frames, offset: 0, duration: audio.length / this.sampleRate };
    return toWords(reading.words, span, this.#setup.plan).map(({ confidence = 0, ...word }) => ({
      ...word,
      probability: confidence,
    }));
  }

  countConfirmable({ words }: OpenWords<HeardWord>): number {
    const { words: all, settled } = this.#reading!;
    return Math.max(0, settled - (all.length - words.length));
  }

  conclude(_words: readonly HeardWord[], { start, end }: StretchSpan): readonly Segment[] {
    const { words, frames, nBest } = this.#reading!;
    const segments = toSegments(words, { ...frames, offset: start, duration: end }, this.#setup.plan).map(
      (segment, i): Segment => (i === 0 && nBest ? { ...segment, nBest } : segment),
    );
    this.#kept = [];
    this.#keptFrames = 0;
    this.#reading = undefined;
    this.#earlier = [];
    this.#segments.push(...segments);
    return segments;
  }

  transcript(duration: number): Transcript {
    return {
      text: this.#segments.map(({ text }) => text).join(' '),
      duration,
      segments: [...this.#segments],
    };
  }

  /** The frames of all of the audio, each with all of it around. */
  async #run(audio: Float32Array): Promise<readonly LogProbMatrix[]> {
    const all: LogProbMatrix[] = [];
    for await (const block of this.#graph.logProbs(audio, this.#signal)) all.push(block);
    return all;
  }

  /**
   * What is read of the whole stretch at once is what is read of it offline: taken where it begins with what is confirmed,
   * which came from less audio.
   */
  #prefer(whole: CtcUtterance, spliced: CtcReading, settled: readonly TimedCtcWord[]): CtcReading {
    const reading = this.#describe(whole, settled.length, true);
    return settled.every(({ text }, i) => reading.words[i]?.text === text) ? reading : spliced;
  }

  #describe(utterance: CtcUtterance, settled: number, final: boolean): CtcReading {
    const { plan, vocabulary } = this.#setup;
    const texts = final ? utterance.finish() : undefined;
    return {
      words: texts ? timeWords(texts[0]!.words, vocabulary) : utterance.read().words,
      settled,
      frames: { entropies: utterance.entropies, vocabulary, secondsPerFrame: this.#graph.secondsPerFrame },
      nBest: plan.beam?.wantsNBest ? texts?.slice(0, plan.beam.nBest).map(toAlternative) : undefined,
    };
  }

  #decode(blocks: readonly LogProbMatrix[]): CtcUtterance {
    const utterance = new CtcUtterance(this.#setup);
    for (const block of blocks) utterance.push(block);
    return utterance;
  }

  /** Frames of the stretch that more audio won't change: readings in a row agree on their words. */
  #countCertain(fresh: readonly LogProbMatrix[]): number {
    const { plan, vocabulary } = this.#setup;
    const { secondsPerFrame } = this.#graph;
    const utterance = this.#decode([...this.#kept, ...fresh]);
    const { words } = utterance.read();
    const earlier = this.#earlier;
    this.#earlier = [...earlier, words.map(({ text }) => text)].slice(1 - READINGS);
    if (earlier.length < READINGS - 1) return 0;
    const heard = utterance.frames * secondsPerFrame;
    const frames = {
      entropies: utterance.entropies,
      vocabulary,
      secondsPerFrame,
      offset: 0,
      duration: heard,
    };
    const open = toWords(words, frames, plan).findIndex(({ end, confidence = 0 }, i) => {
      const agreed = earlier.every((before) => before[i] === words[i]!.text);
      return !agreed || heard - end < (confidence < SURE ? PATIENCE : MARGIN);
    });
    // The last word may go on; behind the others lies what parts them from the next.
    const count = open < 0 ? words.length - 1 : open;
    return count > 0 ? words[count]!.start : 0;
  }

  /** Keeps the frames before `certain` as they are. @returns The others. */
  #keep(fresh: readonly LogProbMatrix[], certain: number): readonly LogProbMatrix[] {
    return fresh.flatMap((block) => {
      const count = clamp(certain - this.#keptFrames, block.frames);
      if (count > 0) this.#kept.push(rowsOf(block, 0, count));
      this.#keptFrames += count;
      return count < block.frames ? [rowsOf(block, count, block.frames)] : [];
    });
  }
}

/** The frames from `frame` on. */
function behind(blocks: readonly LogProbMatrix[], frame: number): readonly LogProbMatrix[] {
  let at = 0;
  return blocks.flatMap((block) => {
    const from = clamp(frame - at, block.frames);
    at += block.frames;
    return from < block.frames ? [rowsOf(block, from, block.frames)] : [];
  });
}

function clamp(frames: number, most: number): number {
  return Math.min(Math.max(frames, 0), most);
}
