import type { StreamEvent } from '@org/asr-node';
import { expect } from 'vitest';

/**
 * What holds of every stream that came to its end, whatever the model: partials and segments belong to an utterance that
 * began with `speech-start` and has not ended; confirmed text is continued by what follows; time goes on; `end` comes last, once,
 * and holds the segments as they were told.
 */
export function checkEvents(events: readonly StreamEvent[]): void {
  let speaking = false;
  let confirmed = '';
  let heard = 0;
  let segmentsUntil = 0;
  for (const event of events.slice(0, -1)) {
    expect(event.type).not.toBe('end');
    if (event.type === 'speech-start') speaking = true;
    if (event.type === 'partial') {
      expect(speaking, JSON.stringify(event)).toBe(true);
      expect(event.text.startsWith(event.confirmed)).toBe(true);
      expect(event.confirmed.startsWith(confirmed)).toBe(true);
      expect(event.end).toBeGreaterThanOrEqual(heard);
      expect(event.start).toBeLessThanOrEqual(event.end);
      confirmed = event.confirmed;
      heard = event.end;
    }
    if (event.type === 'segment') {
      const { segment } = event;
      expect(speaking, JSON.stringify(event)).toBe(true);
      expect(segment.start).toBeGreaterThanOrEqual(segmentsUntil);
      expect(segment.end).toBeGreaterThanOrEqual(segment.start);
      // Models with states tell a part of what is confirmed as a segment, and go on with the rest.
      const [first, second] = [segment.text.trim(), confirmed];
      expect(first.startsWith(second) || second.startsWith(first)).toBe(true);
      confirmed = first.startsWith(second) ? '' : second.slice(first.length).trimStart();
      segmentsUntil = segment.end;
    }
    if (event.type === 'endpoint') {
      expect(speaking).toBe(event.reason !== 'no-speech');
      expect(confirmed).toBe('');
      speaking = false;
    }
  }
  const last = events.at(-1)!;
  if (last.type !== 'end') throw new Error(`the last event is ${last.type}`);
  const segments = events.flatMap((event) => (event.type === 'segment' ? [event.segment] : []));
  expect(last.transcript.segments).toEqual(segments);
  const words = (text: string): string[] => text.split(/\s+/).filter((word) => word !== '');
  expect(words(last.transcript.text)).toEqual(segments.flatMap(({ text }) => words(text)));
  expect(segmentsUntil).toBeLessThanOrEqual(last.transcript.duration);
}
