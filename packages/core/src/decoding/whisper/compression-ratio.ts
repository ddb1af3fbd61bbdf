import { deflate } from 'pako';

/**
 * UTF-8 bytes of a text divided by their zlib size; text that repeats itself has a high ratio. Sizes equal those of
 * zlib at level 6, byte for byte, so openai/whisper's threshold of 2.4 means the same here.
 */
export function compressionRatio(text: string): number {
  const bytes = new TextEncoder().encode(text);
  // `legacyHash`: pako's newer hash finds other matches than zlib and is a few bytes off.
  return bytes.length / deflate(bytes, { level: 6, legacyHash: true }).length;
}
