/** What an {@link IncrementalDetokenizer} needs of a tokenizer. */
export interface TokenBytes {
  /** Bytes of the text of some tokens. */
  decodeBytes(ids: Iterable<number>): Uint8Array;
  /** Whether a token is text, and not a control token or a timestamp. */
  isText(id: number): boolean;
}

/**
 * Text of tokens as they come, for showing while a model decodes. One character may be split over several tokens:
 * its first bytes are held back until the rest is there, so no broken character is ever shown.
 */
export class IncrementalDetokenizer {
  readonly #tokens: TokenBytes;
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true });

  /** @param tokens A tokenizer, or what it knows of bytes. */
  constructor(tokens: TokenBytes) {
    this.#tokens = tokens;
  }

  /**
   * Adds a token; control tokens and timestamps add nothing.
   *
   * @returns Text that is now complete, often empty. Bytes that can't be UTF-8 become U+FFFD.
   */
  push(id: number): string {
    if (!this.#tokens.isText(id)) return '';
    return this.#decoder.decode(this.#tokens.decodeBytes([id]), { stream: true });
  }

  /** Ends the text; what was held back becomes U+FFFD. The object can then be used for another text. */
  finish(): string {
    return this.#decoder.decode();
  }
}
