import { expect, it } from 'vitest';
import { findMatchingTokens } from './suppressed-pattern.js';

const texts = ['a', ' 1', '12', ' b2', 'end'];
const find = (pattern: RegExp, endOfText = 5) => findMatchingTokens(pattern, (id) => texts[id]!, endOfText);

it('finds the text tokens that match', () => {
  expect(find(/\d/)).toEqual([1, 2, 3]);
  expect(find(/^ ?\d+$/)).toEqual([1, 2]);
  expect(find(/\d/g)).toEqual([1, 2, 3]);
  expect(find(/END/i)).toEqual([4]);
  expect(find(/end/, 4)).toEqual([]);
});
