import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  byteOf,
  composeEscapes,
  escapeBytes,
  hasEscapes,
  replaceEscapes,
  settledLength,
} from './byte-escapes.js';
import { areIcefallBytes, icefallToBytes } from './icefall-bytes.js';

const decode = (bytes: Uint8Array): string => new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('escaped bytes', () => {
  it('are what TextDecoder makes of the bytes, however they come', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 12 }),
      fc.string({ unit: 'grapheme', maxLength: 8 }).map(encode),
      // A character with a byte missing or wrong.
      fc
        .tuple(fc.string({ unit: 'binary', minLength: 1, maxLength: 3 }), fc.nat(9), fc.nat(255))
        .map(([text, at, byte]) => {
          const changed = encode(text);
          changed[at % changed.length] = byte;
          return changed;
        }),
    );
    fc.assert(
      fc.property(bytes, fc.nat(12), (all, cut) => {
        const halves = composeEscapes(escapeBytes(all.subarray(0, cut)) + escapeBytes(all.subarray(cut)));
        expect(halves).toBe(escapeBytes(all));
        expect(replaceEscapes(halves)).toBe(decode(all));
      }),
      { numRuns: 2000 },
    );
  });

  it('leave surrogate pairs alone', () => {
    const skull = '\u{1F480}'; // its second half looks like an escape
    expect(hasEscapes(skull)).toBe(false);
    expect(composeEscapes(`${skull}\udcc3\udca9`)).toBe(`${skull}é`);
    expect(replaceEscapes(`${skull}\udcc3`)).toBe(`${skull}\ufffd`);
  });

  it('tell where whole characters end', () => {
    expect(settledLength('caf\udcc3')).toBe(3);
    expect(settledLength('café')).toBe(4);
    expect(settledLength('')).toBe(0);
    expect([byteOf('\udce4'), byteOf('a'), byteOf('é'), byteOf('ab')]).toEqual([
      0xe4,
      0x61,
      undefined,
      undefined,
    ]);
  });
});

describe("icefall's stand-ins for bytes", () => {
  it('are 256, ASCII its own', () => {
    const codes = Array.from({ length: 0x1b0 }, (_, code) => String.fromCharCode(code));
    const bytes = codes.flatMap((character) => icefallToBytes(character) ?? []);
    expect(bytes.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 256 }, (_, byte) => byte));
    expect(icefallToBytes('a~ ')).toEqual([0x61, 0x7e, 0x20]);
    // U+0180 is the 218th of icefall's list, U+01A6 its last.
    expect(icefallToBytes('\u0100\u0180\u01a6')).toEqual([0, 217, 255]);
    expect(icefallToBytes('é')).toBeUndefined();
  });

  it('are told from letters of Latvian and Polish', () => {
    expect(areIcefallBytes(['a', 'ā', 'č', 'ģ'])).toBe(false);
    expect(areIcefallBytes(['a', 'ó', 'ż', 'ƀ'])).toBe(false);
    expect(areIcefallBytes(['a', 'Ƌ', 'ţ'])).toBe(true);
  });
});
