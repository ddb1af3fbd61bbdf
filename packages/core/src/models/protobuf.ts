type Fail = (problem: string) => Error;

/** A protobuf message inside of the file's bytes. Nothing is copied; every length is checked against its parent's end. */
export class ProtobufMessage {
  readonly #bytes: Uint8Array;
  readonly #start: number;
  readonly #end: number;
  readonly #fail: Fail;

  /**
   * @param fail Makes the error of bytes that are no such message, from what is wrong with them.
   * @param start Where it begins in `bytes`, and `end` where it ends.
   */
  constructor(bytes: Uint8Array, fail: Fail, start = 0, end = bytes.length) {
    this.#bytes = bytes;
    this.#start = start;
    this.#end = end;
    this.#fail = fail;
  }

  /** The fields in order; what they hold is not looked into. */
  *fields(): Generator<ProtobufField> {
    for (let at = this.#start; at < this.#end;) {
      const from = at;
      const [key, afterKey] = this.#varint(at);
      const wire = key % 8;
      const number = Math.floor(key / 8);
      if (number === 0) throw this.#fail(`field 0 at byte ${at}`);
      let start = afterKey;
      let value = 0;
      if (wire === 0) [value, at] = this.#varint(afterKey);
      else if (wire === 1) at = afterKey + 8;
      else if (wire === 5) at = afterKey + 4;
      else if (wire === 2) {
        const [length, afterLength] = this.#varint(afterKey);
        start = afterLength;
        at = afterLength + length;
      } else throw this.#fail(`wire type ${wire} at byte ${afterKey}`);
      if (at > this.#end) throw this.#fail(`a field at byte ${afterKey} ends behind its parent`);
      yield new ProtobufField(number, wire, value, this.#bytes, from, start, at, this.#fail);
    }
  }

  /** Numbers one behind the other: a packed field's content. */
  integers(): number[] {
    const values: number[] = [];
    for (let at = this.#start; at < this.#end;) {
      const [value, next] = this.#varint(at);
      values.push(value);
      at = next;
    }
    return values;
  }

  /** Value and position behind it. Numbers beyond 2⁵³ lose digits; no length or dimension is that large. */
  #varint(at: number): [value: number, next: number] {
    let value = 0;
    let factor = 1;
    for (let i = at; i < Math.min(at + 10, this.#end); i++) {
      const byte = this.#bytes[i] as number;
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return [value, i + 1];
      factor *= 128;
    }
    throw this.#fail(`a number at byte ${at} doesn't end`);
  }
}

/** One field of a message; reading it as what it is not fails. */
export class ProtobufField {
  readonly number: number;
  /** Where the field begins in the file, its key included. */
  readonly from: number;
  /** Where it ends. */
  readonly to: number;
  readonly #wire: number;
  readonly #value: number;
  readonly #bytes: Uint8Array;
  readonly #start: number;
  readonly #fail: Fail;

  constructor(
    number: number,
    wire: number,
    value: number,
    bytes: Uint8Array,
    from: number,
    start: number,
    to: number,
    fail: Fail,
  ) {
    this.number = number;
    this.from = from;
    this.to = to;
    this.#wire = wire;
    this.#value = value;
    this.#bytes = bytes;
    this.#start = start;
    this.#fail = fail;
  }

  integer(): number {
    this.#expect(0);
    return this.#value;
  }

  /** Elements of a repeated field, packed or not. */
  integers(): number[] {
    return this.#wire === 0 ? [this.#value] : this.message().integers();
  }

  message(): ProtobufMessage {
    this.#expect(2);
    return new ProtobufMessage(this.#bytes, this.#fail, this.#start, this.to);
  }

  /** What a field of bytes holds, not copied. */
  bytes(): Uint8Array {
    this.#expect(2);
    return this.#bytes.subarray(this.#start, this.to);
  }

  text(): string {
    const bytes = this.bytes();
    try {
      return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    } catch {
      throw this.#fail(`the text at byte ${this.#start} is not UTF-8`);
    }
  }

  #expect(wire: number): void {
    if (this.#wire === wire) return;
    throw this.#fail(`field ${this.number} before byte ${this.to} has wire type ${this.#wire}`);
  }
}
