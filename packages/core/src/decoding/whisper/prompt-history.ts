import { carryPrompt, previousTextLimit } from './prompt.js';

/** What a window is told of the text before it. */
export interface PromptHistoryOptions {
  /** The model's context (448). */
  readonly maxTokens: number;
  readonly conditionOnPreviousText: boolean;
  readonly initialPrompt?: readonly number[];
  readonly carryInitialPrompt?: boolean;
}

/** The end of the text so far, as a prompt for the next window. Keeps no more of it than a model takes. */
export class PromptHistory {
  readonly #limit: number;
  readonly #condition: boolean;
  readonly #carried: readonly number[];
  #text: readonly number[];

  constructor(options: PromptHistoryOptions) {
    const { initialPrompt = [], carryInitialPrompt = false } = options;
    this.#limit = previousTextLimit(options.maxTokens);
    this.#condition = options.conditionOnPreviousText;
    this.#carried = carryInitialPrompt ? initialPrompt : [];
    this.#text = carryInitialPrompt ? [] : initialPrompt.slice(-this.#limit);
  }

  /** Tokens for the next window. */
  previous(): readonly number[] {
    return carryPrompt(this.#carried, this.#text, this.#limit);
  }

  /** Adds the text of a window. */
  add(tokens: readonly number[]): void {
    if (this.#condition) this.#text = [...this.#text, ...tokens].slice(-this.#limit);
    else this.reset();
  }

  /** Forgets the text so far, and an initial prompt that is not carried. */
  reset(): void {
    this.#text = [];
  }
}
