import type { Transcript, Word } from '../transcript/transcript.js';
import type { SpeechEvent } from '../vad/speech-segmenter.js';
import type { VadStream } from '../vad/vad.js';
import { AudioWindow } from './audio-window.js';
import { Endpointer } from './endpointer.js';
import { textOfWords, type HeardWord } from './heard-word.js';
import type { LiveDecoder, LiveEvent } from './live-decoder.js';
import { Pacer } from './pacer.js';
import { quietestMoment } from './quietest-moment.js';
import type { EndpointReason } from './stream-events.js';
import type { StreamPlan } from './stream-plan.js';
import { Stretch } from './stretch.js';
import { Ticks } from './ticks.js';
import type { UtteranceModel } from './utterance-model.js';

/** What an {@link IncrementalDecoder} is made of. */
export interface IncrementalDecoderParts<W extends HeardWord = HeardWord> {
  readonly model: UtteranceModel<W>;
  /** Tells where somebody speaks, in audio without a gap. */
  readonly openGate: () => VadStream;
  readonly plan: StreamPlan;
  /** Whether partials have words. */
  readonly words: boolean;
  /** A longer pause is not read: what comes before it is concluded. Seconds. */
  readonly maxPause: number;
  /** Seconds; for the pace. */
  readonly clock: () => number;
}

/** Seconds of audio in which all is decided anew: 2 of Silero's windows. Smaller ones would only cost runs. */
const TICK = 0.064;
/** Audio before the start of speech that is read as well. Seconds: the onset of a word is soft. */
const LEAD = 0.3;
/** Audio that is kept while nobody speaks. Seconds: what a gate needs to be sure of speech, and the lead. */
const MEMORY = 1;
/** Speech until the first reading. Seconds: less is hardly a word. */
const FIRST = 0.45;
/** Silence after which all of the speech is read, should it have ended. Seconds: words have gaps up to here. */
const SETTLE = 0.2;
/** Audio at the end of a stretch where a cut would go through a word that is not understood yet. Seconds. */
const TAIL = 0.2;
/** How far before that a pause to cut at is looked for. Seconds. */
const SEARCH = 2;

/**
 * Live decoding with a model that hears whole recordings: the speech under way is read again and again as it grows, what
 * will not change is confirmed and given to the next reading as the beginning of its text, and a pause concludes it.
 *
 * Confirmed text can't be taken back: every reading continues it. All is decided on a grid of the audio, so the transcript
 * does not depend on how it is cut into chunks.
 */
export class IncrementalDecoder<W extends HeardWord = HeardWord> implements LiveDecoder {
  readonly sampleRate: number;
  readonly #parts: IncrementalDecoderParts<W>;
  readonly #ticks: Ticks;
  readonly #audio: AudioWindow;
  readonly #endpointer: Endpointer;
  readonly #pacer: Pacer;
  #gate: VadStream;
  /** Where the gate began to listen. Seconds. */
  #gateStart = 0;
  #stretch: Stretch<W> | undefined;
  #utteranceStart: number | undefined;
  /** Where the last speech with text of the utterance under way ended. Seconds; undefined while there is none. */
  #saidUntil: number | undefined;

  constructor(parts: IncrementalDecoderParts<W>) {
    this.#parts = parts;
    this.sampleRate = parts.model.sampleRate;
    this.#gate = parts.openGate();
    this.#ticks = new Ticks(Math.round(TICK * this.sampleRate));
    this.#audio = new AudioWindow(Math.ceil(parts.model.maxLength * this.sampleRate));
    this.#endpointer = new Endpointer(parts.plan.endpoint);
    this.#pacer = new Pacer(parts.clock);
  }

