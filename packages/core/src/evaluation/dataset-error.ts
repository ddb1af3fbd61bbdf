import { AsrError } from '../errors.js';
import type { Utterance } from './utterance.js';

/** A place in a manifest. Lines count from 1, as editors do. */
export interface ManifestPlace {
  readonly file: string;
  readonly line?: number;
}

/** An error that names file and line. */
export function datasetError(place: ManifestPlace, problem: string, cause?: unknown): AsrError {
  const where = place.line === undefined ? place.file : `${place.file}, line ${place.line}`;
  return new AsrError('DATASET_INVALID', `${where}: ${problem}`, cause === undefined ? {} : { cause });
}

/** A line of a manifest that holds something. */
export interface ManifestLine extends ManifestPlace {
  readonly line: number;
  readonly text: string;
}

/** Lines that aren't blank, whatever the line ends, without a byte order mark. */
export function manifestLines(content: string, file: string): ManifestLine[] {
  return content
    .replace(/^\uFEFF/u, '')
    .split(/\r\n|\n|\r/u)
    .map((text, index) => ({ file, line: index + 1, text }))
    .filter(({ text }) => text.trim() !== '');
}

/** Utterances with the places they were read from. */
export type PlacedUtterance = readonly [place: ManifestPlace, utterance: Utterance];

/**
 * The utterances, once it is sure that there are some and that ids are unique.
 * @throws AsrError `DATASET_INVALID`.
 */
export function checkUtterances(placed: readonly PlacedUtterance[], file: string): Utterance[] {
  if (placed.length === 0) throw datasetError({ file }, 'it holds no utterance.');
  const seen = new Map<string, ManifestPlace>();
  for (const [place, { id }] of placed) {
    const first = seen.get(id);
    if (first) {
      const where = first.line === undefined ? '' : `, first in line ${first.line}`;
      throw datasetError(place, `the utterance "${id}" is there twice${where}; ids must be unique.`);
    }
    seen.set(id, place);
  }
  return placed.map(([, utterance]) => utterance);
}
