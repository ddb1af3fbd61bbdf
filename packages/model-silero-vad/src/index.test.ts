import { readdirSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, expectTypeOf, it } from 'vitest';
import type { PackagedModel } from '@org/asr-core';
import defaultExport, { sileroVad } from './index.js';

const folder = fileURLToPath(new URL('../model/', import.meta.url));

describe('sileroVad', () => {
  it('names every file of the model folder', () => {
    expect(Object.keys(sileroVad.urls).toSorted()).toEqual(readdirSync(folder).toSorted());
  });

  it.each(Object.entries(sileroVad.urls))('finds %s under its own name', (name, url) => {
    expect(fileURLToPath(url)).toBe(`${folder}${name}`);
    expect(statSync(url).size).toBeGreaterThan(0);
  });

  it('is a packaged model, by both exports', () => {
    expect(defaultExport).toBe(sileroVad);
    expectTypeOf(sileroVad).toExtend<PackagedModel>();
  });
});
