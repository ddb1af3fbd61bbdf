import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SpeechTimeline, type FrameRange } from './speech-timeline.js';

/** Speech with gaps of 0 … 400 frames; some spans are longer than a window. */
const speech = fc
  .array(
    fc.tuple(
      fc.integer({ min: 1, max: 400 }),
      fc.oneof({ weight: 9, arbitrary: fc.integer({ min: 1, max: 600 }) }, fc.integer({ min: 1, max: 4000 })),
    ),
    { maxLength: 25 },
  )
  .map((parts) => {
    let at = 0;
    return parts.map(([gap, length]): FrameRange => {
      const start = at + gap;
      at = start + length;
      return { start, end: at };
    });
  });
const padding = fc.integer({ min: 0, max: 120 });
const MAX_WINDOW = 3000;

function build(spans: readonly FrameRange[], pad: number): { timeline: SpeechTimeline; total: number } {
  const total = (spans.at(-1)?.end ?? 0) + 50;
  const within = [{ start: 0, end: total }];
  return { timeline: new SpeechTimeline(spans, within, { maxWindow: MAX_WINDOW, padding: pad }), total };
}

/** Frames of the recording, one per frame of packed audio. */
const framesOf = ({ pieces }: SpeechTimeline): number[] =>
  pieces.flatMap(({ start, end }) => Array.from({ length: end - start }, (_, i) => start + i));

