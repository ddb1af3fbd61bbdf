import { joinWords, splitAtPauses, timeWords, type TimedCtcWord } from '../../decoding/ctc/join-words.js';
import type { LogProbMatrix } from '../../decoding/ctc/log-probs.js';
import { Endpointer } from '../../streaming/endpointer.js';
import type { LiveEvent } from '../../streaming/live-decoder.js';
import type { EndpointReason } from '../../streaming/stream-events.js';
import type { StreamPlan } from '../../streaming/stream-plan.js';
import type { Segment, TranscriptAlternative } from '../../transcript/transcript.js';
import { RecentFrames, rowsOf } from './recent-frames.js';
import { toAlternative, toSeconds, toSegments, toWords, type CtcFrames } from './transcript.js';
import { CtcUtterance, type UtteranceSetup } from './utterance.js';

/** How often the end of an utterance is looked for. Seconds. */
const CHECK_EVERY = 0.1;
/** Log-probabilities that are kept to decode a word again that a cut would split. Seconds; longer than words are. */
const LONGEST_WORD = 5;
/** Words before a cut that language models are told of: more than the longest n-grams reach back. */
const CONTEXT_WORDS = 8;

/** What a {@link LiveSearch} is made of. */
export interface LiveSearchSetup extends UtteranceSetup {
  readonly stream: Pick<StreamPlan, 'partials' | 'endpoint'>;
  readonly secondsPerFrame: number;
}

/**
 * From the log-probabilities of live audio to what is told about it. One search per utterance, whose beam, language model
 * state and hotwords go on from piece to piece; a new one after each endpoint, as in sherpa-onnx, where the model's own
 * states go on too. It knows no model: its text is that of the same frames decoded at once.
 */
export class LiveSearch {
  readonly #setup: LiveSearchSetup;
  readonly #endpointer: Endpointer;
  /** Frames from one look for an endpoint to the next. */
  readonly #step: number;
  #utterance: CtcUtterance;
  #recent: RecentFrames;
  /** Where frames are counted from, in seconds, and how many of them came before the utterance. */
  #origin = 0;
  #firstFrame = 0;
  /** Audio that was heard for the frames so far. Seconds. */
  #heard = 0;
  /** Frames since the last look. */
  #unchecked = 0;
  /** Seconds; undefined while nothing was said. */
  #speechStart: number | undefined;
  /** Words of the utterance that are in segments already. */
  #told = 0;
  #partial = { text: '', confirmed: '' };

  constructor(setup: LiveSearchSetup) {
    this.#setup = setup;
    this.#endpointer = new Endpointer(setup.stream.endpoint);
    this.#step = Math.max(1, Math.round(CHECK_EVERY / setup.secondsPerFrame));
    this.#utterance = new CtcUtterance(setup);
    this.#recent = this.#keepFrames();
  }