  async *push(samples: Float32Array): AsyncGenerator<LiveEvent> {
    for (const tick of this.#ticks.push(samples)) yield* this.#hear(tick);
  }

  async *skip(samples: number): AsyncGenerator<LiveEvent> {
    yield* this.flush('gap');
    this.#audio.skip(samples);
    this.#endpointer.restart(this.#now);
    await this.#gate.dispose();
    this.#gate = this.#parts.openGate();
    this.#gateStart = this.#now;
  }

  async *flush(reason: 'flush' | 'gap' | 'end'): AsyncGenerator<LiveEvent> {
    const rest = this.#ticks.finish();
    if (rest.length > 0) yield* this.#hear(rest);
    if (reason !== 'flush') for (const event of await this.#gate.finish()) yield* this.#follow(event);
    const stretch = this.#stretch;
    if (stretch) yield* this.#conclude(stretch, this.#audio.end);
    yield* this.#endUtterance(reason, this.#saidUntil);
    if (reason === 'flush' && this.#gate.speaking) yield* this.#goOn(this.#audio.end);
  }

  transcript(): Transcript {
    return this.#parts.model.transcript(this.#now);
  }

  async dispose(): Promise<void> {
    await this.#gate.dispose();
  }

  get #now(): number {
    return this.#audio.end / this.sampleRate;
  }

  async *#hear(tick: Float32Array): AsyncGenerator<LiveEvent> {
    this.#audio.append(tick);
    for (const event of await this.#gate.push(tick)) yield* this.#follow(event);
    if (this.#stretch) yield* this.#advance(this.#stretch);
    else yield* this.#idle();
  }

  *#follow({ type, time: heardAt }: SpeechEvent): Generator<LiveEvent> {
    const time = this.#gateStart + heardAt;
    const stretch = this.#stretch;
    if (type === 'speech-end') {
      if (stretch) stretch.pauseStart = time;
    } else if (stretch) {
      stretch.resume();
    } else {
      yield* this.#begin(Math.round((time - LEAD) * this.sampleRate), time);
    }
  }

  *#begin(from: number, speechStart: number): Generator<LiveEvent> {
    this.#open(from, speechStart);
    yield { type: 'speech-start', time: speechStart };
  }

  #open(from: number, speechStart: number): void {
    this.#audio.release(from);
    this.#stretch = new Stretch<W>(this.#audio.start, speechStart);
    this.#utteranceStart ??= speechStart;
  }

