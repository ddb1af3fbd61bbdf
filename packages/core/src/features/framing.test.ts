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
  /**
   * Frames, from the first on, that read the same whether the audio ends here, one sample later or far away; where it
   * ends here they read nothing that isn't there.
   */
  function settled(framing: Framing, samples: number): number {
    const { edges, frameLength } = framing;
    const count = frameCount(framing, samples);
    for (let frame = 0; frame < count; frame++) {
      for (let i = frameStart(framing, frame), end = i + frameLength; i < end; i++) {
        const here = edgeIndex(edges, i, samples);
        if ([1, 1000].some((more) => edgeIndex(edges, i, samples + more) !== here)) return frame;
      }
    }
    return count;
  }

  it('calls exactly those frames complete that no further sample can change', () => {
    fc.assert(
      fc.property(framings, fc.nat(200), fc.boolean(), (base, samples, dropLastFrame) => {
        const framing: Framing = { ...base, dropLastFrame };
        expect(framesComplete(framing, samples)).toBe(settled(framing, samples));
      }),
      {
        // A reflection about the first sample reads the second: one sample is no whole frame, even of length 1.
        examples: [[{ frameLength: 1, hopLength: 1, edges: 'center-reflect' }, 1, false]],
      },
    );
  });

  it('completes a reflected frame with the last sample that it shows', () => {
    // Frame 0 of 400 samples begins 200 before the audio: what stands there is sample 200, the 201st.
    const framing: Framing = { frameLength: 400, hopLength: 160, edges: 'center-reflect' };
    expect([200, 201, 359, 360].map((samples) => framesComplete(framing, samples))).toEqual([0, 1, 1, 2]);
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

  it.each([
    // numpy.pad(x, 5, mode), 'reflect' and 'symmetric'; torch.stft refuses audio as short as its padding.
    ['center-reflect', 1, [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]],
    ['center-reflect', 2, [1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0]],
    ['center-reflect', 3, [1, 0, 1, 2, 1, 0, 1, 2, 1, 0, 1, 2, 1]],
    ['mirror', 2, [0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 1, 1]],
    ['mirror', 3, [1, 2, 2, 1, 0, 0, 1, 2, 2, 1, 0, 0, 1]],
  ] as const)('%s goes to and fro over %i samples as numpy does', (edges, samples, expected) => {
    expect(expected.map((_, i) => edgeIndex(edges, i - 5, samples))).toEqual(expected);
  });

  it('has no frames without audio', () => {
    for (const edges of EDGES) expect(frameCount({ frameLength: 400, hopLength: 160, edges }, 0)).toBe(0);
  });

  it('adds one padded frame for the tail', () => {
    const framing: Framing = { frameLength: 512, hopLength: 320, edges: 'snip-padded' };
    expect([1, 511, 512, 831, 832].map((samples) => frameCount(framing, samples))).toEqual([1, 1, 2, 2, 3]);
  });
});
