/** What a word can mean in a spelled-out number. */
export type NumberWord =
  | { readonly type: 'zero' }
  /** 1–19; with a suffix an ordinal or a plural ("third", "twos"), which ends the number. */
  | { readonly type: 'one'; readonly value: bigint; readonly suffix: string }
  /** 20, 30 … 90. */
  | { readonly type: 'ten'; readonly value: bigint; readonly suffix: string }
  /** 100, 1000 and powers of 1000. */
  | { readonly type: 'multiplier'; readonly value: bigint; readonly suffix: string }
  /** "minus": a symbol for the number that follows. */
  | { readonly type: 'sign'; readonly symbol: string }
  /** "dollars": a symbol for the number before. */
  | { readonly type: 'currency'; readonly symbol: string }
  | { readonly type: 'percent' }
  /** The first half of "per cent". */
  | { readonly type: 'per' }
  | { readonly type: 'and' }
  | { readonly type: 'repeat'; readonly times: number }
  | { readonly type: 'point' };

const ONES =
  'one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen ' +
  'eighteen nineteen';
const TENS = 'twenty thirty forty fifty sixty seventy eighty ninety';
const POWERS_OF_THOUSAND =
  'thousand million billion trillion quadrillion quintillion sextillion septillion octillion nonillion decillion';

/** Symbols that may stand before a number. */
export const NUMBER_PREFIXES = '-+£€$¢';

let words: ReadonlyMap<string, NumberWord> | undefined;

/** All words that numbers are made of. Built on first use. */
export function numberWords(): ReadonlyMap<string, NumberWord> {
  return (words ??= makeNumberWords());
}

function makeNumberWords(): ReadonlyMap<string, NumberWord> {
  const map = new Map<string, NumberWord>();
  for (const word of ['o', 'oh', 'zero']) map.set(word, { type: 'zero' });

  for (const [index, word] of ONES.split(' ').entries()) {
    const value = BigInt(index + 1);
    map.set(word, { type: 'one', value, suffix: '' });
    map.set(word === 'six' ? 'sixes' : `${word}s`, { type: 'one', value, suffix: 's' });
    // As the reference has it: "nineth", so that "ninth" stays a word.
    map.set(`${word}${word.endsWith('t') ? 'h' : 'th'}`, { type: 'one', value, suffix: 'th' });
  }
  for (const regular of ['oneth', 'twoth', 'threeth', 'fiveth', 'twelveth']) map.delete(regular);
  const irregular = { zeroth: [0, 'th'], first: [1, 'st'], second: [2, 'nd'], third: [3, 'rd'] } as const;
  for (const [word, [value, suffix]] of Object.entries({
    ...irregular,
    fifth: [5, 'th'],
    twelfth: [12, 'th'],
  })) {
    map.set(word, { type: 'one', value: BigInt(value), suffix: String(suffix) });
  }

  for (const [index, word] of TENS.split(' ').entries()) {
    const value = BigInt(10 * (index + 2));
    map.set(word, { type: 'ten', value, suffix: '' });
    map.set(word.replace('y', 'ies'), { type: 'ten', value, suffix: 's' });
    map.set(word.replace('y', 'ieth'), { type: 'ten', value, suffix: 'th' });
  }

  const multipliers: [word: string, value: bigint][] = [['hundred', 100n]];
  for (const [index, word] of POWERS_OF_THOUSAND.split(' ').entries()) {
    multipliers.push([word, 1000n ** BigInt(index + 1)]);
  }
  for (const [word, value] of multipliers) {
    for (const [ending, suffix] of [
      ['', ''],
      ['s', 's'],
      ['th', 'th'],
    ] as const) {
      map.set(`${word}${ending}`, { type: 'multiplier', value, suffix });
    }
  }

  for (const word of ['minus', 'negative']) map.set(word, { type: 'sign', symbol: '-' });
  for (const word of ['plus', 'positive']) map.set(word, { type: 'sign', symbol: '+' });
  for (const [word, symbol] of Object.entries({ pound: '£', euro: '€', dollar: '$', cent: '¢' })) {
    map.set(word, { type: 'currency', symbol });
    map.set(`${word}s`, { type: 'currency', symbol });
  }
  map.set('per', { type: 'per' });
  map.set('percent', { type: 'percent' });
  map.set('and', { type: 'and' });
  map.set('double', { type: 'repeat', times: 2 });
  map.set('triple', { type: 'repeat', times: 3 });
  map.set('point', { type: 'point' });
  return map;
}
