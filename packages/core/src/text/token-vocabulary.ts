import { byteLevelToBytes } from './byte-level.js';

/** What a tokenizer file holds, whatever its format. */
export interface TokenTable {
  /** Where it was read, for messages. */
  readonly origin: string;
  /** Byte-level pieces by id; holes where an id has none. */
  readonly pieces: readonly (string | undefined)[];
  /** Tokens that stand outside byte-pair encoding, as plain text by id: `<|endoftext|>`, words a fine-tune added. */
  readonly added: ReadonlyMap<number, AddedToken>;
}

/** A token that is matched as a whole, outside byte-pair encoding. */
export interface AddedToken {
  /** Its text: `<|endoftext|>`. */
  readonly content: string;
  /** Whether the file marks it as a control token; timestamps are not always marked. */
  readonly special: boolean;
}

const NO_BYTES = new Uint8Array(0);

/**
 * Id → bytes. Bytes are made when a token is first asked for: building all 50 000 at load would cost more than a
 * whole transcription ever looks up.
 */
export class TokenVocabulary {
  /** One more than the greatest id of the files. */
  readonly size: number;
  readonly table: TokenTable;
  readonly #bytes = new Map<number, Uint8Array>();

  constructor(table: TokenTable) {
    this.table = table;
    let size = table.pieces.length;
    for (const id of table.added.keys()) size = Math.max(size, id + 1);
    this.size = size;
  }

  /** Bytes of one token: UTF-8, possibly a part of a character. Empty for an id without text. */
  bytes(id: number): Uint8Array {
    const known = this.#bytes.get(id);
    if (known) return known;
    const bytes = this.#make(id);
    this.#bytes.set(id, bytes);
    return bytes;
  }

  #make(id: number): Uint8Array {
    const added = this.table.added.get(id);
    if (added) return new TextEncoder().encode(added.content);
    const piece = this.table.pieces[id];
    // Pieces were checked when the files were read.
    return (piece === undefined ? undefined : byteLevelToBytes(piece)) ?? NO_BYTES;
  }
}
