import type { AlignedUnit, TextAlignment } from '@org/asr-node';

/**
 * Praat's TextGrid (long text format, UTF-8): a tier of words and one of their characters or word pieces. What lies between
 * them is intervals without text, because a tier covers all of the time without a gap.
 */
export function toTextGrid({ words, duration }: TextAlignment): string {
  const tiers = [['words', words] as const, ['units', words.flatMap(({ units }) => units)] as const];
  const body = tiers.map(([name, units], i) => tier(i + 1, name, fillGaps(units, duration), duration));
  return [
    'File type = "ooTextFile"',
    'Object class = "TextGrid"',
    '',
    'xmin = 0',
    `xmax = ${duration}`,
    'tiers? <exists>',
    `size = ${tiers.length}`,
    'item []:',
    ...body,
    '',
  ].join('\n');
}

type Interval = Pick<AlignedUnit, 'start' | 'end' | 'text'>;

function tier(number: number, name: string, intervals: readonly Interval[], duration: number): string {
  const items = intervals.flatMap(({ start, end, text }, i) => [
    `        intervals [${i + 1}]:`,
    `            xmin = ${start}`,
    `            xmax = ${end}`,
    `            text = ${quote(text)}`,
  ]);
  return [
    `    item [${number}]:`,
    '        class = "IntervalTier"',
    `        name = ${quote(name)}`,
    '        xmin = 0',
    `        xmax = ${duration}`,
    `        intervals: size = ${intervals.length}`,
    ...items,
  ].join('\n');
}

function fillGaps(units: readonly Interval[], duration: number): readonly Interval[] {
  const filled: Interval[] = [];
  let at = 0;
  for (const { start, end, text } of units) {
    // Praat takes no interval without length.
    if (end <= at) continue;
    if (start > at) filled.push({ start: at, end: start, text: '' });
    filled.push({ start: Math.max(start, at), end, text });
    at = end;
  }
  if (at < duration || filled.length === 0) filled.push({ start: at, end: duration, text: '' });
  return filled;
}

function quote(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}