  /**
   * Decodes the next frames, whose memory must not change.
   *
   * @param heard Seconds of audio that were heard for them, from the start of the stream.
   */
  *push(piece: LogProbMatrix, heard: number): Generator<LiveEvent, void, undefined> {
    this.#heard = heard;
    for (let row = 0; row < piece.frames;) {
      // Looks lie on a grid of frames, so that they don't depend on how the audio came.
      const end = Math.min(piece.frames, row + this.#step - this.#unchecked);
      this.#take(rowsOf(piece, row, end));
      this.#unchecked += end - row;
      row = end;
      if (this.#unchecked < this.#step) continue;
      this.#unchecked = 0;
      yield* this.#look();
    }
    if (this.#utterance.heard) yield* this.#tellProgress();
  }

  /** Ends the utterance under way, if anything was said in it. The next frame lies at `origin` seconds. */
  *finish(reason: 'flush' | 'gap' | 'end', origin: number): Generator<LiveEvent, void, undefined> {
    yield* this.#tellSpeech();
    if (this.#speechStart !== undefined) yield* this.#end(reason);
    this.#origin = origin;
    this.#firstFrame = 0;
    this.#unchecked = 0;
    this.#begin(0);
  }

  #take(block: LogProbMatrix): void {
    this.#utterance.push(block);
    this.#recent.push(block);
  }

  *#look(): Generator<LiveEvent, void, undefined> {
    if (this.#utterance.heard) yield* this.#tellSpeech();
    const { frames, silenceStart } = this.#utterance;
    const reason = this.#endpointer.check({
      now: this.#secondsOf(frames),
      speechStart: this.#speechStart,
      silenceStart: this.#secondsOf(silenceStart),
    });
    if (reason === 'max-length') yield* this.#cut();
    else if (reason !== undefined) {
      // Hotwords and language models may find words where blanks were likelier in every frame.
      yield* this.#tellSpeech();
      yield* this.#end(this.#speechStart === undefined ? reason : 'silence');
      this.#begin(frames);
    }
  }

  /** Tells that somebody speaks once there are words. */
  *#tellSpeech(): Generator<LiveEvent, void, undefined> {
    if (this.#speechStart !== undefined) return;
    const [first] = this.#utterance.read().words;
    if (!first) return;
    this.#speechStart = this.#time(first.start);
    yield { type: 'speech-start', time: this.#speechStart };
  }

  /** Tells segments that are over and what the rest reads. */
  *#tellProgress(): Generator<LiveEvent, void, undefined> {
    yield* this.#tellSpeech();
    const { plan, stream } = this.#setup;
    const { words, confirmed } = this.#utterance.read();
    // Alternatives are those of an utterance, and without times it is one segment.
    if (!plan.beam?.wantsNBest && plan.timestamps !== 'none') {
      yield* this.#tellSegments(words.slice(this.#told, this.#closedWords(words, confirmed)));
    }
    if (stream.partials) yield* this.#tellPartial(words.slice(this.#told), confirmed - this.#told);
  }

  /** Words before the last pause that has confirmed words on both sides. */
  #closedWords(words: readonly TimedCtcWord[], confirmed: number): number {
    const { plan, secondsPerFrame } = this.#setup;
    const groups = splitAtPauses(words.slice(this.#told, confirmed), plan.segmentPause / secondsPerFrame);
    return groups.slice(0, -1).reduce((count, group) => count + group.length, this.#told);
  }

  *#tellPartial(
    words: readonly TimedCtcWord[],
    confirmedWords: number,
  ): Generator<LiveEvent, void, undefined> {
    const text = joinWords(words);
    const confirmed = joinWords(words.slice(0, confirmedWords));
    if (text === this.#partial.text && confirmed === this.#partial.confirmed) return;
    this.#partial = { text, confirmed };
    const start = words[0] ? this.#time(words[0].start) : this.#heard;
    yield {
      type: 'partial',
      text,
      confirmed,
      start,
      end: this.#heard,
      ...(this.#setup.plan.timestamps === 'word' && {
        words: toWords(words, this.#frames(), this.#setup.plan),
      }),
    };
  }

  *#tellSegments(
    words: readonly TimedCtcWord[],
    nBest?: readonly TranscriptAlternative[],
  ): Generator<LiveEvent, void, undefined> {
    const segments = toSegments(words, this.#frames(), this.#setup.plan);
    for (const [i, segment] of segments.entries()) {
      const told: Segment = i === 0 && nBest ? { ...segment, nBest } : segment;
      yield { type: 'segment', segment: told };
    }
    this.#told += words.length;
    if (words.length > 0) this.#partial = { text: '', confirmed: '' };
  }

  *#end(reason: EndpointReason): Generator<LiveEvent, void, undefined> {
    const { vocabulary, plan } = this.#setup;
    const texts = this.#utterance.finish();
    const words = timeWords(texts[0]!.words, vocabulary);
    const nBest = plan.beam?.wantsNBest ? texts.slice(0, plan.beam.nBest).map(toAlternative) : undefined;
    yield* this.#tellSegments(words.slice(this.#told), nBest);
    const last = words.at(-1);
    yield {
      type: 'endpoint',
      time: last ? this.#time(last.end) : this.#time(this.#utterance.frames),
      reason,
    };
  }

  /** Ends an utterance that has become too long. A word that may go on is decoded again, as the first of the next one. */
  *#cut(): Generator<LiveEvent, void, undefined> {
    const { words, confirmed } = this.#utterance.read();
    const open = words[Math.max(confirmed, words.length - 1)];
    const rows = open && this.#recent.since(open.start);
    // Alternatives are those of a whole utterance.
    if (!open || !rows || words.length < 2 || this.#setup.plan.beam?.wantsNBest) {
      yield* this.#end('max-length');
      this.#begin(this.#utterance.frames);
      return;
    }
    const over = words.slice(0, words.indexOf(open));
    yield* this.#tellSegments(over.slice(this.#told));
    yield { type: 'endpoint', time: this.#time(over.at(-1)!.end), reason: 'max-length' };
    this.#begin(open.start, this.#contextOf(over));
    for (const block of rows) this.#take(block);
  }

  /** How a language model reads words. */
  #contextOf(words: readonly TimedCtcWord[]): string {
    const { pieces } = this.#setup.plan.beam?.scorerVocabulary ?? this.#setup.vocabulary;
    return words
      .slice(-CONTEXT_WORDS)
      .map(({ tokens }) =>
        tokens
          .map(({ id }) => pieces[id])
          .join('')
          .trim(),
      )
      .join(' ');
  }

  /** @param frame Of the utterance under way: where the next one begins. */
  #begin(frame: number, precedingText?: string): void {
    this.#firstFrame += frame;
    this.#utterance = new CtcUtterance(this.#setup, precedingText);
    this.#recent = this.#keepFrames();
    this.#speechStart = undefined;
    this.#told = 0;
    this.#partial = { text: '', confirmed: '' };
    this.#endpointer.restart(this.#secondsOf(0));
  }

  /** Only where utterances are cut is anything decoded again. */
  #keepFrames(): RecentFrames {
    const { stream, secondsPerFrame } = this.#setup;
    return new RecentFrames(stream.endpoint ? Math.ceil(LONGEST_WORD / secondsPerFrame) : 0);
  }

  /** As it is told: rounded, within the audio. */
  #time(frame: number): number {
    return toSeconds(frame, this.#frames());
  }

  #secondsOf(frame: number): number {
    return this.#origin + (this.#firstFrame + frame) * this.#setup.secondsPerFrame;
  }

  #frames(): CtcFrames {
    const { vocabulary, secondsPerFrame } = this.#setup;
    const { entropies } = this.#utterance;
    return { entropies, vocabulary, secondsPerFrame, offset: this.#secondsOf(0), duration: this.#heard };
  }
}
