import fc from 'fast-check';
import { expect, it } from 'vitest';
import { kthLargest } from './select-top.js';

it('kthLargest is what sorting gives, ties and infinities among them', () => {
  const numbers = fc.oneof(
    fc.integer({ min: -3, max: 3 }),
    fc.double({ noNaN: true }),
    fc.constant(-Infinity),
  );
  fc.assert(
    fc.property(fc.array(numbers, { minLength: 1 }), fc.nat(), (values, at) => {
      const count = (at % values.length) + 1;
      const spare = Float64Array.from([...values, 1e300]);
      const expected = values.toSorted((a, b) => b - a)[count - 1];
      expect(kthLargest(spare, values.length, count) === expected).toBe(true);
    }),
  );
});
