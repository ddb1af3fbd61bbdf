import type { Steps } from '../steps.js';
import type { WavFormat } from './wav-format.js';

/** Samples that are decoded in one step. */
const STEP = 1 << 17;

type ReadSample = (data: DataView, at: number) => number;

/**
 * Splits interleaved WAV sample data into channels of floats in −1…1.
 * Integers are divided by half their range, so that 16-bit −32768 is −1.
 * @param frames Samples per channel; `data` holds at least that many.
 */
export function* decodeWavSamples(data: DataView, format: WavFormat, frames: number): Steps<Float32Array[]> {
  const { channels, bytesPerSample } = format;
  const read = sampleReader(format);
  const blockSize = channels * bytesPerSample;
  const decoded = Array.from({ length: channels }, () => new Float32Array(frames));
  for (const [channel, samples] of decoded.entries()) {
    for (let from = 0; from < frames; from += STEP) {
      const to = Math.min(from + STEP, frames);
      let at = from * blockSize + channel * bytesPerSample;
      for (let i = from; i < to; i++, at += blockSize) samples[i] = read(data, at);
      yield;
    }
  }
  return decoded;
}

function sampleReader({ encoding, bytesPerSample }: WavFormat): ReadSample {
  switch (encoding) {
    case 'pcm':
      return integerReader(bytesPerSample);
    case 'float':
      return bytesPerSample === 4
        ? (data, at) => data.getFloat32(at, true)
        : (data, at) => data.getFloat64(at, true);
    case 'alaw':
      return (data, at) => expandALaw(data.getUint8(at));
    case 'ulaw':
      return (data, at) => expandMuLaw(data.getUint8(at));
  }
}

function integerReader(bytes: number): ReadSample {
  switch (bytes) {
    case 1:
      // The only unsigned width.
      return (data, at) => (data.getUint8(at) - 128) / 128;
    case 2:
      return (data, at) => data.getInt16(at, true) / 32_768;
    case 3:
      return (data, at) => (data.getUint16(at, true) + data.getInt8(at + 2) * 65_536) / 8_388_608;
    default:
      return (data, at) => data.getInt32(at, true) / 2_147_483_648;
  }
}

/** ITU-T G.711 A-law: 13-bit values, here with 16-bit full scale. */
function expandALaw(code: number): number {
  const bits = code ^ 0x55;
  const exponent = (bits >> 4) & 7;
  const mantissa = ((bits & 15) << 4) + 8;
  const magnitude = exponent === 0 ? mantissa : (mantissa + 256) << (exponent - 1);
  return (bits & 0x80 ? magnitude : -magnitude) / 32_768;
}

/** ITU-T G.711 µ-law: 14-bit values, here with 16-bit full scale. */
function expandMuLaw(code: number): number {
  const bits = ~code;
  const exponent = (bits >> 4) & 7;
  const magnitude = ((((bits & 15) << 3) + 132) << exponent) - 132;
  return (bits & 0x80 ? -magnitude : magnitude) / 32_768;
}
