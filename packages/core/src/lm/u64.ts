/**
 * One unsigned 64-bit register, as two 32-bit halves. KenLM's tables are keyed by 64-bit hashes; BigInt would
 * allocate on every operation, and a beam search makes millions of them.
 */
export class U64 {
  hi = 0;
  lo = 0;

  set(hi: number, lo: number): void {
    this.hi = hi >>> 0;
    this.lo = lo >>> 0;
  }

  xor(hi: number, lo: number): void {
    this.hi = (this.hi ^ hi) >>> 0;
    this.lo = (this.lo ^ lo) >>> 0;
  }

  /** Multiplies modulo 2^64. */
  multiply(hi: number, lo: number): void {
    const a = this.lo & 0xffff;
    const b = this.lo >>> 16;
    const c = lo & 0xffff;
    const d = lo >>> 16;
    // 32 × 32 → 64 bits by 16-bit limbs; every intermediate stays below 2^53.
    const low = a * c;
    const middle = b * c + (low >>> 16);
    const middleLow = (middle % 0x10000) + a * d;
    const carry = Math.floor(middle / 0x10000) + Math.floor(middleLow / 0x10000);
    const high = (b * d + carry) >>> 0;
    this.hi = (high + Math.imul(this.hi, lo) + Math.imul(this.lo, hi)) >>> 0;
    this.lo = Math.imul(this.lo, lo) >>> 0;
  }

  /** Remainder by a number of at most 32 bits. */
  modulo(divisor: number): number {
    let rest = this.hi % divisor;
    rest = (rest * 0x10000 + (this.lo >>> 16)) % divisor;
    return (rest * 0x10000 + (this.lo & 0xffff)) % divisor;
  }
}
