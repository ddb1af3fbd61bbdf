import { AsrError } from '../errors.js';
import { SAMPLE_RATE_RANGE } from './pcm.js';

/** How a WAV file stores one sample. */
export type WavEncoding = 'pcm' | 'float' | 'alaw' | 'ulaw';

/** A checked `fmt ` chunk. */
export interface WavFormat {
  readonly encoding: WavEncoding;
  readonly channels: number;
  /** In Hz. */
  readonly sampleRate: number;
  /** As the file states it; may be less than the bytes of a sample hold (20 bits in 3 bytes). */
  readonly bitsPerSample: number;
  readonly bytesPerSample: number;
}

const TAG_PCM = 0x0001;
const TAG_FLOAT = 0x0003;
const TAG_ALAW = 0x0006;
const TAG_ULAW = 0x0007;
const TAG_EXTENSIBLE = 0xfffe;

const OTHER_CODECS: Readonly<Record<number, string>> = {
  0x02: 'Microsoft ADPCM',
  0x11: 'IMA ADPCM',
  0x31: 'GSM 6.10',
  0x45: 'G.726 ADPCM',
  0x50: 'MPEG',
  0x55: 'MP3',
  0xff: 'AAC',
  0x161: 'Windows Media Audio',
};

/** Bytes 2…15 of the sub-format GUID that wraps a plain format tag (KSDATAFORMAT_SUBTYPE_*). */
const GUID_TAIL = [0x00, 0x00, 0x00, 0x00, 0x10, 0x00, 0x80, 0x00, 0x00, 0xaa, 0x00, 0x38, 0x9b, 0x71];

/** More channels than any recording has: such a header is damage. */
const MAX_CHANNELS = 256;

/**
 * Reads a `fmt ` chunk's body.
 * @param at Offset of the body in the file, for error messages.
 * @throws AsrError `AUDIO_INVALID` for a header that contradicts itself, `AUDIO_UNSUPPORTED` for other codecs.
 */
export function readWavFormat(body: DataView, at: number): WavFormat {
  if (body.byteLength < 16) {
    throw invalid(`"fmt " chunk at byte ${at - 8} has ${body.byteLength} bytes; expected at least 16`);
  }
  const channels = body.getUint16(2, true);
  const sampleRate = body.getUint32(4, true);
  const blockAlign = body.getUint16(12, true);
  const bitsPerSample = body.getUint16(14, true);
  const encoding = encodingOf(body, at);

  if (channels < 1 || channels > MAX_CHANNELS) {
    throw invalid(`${channels} channels at byte ${at + 2}; expected 1…${MAX_CHANNELS}`);
  }
  if (sampleRate < SAMPLE_RATE_RANGE.min || sampleRate > SAMPLE_RATE_RANGE.max) {
    throw invalid(
      `sample rate ${sampleRate} Hz at byte ${at + 4}; expected ${SAMPLE_RATE_RANGE.min}…${SAMPLE_RATE_RANGE.max}`,
    );
  }
  // Some writers leave the block size 0; every other value must divide into channels.
  const bytesPerSample = blockAlign === 0 ? Math.ceil(bitsPerSample / 8) : blockAlign / channels;
  if (!Number.isInteger(bytesPerSample) || bitsPerSample < 1 || bitsPerSample > bytesPerSample * 8) {
    throw invalid(
      `block size ${blockAlign} at byte ${at + 12} does not fit ${channels} channels of ${bitsPerSample} bits`,
    );
  }
  const sizes = { pcm: [1, 2, 3, 4], float: [4, 8], alaw: [1], ulaw: [1] }[encoding];
  if (!sizes.includes(bytesPerSample) || (encoding === 'float' && bitsPerSample !== bytesPerSample * 8)) {
    throw new AsrError(
      'AUDIO_UNSUPPORTED',
      `WAV: ${encoding} samples of ${bitsPerSample} bits in ${bytesPerSample} bytes (byte ${at + 12}); ` +
        `supported are PCM of 8 to 32 bits, float of 32 or 64, A-law and µ-law of 8`,
    );
  }
  return { encoding, channels, sampleRate, bitsPerSample, bytesPerSample };
}

function encodingOf(body: DataView, at: number): WavEncoding {
  let tag = body.getUint16(0, true);
  let tagAt = at;
  if (tag === TAG_EXTENSIBLE) {
    if (body.byteLength < 40) {
      throw invalid(`extensible "fmt " chunk at byte ${at - 8} has ${body.byteLength} bytes; expected 40`);
    }
    if (GUID_TAIL.some((byte, i) => body.getUint8(26 + i) !== byte)) {
      throw new AsrError(
        'AUDIO_UNSUPPORTED',
        `WAV: unknown sub-format GUID at byte ${at + 24}; convert the file to 16-bit PCM`,
      );
    }
    tag = body.getUint16(24, true);
    tagAt = at + 24;
  }
  switch (tag) {
    case TAG_PCM:
      return 'pcm';
    case TAG_FLOAT:
      return 'float';
    case TAG_ALAW:
      return 'alaw';
    case TAG_ULAW:
      return 'ulaw';
    default: {
      const name = OTHER_CODECS[tag] ?? 'unknown codec';
      throw new AsrError(
        'AUDIO_UNSUPPORTED',
        `WAV: format tag 0x${tag.toString(16).padStart(4, '0')} (${name}) at byte ${tagAt}; ` +
          `supported are PCM, float, A-law and µ-law`,
      );
    }
  }
}

function invalid(found: string): AsrError {
  return new AsrError('AUDIO_INVALID', `WAV: ${found}`);
}
