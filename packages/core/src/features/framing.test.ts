import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  edgeIndex,
  frameCount,
  type FrameEdges,
  framesComplete,
  frameStart,
  type Framing,
} from './framing.js';

const EDGES: readonly FrameEdges[] = ['snip', 'snip-padded', 'mirror', 'center-reflect', 'center-zero'];
const framings = fc.record({
  frameLength: fc.integer({ min: 1, max: 40 }),
  hopLength: fc.integer({ min: 1, max: 40 }),
  edges: fc.constantFrom(...EDGES),
});

describe('framing', () => {
  it('calls exactly those frames complete that end within the audio', () => {
    fc.assert(
      fc.property(framings, fc.nat(200), fc.boolean(), (base, samples, dropLastFrame) => {
        const framing: Framing = { ...base, dropLastFrame };
        const complete = framesComplete(framing, samples);
        const fits = (frame: number): boolean => frameStart(framing, frame) + framing.frameLength <= samples;
        const count = frameCount(framing, samples);
        const fitting = Array.from({ length: count }, (_, frame) => frame).filter(fits);
        expect(complete).toBe(fitting.length);
      }),
    );
  });

  it('finds a sample of the audio for every mirrored or reflected index', () => {
    fc.assert(
      fc.property(
        fc.constantFrom<FrameEdges>('mirror', 'center-reflect'),
        fc.integer({ min: -500, max: 500 }),
        fc.integer({ min: 1, max: 300 }),
        (edges, index, samples) => {
          const at = edgeIndex(edges, index, samples);
          expect(at).toBeGreaterThanOrEqual(0);
          expect(at).toBeLessThan(samples);
        },
      ),
    );
  });

  it.each([
    ['mirror', [1, 0, 0, 1, 2, 3, 3, 2]],
    ['center-reflect', [2, 1, 0, 1, 2, 3, 2, 1]],
    ['center-zero', [-1, -1, 0, 1, 2, 3, -1, -1]],
  ] as const)('%s reads past both ends of 0 1 2 3', (edges, expected) => {
    expect(expected.map((_, i) => edgeIndex(edges, i - 2, 4))).toEqual(expected);
  });

  it('has no frames without audio', () => {
    for (const edges of EDGES) expect(frameCount({ frameLength: 400, hopLength: 160, edges }, 0)).toBe(0);
  });

  it('adds one padded frame for the tail', () => {
    const framing: Framing = { frameLength: 512, hopLength: 320, edges: 'snip-padded' };
    expect([1, 511, 512, 831, 832].map((samples) => frameCount(framing, samples))).toEqual([1, 1, 2, 2, 3]);
  });
});
