import { expect, it } from 'vitest';
import { RunQueue } from './run-queue.js';

it('runs one job at a time, in order, and a failed one harms no other', async () => {
  const queue = new RunQueue();
  const log: string[] = [];
  const job = (name: string, fails = false) =>
    queue.add(async () => {
      log.push(`${name} starts`);
      await new Promise((resolve) => setTimeout(resolve, 5));
      log.push(`${name} ends`);
      if (fails) throw new Error(name);
      return name;
    });
  const results = await Promise.allSettled([job('a'), job('b', true), job('c')]);
  expect(log).toEqual(['a starts', 'a ends', 'b starts', 'b ends', 'c starts', 'c ends']);
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  await expect(job('d')).resolves.toBe('d');
});

it('survives a job that throws at once', async () => {
  const queue = new RunQueue();
  const thrower = queue.add(() => {
    throw new Error('at once');
  });
  await expect(thrower).rejects.toThrow('at once');
  await expect(queue.add(() => Promise.resolve(1))).resolves.toBe(1);
});
