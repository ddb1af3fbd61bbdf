import { describe, expect, it } from 'vitest';
import { joinBytes, joinFloats } from './join-arrays.js';

describe('joinBytes, joinFloats', () => {
  it('lay parts end to end', () => {
    expect(joinBytes([Uint8Array.of(1, 2), new Uint8Array(0), Uint8Array.of(3)])).toEqual(
      Uint8Array.of(1, 2, 3),
    );
    expect(joinFloats([Float32Array.of(0.5), Float32Array.of(-1, 2)])).toEqual(Float32Array.of(0.5, -1, 2));
  });

  it('make an empty array of nothing', () => {
    expect(joinBytes([])).toEqual(new Uint8Array(0));
    expect(joinFloats([new Float32Array(0), new Float32Array(0)])).toEqual(new Float32Array(0));
  });

  it('copy nothing where one part holds all', () => {
    const part = Float32Array.of(1, 2);
    expect(joinFloats([new Float32Array(0), part])).toBe(part);
  });
});