  /** Speech goes on behind the end of an utterance: the next one begins there. */
  #goOn(at: number): Generator<LiveEvent> {
    return this.#begin(at, at / this.sampleRate);
  }

  *#idle(): Generator<LiveEvent> {
    this.#audio.release(this.#audio.end - Math.round(MEMORY * this.sampleRate));
    const now = this.#now;
    // What was said is concluded after `maxPause`; its utterance may last longer.
    const silenceStart = this.#saidUntil;
    const speechStart = silenceStart === undefined ? undefined : this.#utteranceStart;
    const reason = this.#endpointer.check({ now, speechStart, silenceStart: silenceStart ?? now });
    if (reason === 'no-speech') yield { type: 'endpoint', time: now, reason };
    else if (reason) yield* this.#endUtterance(reason, silenceStart);
  }

  async *#advance(stretch: Stretch<W>): AsyncGenerator<LiveEvent> {
    const { pauseStart } = stretch;
    if (pauseStart === undefined) {
      if (this.#isDue(stretch)) yield* this.#read(stretch, this.#audio.end, false);
    } else if (!stretch.isSettled && this.#now - pauseStart >= SETTLE) {
      yield* this.#read(stretch, this.#audio.end, true);
    }
    yield* this.#checkEnd(stretch);
  }

  #isDue(stretch: Stretch<W>): boolean {
    if (!this.#parts.plan.partials) return false;
    if (stretch.readTo === undefined) return this.#now - stretch.speechStart >= FIRST;
    return this.#now - stretch.readTo / this.sampleRate >= this.#pacer.step;
  }

  async *#checkEnd(stretch: Stretch<W>): AsyncGenerator<LiveEvent> {
    const now = this.#now;
    // Speech that is too short yet to be told is no silence either.
    const pauseStart = this.#gate.speaking ? now : (stretch.pauseStart ?? now);
    const reason = this.#endpointer.check({
      now,
      speechStart: this.#utteranceStart ?? stretch.speechStart,
      silenceStart: pauseStart,
    });
    const paused = pauseStart < now && now - pauseStart >= this.#parts.maxPause;
    if (reason === 'silence' || paused) {
      yield* this.#conclude(stretch, this.#audio.end);
      if (reason) yield* this.#endUtterance(reason, this.#saidUntil);
      return;
    }
    const full = (this.#audio.end - stretch.from) / this.sampleRate >= this.#parts.model.maxLength;
    if (!reason && !full) return;
    const cut = this.#findCut(stretch);
    yield* this.#conclude(stretch, cut);
    if (reason) {
      yield* this.#endUtterance(reason, cut / this.sampleRate);
      yield* this.#goOn(cut);
    } else this.#open(cut, cut / this.sampleRate);
  }

  /** Where to cut speech that goes on: behind what is confirmed, at the quietest moment. */
  #findCut(stretch: Stretch<W>): number {
    const rate = this.sampleRate;
    const to = this.#audio.end - Math.round(TAIL * rate);
    const spoken = stretch.confirmed.at(-1)?.end;
    const understood = spoken === undefined ? 0 : stretch.from + Math.round(spoken * rate);
    const from = Math.min(Math.max(understood, to - Math.round(SEARCH * rate)), to - Math.round(TAIL * rate));
    return from + quietestMoment(this.#audio.read(from, to), rate);
  }

  async *#read(stretch: Stretch<W>, to: number, final: boolean): AsyncGenerator<LiveEvent> {
    const { model, plan } = this.#parts;
    const audio = this.#audio.read(stretch.from, to);
    const heard = audio.length / this.sampleRate;
    const read = (): Promise<readonly W[] | undefined> => model.read(audio, stretch.confirmed, final);
    // The last reading of a stretch takes longer: in a whole window, at several temperatures.
    const words = await (final ? read() : this.#pacer.measure(read));
    if (!words) {
      stretch.skip(to);
      return;
    }
    const changed = stretch.update(words, { readTo: to, heard, final }, (open) =>
      model.countConfirmable(open),
    );
    if (changed && plan.partials) yield this.#partial(stretch);
  }

  #partial(stretch: Stretch<W>): LiveEvent {
    const start = stretch.from / this.sampleRate;
    return {
      type: 'partial',
      text: textOfWords(stretch.words).trim(),
      confirmed: textOfWords(stretch.confirmed).trimStart(),
      start,
      end: this.#now,
      ...(this.#parts.words && { words: stretch.words.map((word) => toWord(word, start)) }),
    };
  }

  /** All of the speech up to `to` becomes segments. */
  async *#conclude(stretch: Stretch<W>, to: number): AsyncGenerator<LiveEvent> {
    const isRead = stretch.isSettled && to === this.#audio.end;
    if (!isRead) yield* this.#read(stretch, to, true);
    const start = stretch.from / this.sampleRate;
    const end = to / this.sampleRate;
    const speech = { start: stretch.speechStart, end: Math.min(stretch.pauseStart ?? end, end) };
    const segments = this.#parts.model.conclude(stretch.words, { start, end, speech });
    for (const segment of segments) yield { type: 'segment', segment };
    if (segments.length > 0) this.#saidUntil = speech.end;
    else if (this.#saidUntil === undefined) this.#utteranceStart = undefined;
    this.#stretch = undefined;
    // The gate is late: in the silence behind it the next word may have begun.
    this.#audio.release(Math.min(to, Math.round(speech.end * this.sampleRate)));
  }

  /** Told for an utterance with text only: a noise is none. */
  *#endUtterance(reason: EndpointReason, time: number | undefined): Generator<LiveEvent> {
    const said = this.#saidUntil !== undefined;
    this.#utteranceStart = undefined;
    this.#saidUntil = undefined;
    if (!said || time === undefined) return;
    this.#endpointer.restart(this.#now);
    yield { type: 'endpoint', time, reason };
  }
}

function toWord({ text, start = 0, end = start, probability }: HeardWord, offset: number): Word {
  return { text, start: offset + start, end: offset + end, confidence: probability };
}
