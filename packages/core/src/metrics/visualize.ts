import type { AlignmentChunk } from './alignment.js';
import type { CharacterMeasures, WordMeasures } from './error-rates.js';

/** Options of `visualizeAlignment`. */
export interface VisualizeOptions {
  /** Print counts and rates below the sentences. Default true. */
  readonly measures?: boolean;
  /** Leave out sentences without an error, as jiwer does. Default true. */
  readonly skipCorrect?: boolean;
}

/**
 * Alignments as text for a fixed-width font: reference above hypothesis, `*` where the other side has more,
 * and S, D, I below what differs. The layout is jiwer's.
 */
export function visualizeAlignment(
  measures: WordMeasures | CharacterMeasures,
  options: VisualizeOptions = {},
): string {
  const { measures: withMeasures = true, skipCorrect = true } = options;
  const isWords = 'wordErrorRate' in measures;
  const separator = isWords ? ' ' : '';
  const parts: string[] = [];
  for (const [index, alignment] of measures.alignments.entries()) {
    if (skipCorrect && alignment.every((chunk) => chunk.type === 'equal')) continue;
    const rows = layOut(measures.references[index]!, measures.hypotheses[index]!, alignment);
    parts.push(
      `=== SENTENCE ${index + 1} ===\n\n` +
        `REF: ${rows.reference.join(separator)}\n` +
        `HYP: ${rows.hypothesis.join(separator)}\n` +
        `     ${rows.marks.join(separator)}\n`,
    );
  }
  if (withMeasures) parts.push(summary(measures));
  return parts.join('\n');
}

function summary(measures: WordMeasures | CharacterMeasures): string {
  const text =
    `=== SUMMARY ===\nnumber of sentences: ${measures.alignments.length}\n` +
    `substitutions=${measures.substitutions} deletions=${measures.deletions} ` +
    `insertions=${measures.insertions} hits=${measures.hits}\n\n`;
  if (!('wordErrorRate' in measures)) return `${text}cer=${formatPercent(measures.characterErrorRate)}\n`;
  return (
    text +
    `mer=${formatPercent(measures.matchErrorRate)}\n` +
    `wil=${formatPercent(measures.wordInformationLost)}\n` +
    `wip=${formatPercent(measures.wordInformationPreserved)}\n` +
    `wer=${formatPercent(measures.wordErrorRate)}\n`
  );
}

const MARKS = { equal: '', substitute: 'S', delete: 'D', insert: 'I' };

function layOut(
  reference: readonly string[],
  hypothesis: readonly string[],
  alignment: readonly AlignmentChunk[],
): { reference: string[]; hypothesis: string[]; marks: string[] } {
  const rows = { reference: [] as string[], hypothesis: [] as string[], marks: [] as string[] };
  for (const { type, referenceStart, referenceEnd, hypothesisStart, hypothesisEnd } of alignment) {
    const length = Math.max(referenceEnd - referenceStart, hypothesisEnd - hypothesisStart);
    for (let i = 0; i < length; i++) {
      const above = type === 'insert' ? undefined : reference[referenceStart + i]!;
      const below = type === 'delete' ? undefined : hypothesis[hypothesisStart + i]!;
      const width = Math.max([...(above ?? '')].length, [...(below ?? '')].length);
      rows.reference.push(above === undefined ? '*'.repeat(width) : padStart(above, width));
      rows.hypothesis.push(below === undefined ? '*'.repeat(width) : padStart(below, width));
      rows.marks.push(MARKS[type].padStart(width));
    }
  }
  return rows;
}

/** By code points, unlike `String.padStart`. */
function padStart(text: string, width: number): string {
  return ' '.repeat(width - [...text].length) + text;
}

/** Two decimals, ties to even as Python's format has it; `toFixed` would round ties up. */
function formatPercent(rate: number): string {
  const percent = rate * 100;
  // Only odd eighths lie exactly between two hundredths.
  if (!Number.isInteger(percent * 8) || Number.isInteger(percent * 4)) return `${percent.toFixed(2)}%`;
  const below = Math.floor(percent * 100);
  return `${((below % 2 === 0 ? below : below + 1) / 100).toFixed(2)}%`;
}
