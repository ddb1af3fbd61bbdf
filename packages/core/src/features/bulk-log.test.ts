import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BulkLog } from './bulk-log.js';

describe('BulkLog', () => {
  it('equals Math.log over the whole range of normal numbers', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 2.3e-308, max: 1.7e308, noNaN: true }), { minLength: 1, maxLength: 50 }),
        fc.constantFrom(1, Math.LOG10E, 10 / Math.LN10),
        (values, scale) => {
          const log = new BulkLog(values.length);
          log.values.set(values);
          log.run(scale);
          values.forEach((value, i) => {
            expect(Math.abs(log.values[i]! - scale * Math.log(value))).toBeLessThan(5e-10);
          });
        },
      ),
    );
  });

  it.each([1, 2, 0.5, 1e-10, 1 - 2 ** -53, 1 + 2 ** -52, Math.SQRT2])('equals Math.log at %d', (value) => {
    const log = new BulkLog(1);
    log.values[0] = value;
    log.run();
    expect(Math.abs(log.values[0] - Math.log(value))).toBeLessThan(1e-10);
  });
});
