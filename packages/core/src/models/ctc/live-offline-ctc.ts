import type { LogProbMatrix } from '../../decoding/ctc/log-probs.js';
import { timeWords, type TimedCtcWord } from '../../decoding/ctc/join-words.js';
import type { HeardWord } from '../../streaming/heard-word.js';
import type { OpenWords, StretchSpan, UtteranceModel } from '../../streaming/utterance-model.js';
import type { Segment, Transcript, TranscriptAlternative } from '../../transcript/transcript.js';
import type { CtcGraph } from './ctc-graph.js';
import { rowsOf } from './recent-frames.js';
import { toAlternative, toSegments, toWords, type CtcFrames } from './transcript.js';
import { CtcUtterance, type UtteranceSetup } from './utterance.js';

/** Frames this close to the end of the audio still change when more comes. Seconds. */
const MARGIN = 2;
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
 * lie far enough from the end are kept as they came first, so what is decoded from them is final.
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
    const { plan, vocabulary } = this.#setup;
    const { secondsPerFrame } = this.#graph;
    const fresh = await this.#run(audio);
    const { words: likely } = this.#decode([...this.#kept, ...fresh]).read();
    const edge = this.#keep(fresh, this.#countCertain(likely, fresh));
    const utterance = this.#decode(this.#kept);
    const settled = utterance.read().confirmed;
    for (const block of edge) utterance.push(block);
    const texts = final ? utterance.finish() : undefined;
    const words = texts ? timeWords(texts[0]!.words, vocabulary) : utterance.read().words;
    const frames = { entropies: utterance.entropies, vocabulary, secondsPerFrame };
    const nBest = plan.beam?.wantsNBest ? texts?.slice(0, plan.beam.nBest).map(toAlternative) : undefined;
    this.#reading = { words, settled, frames, nBest };
    const span = { ...frames, offset: 0, duration: audio.length / this.sampleRate };
    return toWords(words, span, plan).map(({ confidence = 0, ...word }) => ({
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

  /** The frames behind those that are kept. */
  async #run(audio: Float32Array): Promise<readonly LogProbMatrix[]> {
    const fresh: LogProbMatrix[] = [];
    let at = 0;
    for await (const block of this.#graph.logProbs(audio, this.#signal)) {
      const from = clamp(this.#keptFrames - at, block.frames);
      if (from < block.frames) fresh.push(rowsOf(block, from, block.frames));
      at += block.frames;
    }
    return fresh;
  }

  #decode(blocks: readonly LogProbMatrix[]): CtcUtterance {
    const utterance = new CtcUtterance(this.#setup);
    for (const block of blocks) utterance.push(block);
    return utterance;
  }

  /** Frames of the stretch that more audio won't change: two readings in a row agree on their words. */
  #countCertain(words: readonly TimedCtcWord[], fresh: readonly LogProbMatrix[]): number {
    const before = this.#reading?.words ?? [];
    const differs = words.findIndex(({ text }, i) => before[i]?.text !== text);
    const agreed = words.slice(0, differs < 0 ? words.length : differs);
    const total = fresh.reduce((sum, { frames }) => sum + frames, this.#keptFrames);
    const margin = Math.round(MARGIN / this.#graph.secondsPerFrame);
    return Math.min(agreed.at(-1)?.end ?? 0, total - margin);
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

function clamp(frames: number, most: number): number {
  return Math.min(Math.max(frames, 0), most);
}
