import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { repositoryFile } from '@org/asr-testkit';
import { ChunkConverter } from '../../packages/core/src/streaming/chunk-converter.js';

const vectors = JSON.parse(
  readFileSync(repositoryFile('tests/golden/vectors/audio/g711.json'), 'utf8'),
) as Readonly<Record<'mulaw' | 'alaw', readonly number[]>>;

it.each(['mulaw', 'alaw'] as const)('expands all codes of %s as ffmpeg and audioop do', (encoding) => {
  const converter = new ChunkConverter({ sampleRate: 8000, encoding }, 8000);
  const samples = converter.push(Uint8Array.from({ length: 256 }, (_, code) => code));
  // G.711 has two zeros; they are the same sound.
  expect(Array.from(samples, (sample) => sample * 32_768 + 0)).toEqual(vectors[encoding]);
});
