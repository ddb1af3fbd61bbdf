/** Figures from what a stream told. */
import {
  emissionDelays,
  measureWords,
  normalizedErasure,
  wordEmissions,
  type ShownText,
} from '@org/asr-node';
import type { NotedEvent, Session } from './listen.js';
import type { Recording } from './recordings.js';

/** Words are the same without case and punctuation; numbers stay as they are written. */
export const normalize = (word: string): string => word.toLowerCase().replaceAll(/[^\p{L}\p{N}']/gu, '');

export interface Figures {
  /** Seconds from the beginning of the first word to the first text. */
  readonly firstPartial: number;
  /** Seconds from the end of a word until it was shown to stay, and until it was confirmed. */
  readonly shown: readonly number[];
  readonly confirmed: readonly number[];
  /** Seconds from the end of the last word before a pause until it was in a segment. */
  readonly finalised: readonly number[];
  readonly erasure: number;
  readonly wordErrorRate: number;
  /** Share of the words of the reference that are there. */
  readonly recall: number;
  /** Seconds of audio that waited at most. */
  readonly lag: number;
  /** Processors that were busy. */
  readonly processors: number;
  readonly speed: number;
}

export function measure(recording: Recording, { events, wall, processor }: Session): Figures {
  const { words, text, samples } = recording;
  const shown = histories(events);
  const delays = (history: readonly ShownText[]) =>
    emissionDelays(words, wordEmissions(history, { normalize }), { normalize });
  const first = events.find(({ event }) => event.type === 'partial' || event.type === 'segment');
  const found = measureWords(text, finalText(events), { normalize: recording.normalize });
  const said = found.hits + found.substitutions + found.deletions;
  return {
    firstPartial: first ? first.time - words[0]!.start : Number.NaN,
    shown: delays(shown.all).map(({ delay }) => delay),
    confirmed: delays(shown.confirmed).map(({ delay }) => delay),
    finalised: delays(shown.final)
      .filter(({ index }) => words[index]!.last)
      .map(({ delay }) => delay),
    erasure: normalizedErasure(
      shown.all.map(({ text: all }) => all),
      { normalize },
    ),
    wordErrorRate: found.wordErrorRate,
    recall: found.hits / said,
    lag: Math.max(0, ...events.map(({ event }) => (event.type === 'lag' ? event.seconds : 0))),
    processors: processor / wall,
    speed: samples.length / 16_000 / wall,
  };
}

export function finalText(events: readonly NotedEvent[]): string {
  const last = events.at(-1)?.event;
  if (last?.type !== 'end') throw new Error('the stream did not end');
  return last.transcript.text;
}

/** What could be seen over time: all text, what of it was confirmed, and what was in segments. */
function histories(
  events: readonly NotedEvent[],
): Record<'all' | 'confirmed' | 'final', readonly ShownText[]> {
  const all: ShownText[] = [];
  const confirmed: ShownText[] = [];
  const final: ShownText[] = [];
  let told = '';
  for (const { event, time } of events) {
    if (event.type === 'segment') {
      told += `${event.segment.text} `;
      final.push({ time, text: told });
    }
    if (event.type !== 'segment' && event.type !== 'partial') continue;
    // A segment replaces what was partial before it; the rest of it is told again by the next partial.
    const partial = event.type === 'partial' ? event : { text: '', confirmed: '' };
    confirmed.push({ time, text: told + partial.confirmed });
    all.push({ time, text: told + partial.text });
  }
  return { all, confirmed, final };
}

/** @param share 0…1. */
export function percentile(values: readonly number[], share: number): number {
  if (values.length === 0) return Number.NaN;
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)]!;
}
