import { describe, expect, it } from 'vitest';
import { finish, finishInTurns, type Steps } from './steps.js';

/** Counts to `count`, `wait` ms for each. */
function* counting(count: number, wait = 0): Steps<number> {
  for (let i = 0; i < count; i++) {
    const end = performance.now() + wait;
    while (performance.now() < end);
    yield;
  }
  return count;
}

describe('finish', () => {
  it('does all steps and gives the result', () => {
    expect(finish(counting(5))).toBe(5);
    expect(finish(counting(0))).toBe(0);
  });
});

describe('finishInTurns', () => {
  it('gives the same result, also without a pause', async () => {
    expect(await finishInTurns(counting(5))).toBe(5);
    expect(await finishInTurns(counting(0))).toBe(0);
  });

  it('lets timers run in between', async () => {
    let ticks = 0;
    const timer = setInterval(() => ticks++, 1);
    try {
      await finishInTurns(counting(40, 4));
    } finally {
      clearInterval(timer);
    }
    // 160 ms in turns of 8 to 12 ms. Done at once, no timer would have run.
    expect(ticks).toBeGreaterThan(3);
  });

  it('stops when aborted, before or in between, and passes on what a step throws', async () => {
    const reason = new Error('stop');
    const steps = counting(1000, 4);
    await expect(finishInTurns(steps, AbortSignal.abort(reason))).rejects.toBe(reason);
    const controller = new AbortController();
    setTimeout(() => controller.abort(reason), 5);
    await expect(finishInTurns(steps, controller.signal)).rejects.toBe(reason);
    const failing = (function* (): Steps<number> {
      yield;
      throw reason;
    })();
    await expect(finishInTurns(failing)).rejects.toBe(reason);
  });
});
