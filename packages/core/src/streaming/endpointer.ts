import type { EndpointReason } from './stream-events.js';

/** `EndpointOptions` with the defaults filled in. Seconds. */
export interface EndpointRules {
  readonly silenceWithoutSpeech: number;
  readonly silenceAfterSpeech: number;
  readonly maxLength: number;
}

/** What is known of the utterance under way. Times are seconds from the start of the stream. */
export interface UtteranceState {
  /** Heard so far. */
  readonly now: number;
  /** Where somebody began to speak; undefined while nothing was said. */
  readonly speechStart: number | undefined;
  /** Where the silence began that lasts until now; `now` while somebody speaks. */
  readonly silenceStart: number;
}

/**
 * When an utterance ends: the three rules of Kaldi and sherpa-onnx (`endpoint.cc`), whatever tells silence: blanks of a CTC
 * model or a voice activity detector.
 */
export class Endpointer {
  readonly #rules: EndpointRules | undefined;
  /** Where the utterance under way may have begun. */
  #start = 0;
  #toldNoSpeech = false;

  /** @param rules Undefined: no utterance ends by itself. */
  constructor(rules: EndpointRules | undefined) {
    this.#rules = rules;
  }

  /** The reason to end the utterance now. `no-speech` is told once until somebody speaks. */
  check({ now, speechStart, silenceStart }: UtteranceState): EndpointReason | undefined {
    const rules = this.#rules;
    if (!rules) return undefined;
    if (speechStart === undefined) {
      if (this.#toldNoSpeech || below(now - this.#start, rules.silenceWithoutSpeech)) return undefined;
      this.#toldNoSpeech = true;
      return 'no-speech';
    }
    this.#toldNoSpeech = false;
    if (!below(now - silenceStart, rules.silenceAfterSpeech)) return 'silence';
    return below(now - speechStart, rules.maxLength) ? undefined : 'max-length';
  }

  /** The next utterance begins at `time` at the earliest. */
  restart(time: number): void {
    this.#start = time;
  }
}

/** Times come in steps, and sums of them may be short of a round number by a rounding error. */
function below(seconds: number, limit: number): boolean {
  return seconds < limit - 1e-9;
}
