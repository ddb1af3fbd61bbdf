import sileroVad from '@org/asr-model-silero-vad';
import { loadVad } from '@org/asr-web';
import { expect, it } from 'vitest';

const jfk = new URL('../../fixtures/audio/jfk.wav', import.meta.url);

/** Segments of silero-vad in Python, in samples (tests/golden/vectors/vad). */
const SEGMENTS = [
  [5152, 36_320],
  [52_256, 71_136],
  [86_048, 122_848],
  [130_592, 169_952],
];

it('finds speech with the packaged detector', async () => {
  await using vad = await loadVad(sileroVad);
  expect(vad.info).toMatchObject({ family: 'silero', layout: 'sequence', provider: 'wasm', fallbacks: [] });
  const spans = await vad.detect(jfk);
  expect(spans.map(({ start, end }) => [Math.round(start * 16_000), Math.round(end * 16_000)])).toEqual(
    SEGMENTS,
  );
});