describe('SpeechTimeline', () => {
  it('keeps all speech, once and in order', () => {
    fc.assert(
      fc.property(speech, padding, (spans, pad) => {
        const { timeline, total } = build(spans, pad);
        const kept = framesOf(timeline);
        expect(kept).toHaveLength(timeline.length);
        expect(kept.every((frame, i) => i === 0 || frame > kept[i - 1]!)).toBe(true);
        expect((kept[0] ?? 0) >= 0 && (kept.at(-1) ?? 0) < total).toBe(true);
        const set = new Set(kept);
        for (const { start, end } of spans) {
          const frames = Array.from({ length: end - start }, (_, i) => start + i);
          expect(frames.filter((frame) => !set.has(frame))).toEqual([]);
        }
      }),
    );
  });

  it('keeps no more silence than the padding', () => {
    fc.assert(
      fc.property(speech, padding, (spans, pad) => {
        const { timeline } = build(spans, pad);
        for (const piece of timeline.pieces) {
          const inside = spans.filter(({ start, end }) => start >= piece.start && end <= piece.end);
          const edges = [
            piece.start + pad,
            ...inside.flatMap(({ start, end }) => [start, end]),
            piece.end - pad,
          ];
          // Silence at the edges and between: pairs of where it starts and ends.
          for (let i = 0; i < edges.length; i += 2) {
            const most = i === 0 || i === edges.length - 2 ? 0 : 2 * pad;
            expect(edges[i + 1]! - edges[i]!).toBeLessThanOrEqual(most);
          }
        }
      }),
    );
  });

  it('cuts it into windows end to end, at pauses only, of which none is too long without need', () => {
    fc.assert(
      fc.property(speech, padding, (spans, pad) => {
        const { timeline } = build(spans, pad);
        const kept = framesOf(timeline);
        let reached = 0;
        for (const window of timeline.windows) {
          expect(window.start).toBe(reached);
          reached = window.end;
          const [first, last] = [kept[window.start]!, kept[window.end - 1]!];
          const inside = spans.filter(({ start, end }) => start >= first && end <= last + 1);
          expect(inside.length).toBeGreaterThan(0);
          if (window.end - window.start > MAX_WINDOW) expect(inside).toHaveLength(1);
        }
        expect(reached).toBe(timeline.length);
        // No cut inside of speech: every span is in a window as a whole.
        const windowOf = new Map(
          timeline.windows.flatMap(({ start, end }, window) =>
            kept.slice(start, end).map((frame) => [frame, window] as const),
          ),
        );
        for (const { start, end } of spans) expect(windowOf.get(start)).toBe(windowOf.get(end - 1));
      }),
    );
  });

  it('knows the pauses inside of windows: from the end of speech to the start of the next', () => {
    fc.assert(
      fc.property(speech, padding, (spans, pad) => {
        const { timeline } = build(spans, pad);
        const kept = framesOf(timeline);
        const found = timeline.pauses.map(({ start, end, recorded }) => {
          // The frame before a pause is the last of speech, the one at its end the first of the next.
          expect(kept[end]! - kept[start - 1]! - 1).toBe(recorded);
          expect(end - start).toBeLessThanOrEqual(recorded);
          return [kept[start - 1]! + 1, kept[end]!];
        });
        const between = spans.slice(1).map(({ start }, i) => [spans[i]!.end, start] as const);
        const windowAt = (frame: number): number =>
          timeline.windows.findIndex(({ start, end }) => kept[start]! <= frame && frame <= kept[end - 1]!);
        const expected = between.filter(([end, start]) => windowAt(end - 1) === windowAt(start));
        expect(found).toEqual(expected.map((pause) => [...pause]));
      }),
    );
  });

  it('maps every packed range inside of a piece back exactly', () => {
    fc.assert(
      fc.property(speech, padding, fc.nat(), fc.nat(), (spans, pad, a, b) => {
        const { timeline } = build(spans, pad);
        fc.pre(timeline.length > 0);
        const kept = framesOf(timeline);
        const start = a % kept.length;
        const piece = timeline.pieces.find(
          (range) => kept[start]! >= range.start && kept[start]! < range.end,
        )!;
        const end = start + 1 + (b % (piece.end - kept[start]!));
        expect(timeline.restore({ start, end })).toEqual({
          start: kept[start]!,
          end: kept[start]! + end - start,
        });
      }),
    );
  });

  it('keeps the order of segments and words, each inside of the audio it was heard in', () => {
    fc.assert(
      fc.property(
        speech,
        padding,
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 4, maxLength: 40 }),
        (spans, pad, cuts) => {
          const { timeline, total } = build(spans, pad);
          fc.pre(timeline.length > 0);
          const times = cuts.map((cut) => Math.round(cut * timeline.length * 2) / 2).sort((x, y) => x - y);
          let reached = 0;
          for (let i = 0; i + 3 < times.length; i += 3) {
            const [start, middle, later, end] = times.slice(i, i + 4) as [number, number, number, number];
            const restored = timeline.restore({
              start,
              end,
              words: [
                { start, end: middle },
                { start: later, end },
              ],
            });
            const ordered = [reached, restored.start, ...restored.words.flatMap((w) => [w.start, w.end])];
            expect(ordered).toEqual(ordered.toSorted((x, y) => x - y));
            expect(restored.end).toBeGreaterThanOrEqual(restored.words[1]!.end);
            expect(restored.end).toBeLessThanOrEqual(total);
            for (const word of restored.words) {
              const home = timeline.pieces.find(
                (piece) => word.start >= piece.start && word.start < piece.end,
              );
              expect(word.end).toBeLessThanOrEqual(
                home?.end ?? timeline.pieces.find((piece) => piece.end === word.start)!.end,
              );
            }
            reached = restored.end;
          }
        },
      ),
    );
  });

  const two = [
    { start: 100, end: 300 },
    { start: 900, end: 1100 },
  ];

  it('ends what is heard before a cut at the cut, and starts what is heard behind it there', () => {
    const { timeline } = build(two, 50);
    expect(timeline.pieces).toEqual([
      { start: 50, end: 350 },
      { start: 850, end: 1150 },
    ]);
    expect(timeline.windows).toEqual([{ start: 0, end: 600 }]);
    // Packed: speech at 50…250 and 350…550, the cut at 300.
    expect(timeline.restore({ start: 50, end: 300 })).toEqual({ start: 100, end: 350 });
    expect(timeline.restore({ start: 300, end: 550 })).toEqual({ start: 850, end: 1100 });
    // Over the cut by silence alone, and a little speech of the neighbour's.
    expect(timeline.restore({ start: 50, end: 340 })).toEqual({ start: 100, end: 350 });
    expect(timeline.restore({ start: 245, end: 550 })).toEqual({ start: 850, end: 1100 });
    // Speech on both sides.
    const both = timeline.restore({
      start: 60,
      end: 500,
      words: [
        { start: 60, end: 250 },
        { start: 250, end: 320 },
        { start: 320, end: 500 },
      ],
    });
    expect(both).toEqual({
      start: 110,
      end: 1050,
      words: [
        { start: 110, end: 300 },
        { start: 300, end: 350 },
        { start: 870, end: 1050 },
      ],
    });
  });

  it('says how much of the recording is done', () => {
    const { timeline } = build(two, 50);
    expect([0, 100, 300, 301, 600].map((frame) => timeline.reached(frame))).toEqual([
      50, 150, 350, 851, 1150,
    ]);
  });

  it('prefers long pauses where the number of windows is the same', () => {
    const spans = [
      { start: 0, end: 1000 },
      { start: 1010, end: 1900 },
      { start: 1990, end: 2900 },
      { start: 2910, end: 3900 },
    ];
    const { timeline } = build(spans, 0);
    expect(timeline.windows.map(({ end }) => end)).toEqual([1890, 3790]);
  });

  it('stays inside of clips and never packs two of them into one window', () => {
    const within = [
      { start: 80, end: 320 },
      { start: 890, end: 1105 },
    ];
    const timeline = new SpeechTimeline(two, within, { maxWindow: MAX_WINDOW, padding: 50 });
    expect(timeline.pieces).toEqual(within);
    expect(timeline.windows).toHaveLength(2);
  });

  it('is empty without speech', () => {
    const { timeline } = build([], 10);
    expect(timeline).toMatchObject({ pieces: [], windows: [], length: 0 });
    expect(timeline.reached(10)).toBe(0);
  });
});
