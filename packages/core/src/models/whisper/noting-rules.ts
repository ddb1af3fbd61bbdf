import type { RowRules, RuledRow } from '../../decoding/whisper/logit-rules.js';
import { TopTokens } from '../../decoding/whisper/top-tokens.js';

/** A token that could have been taken. */
export interface TokenChoice {
  readonly token: number;
  /** Natural log-probability after the rules. */
  readonly logProb: number;
}

/** Rules that note what else could have been taken. Only greedy search takes what they call likeliest. */
export class NotingRules implements RowRules {
  readonly tokens: RowRules['tokens'];
  readonly vocabularySize: number;
  readonly timestamps: boolean;
  readonly #rules: RowRules;
  readonly #top: TopTokens;
  #noted = new Map<number, readonly TokenChoice[]>();

  /** @param count How many other tokens are noted at each place. */
  constructor(rules: RowRules, count: number) {
    this.#rules = rules;
    ({ tokens: this.tokens, vocabularySize: this.vocabularySize, timestamps: this.timestamps } = rules);
    this.#top = new TopTokens(count + 1);
  }

  apply(row: Float32Array, sampled: readonly number[], given = 0): RuledRow {
    if (sampled.length === given) this.#noted = new Map();
    const ruled = this.#rules.apply(row, sampled, given);
    const top = this.#top;
    top.select(row);
    const choices = Array.from(top.ids.subarray(0, top.count), (token, i) => ({
      token,
      logProb: top.logits[i]! - ruled.logSumExp,
    }));
    this.#noted.set(
      sampled.length,
      choices.filter(({ token }) => token !== ruled.argmax),
    );
    return ruled;
  }

  /** The likeliest other tokens in this place of the last text, likeliest first; none where it was given. */
  others(place: number): readonly TokenChoice[] {
    return this.#noted.get(place) ?? [];
  }
}
