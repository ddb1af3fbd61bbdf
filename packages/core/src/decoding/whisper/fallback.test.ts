import { describe, expect, it } from 'vitest';
import { decodeWithFallback, isSilence, type DecodedWindow, type FallbackOptions } from './fallback.js';

const options: FallbackOptions = {
  temperatures: [0, 0.4, 0.8],
  compressionRatioThreshold: 2.4,
  logProbThreshold: -1,
  noSpeechThreshold: 0.6,
  whenAllFail: 'best',
};
/** Mean log-probability, compression ratio and no-speech probability of each attempt. */
type Attempt = readonly [avgLogProb: number, compressionRatio?: number, noSpeechProb?: number];

async function decode(attempts: readonly Attempt[], more: Partial<FallbackOptions> = {}) {
  const tried: number[] = [];
  const result = await decodeWithFallback(
    (temperature) => {
      const [avgLogProb, compressionRatio = 1, noSpeechProb = 0] = attempts[tried.length]!;
      tried.push(temperature);
      const window = { tokens: [], tokenLogProbs: [], sumLogProb: avgLogProb, avgLogProb, temperature };
      return Promise.resolve({ ...window, compressionRatio, noSpeechProb });
    },
    { ...options, ...more },
  );
  return { ...result, tried };
}

describe('decodeWithFallback', () => {
  it('stops at the first that passes', async () => {
    const result = await decode([[-2], [-0.5, 3], [-0.9]]);
    expect(result.tried).toEqual([0, 0.4, 0.8]);
    expect(result.passed).toBe(true);
    expect(result.window.temperature).toBe(0.8);
    expect(result.lastTemperature).toBe(0.8);
  });

  it('tries a temperature again once the model hears more, and only then', async () => {
    const tried: string[] = [];
    let heard = 'short';
    const result = await decodeWithFallback(
      (temperature) => {
        tried.push(`${heard} ${temperature}`);
        const avgLogProb = heard === 'full' && temperature > 0 ? -0.5 : -2;
        const window = { tokens: [], tokenLogProbs: [], sumLogProb: avgLogProb, avgLogProb, temperature };
        return Promise.resolve({ ...window, compressionRatio: 1, noSpeechProb: 0 });
      },
      options,
      () => {
        const widened = heard === 'short';
        heard = 'full';
        return Promise.resolve(widened);
      },
    );
    expect(tried).toEqual(['short 0', 'full 0', 'full 0.4']);
    expect(result).toMatchObject({ passed: true, lastTemperature: 0.4 });
  });

  it('accepts silence at once', async () => {
    const result = await decode([[-2, 1, 0.7]]);
    expect(result.tried).toEqual([0]);
    expect(isSilence(result.window, options)).toBe(true);
  });

  it('of failures keeps the likeliest that is no loop', async () => {
    const result = await decode([[-0.2, 5], [-1.2], [-1.5]]);
    expect(result.passed).toBe(false);
    expect(result.window).toMatchObject({ temperature: 0.4, avgLogProb: -1.2 });
    // What the window took counts for forgetting the prompt, not what was kept.
    expect(result.lastTemperature).toBe(0.8);
  });

  it('of loops alone keeps the likeliest', async () => {
    const result = await decode([
      [-0.2, 5],
      [-0.1, 4],
      [-0.5, 3],
    ]);
    expect(result.window.temperature).toBe(0.4);
  });

  it('keeps the last where openai/whisper would', async () => {
    const result = await decode([[-1.1], [-1.2], [-1.5]], { whenAllFail: 'last' });
    expect(result.window.temperature).toBe(0.8);
    expect(result.passed).toBe(false);
  });

  it('checks nothing that is off', async () => {
    const off = { compressionRatioThreshold: false, logProbThreshold: false } as const;
    expect((await decode([[-9, 99]], off)).passed).toBe(true);
    expect((await decode([[-2, 1, 0.9], [-0.1]], { noSpeechThreshold: false })).tried).toEqual([0, 0.4]);
  });

  it('needs a temperature', async () => {
    await expect(decode([], { temperatures: [] })).rejects.toThrow(RangeError);
  });
});

describe('isSilence', () => {
  const window = (avgLogProb: number, noSpeechProb: number): DecodedWindow => ({
    tokens: [],
    tokenLogProbs: [],
    sumLogProb: 0,
    avgLogProb,
    noSpeechProb,
    temperature: 0,
    compressionRatio: 1,
  });

  it.each([
    [-2, 0.7, options, true],
    [-0.5, 0.9, options, false],
    [-1, 0.61, options, true],
    [-2, 0.6, options, false],
    [-0.1, 0.9, { ...options, logProbThreshold: false as const }, true],
    [-2, 1, { ...options, noSpeechThreshold: false as const }, false],
  ])('log-probability %d, no speech %d', (avgLogProb, noSpeechProb, thresholds, silent) => {
    expect(isSilence(window(avgLogProb, noSpeechProb), thresholds)).toBe(silent);
  });
});
