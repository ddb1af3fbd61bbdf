import fc from 'fast-check';
import { expect, it } from 'vitest';
import { TopTokens } from './top-tokens.js';

it('finds the largest entries, the lower id of equals first, and leaves out what is masked', () => {
  const value = fc.oneof(fc.integer({ min: -9, max: 9 }), fc.constant(-Infinity));
  fc.assert(
    fc.property(fc.array(value, { maxLength: 40 }), fc.integer({ min: 1, max: 8 }), (values, size) => {
      const top = new TopTokens(size);
      top.select(Float32Array.of(100, 100, 100)); // what an earlier row left behind must not matter
      top.select(Float32Array.from(values));
      const expected = [...values.entries()]
        .filter(([, logit]) => logit > -Infinity)
        .sort(([i, a], [j, b]) => b - a || i - j)
        .slice(0, size);
      expect(Array.from({ length: top.count }, (_, k) => [top.ids[k], top.logits[k]])).toEqual(expected);
    }),
  );
});
