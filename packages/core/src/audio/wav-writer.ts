import { channelsOf, checkPcm, type Pcm } from './pcm.js';

/** Options of {@link writeWav}. */
export interface WriteWavOptions {
  /**
   * `pcm16` (default): 16-bit integers, values outside −1…1 clipped; every program reads it.
   * `float32`: the samples bit by bit.
   */
  readonly encoding?: 'pcm16' | 'float32';
}

const HEADER_SIZE = { pcm16: 44, float32: 58 } as const;

/**
 * Writes audio as a WAV file (RIFF, little endian, channels interleaved).
 * @throws TypeError, RangeError for malformed {@link Pcm}, an unknown encoding, or audio over 4 GiB.
 */
export function writeWav(pcm: Pcm, options: WriteWavOptions = {}): Uint8Array<ArrayBuffer> {
  checkPcm(pcm);
  const encoding = options.encoding ?? 'pcm16';
  if (!Object.hasOwn(HEADER_SIZE, encoding)) {
    throw new TypeError(`encoding must be 'pcm16' or 'float32'; got ${String(encoding)}`);
  }
  const channels = channelsOf(pcm);
  const float = encoding === 'float32';
  const bytesPerSample = float ? 4 : 2;
  const headerSize = HEADER_SIZE[encoding];
  const dataSize = channels[0]!.length * channels.length * bytesPerSample;
  if (headerSize + dataSize > 0xffff_ffff || channels.length > 0xffff / bytesPerSample) {
    throw new RangeError(
      `${channels.length} channels of ${channels[0]!.length} samples do not fit a WAV file (4 GiB)`,
    );
  }
  const bytes = new Uint8Array(headerSize + dataSize);
  const view = new DataView(bytes.buffer);
  writeHeader(view, {
    float,
    channels: channels.length,
    sampleRate: pcm.sampleRate,
    bytesPerSample,
    dataSize,
  });
  for (const [channel, samples] of channels.entries()) {
    let at = headerSize + channel * bytesPerSample;
    for (let i = 0; i < samples.length; i++, at += channels.length * bytesPerSample) {
      if (float) view.setFloat32(at, samples[i]!, true);
      else view.setInt16(at, toInt16(samples[i]!), true);
    }
  }
  return bytes;
}

interface Header {
  readonly float: boolean;
  readonly channels: number;
  readonly sampleRate: number;
  readonly bytesPerSample: number;
  readonly dataSize: number;
}

function writeHeader(view: DataView, header: Header): void {
  const { float, channels, sampleRate, bytesPerSample, dataSize } = header;
  const text = (at: number, id: string): void => {
    for (let i = 0; i < 4; i++) view.setUint8(at + i, id.charCodeAt(i));
  };
  text(0, 'RIFF');
  view.setUint32(4, view.byteLength - 8, true);
  text(8, 'WAVE');
  text(12, 'fmt ');
  view.setUint32(16, float ? 18 : 16, true);
  view.setUint16(20, float ? 3 : 1, true);
  view.setUint16(22, channels, true);
  view.setUint32(24, sampleRate, true);
  view.setUint32(28, sampleRate * channels * bytesPerSample, true);
  view.setUint16(32, channels * bytesPerSample, true);
  view.setUint16(34, bytesPerSample * 8, true);
  if (float) {
    // Formats other than PCM need the extension size (0) and a "fact" chunk with the samples per channel.
    text(38, 'fact');
    view.setUint32(42, 4, true);
    view.setUint32(46, dataSize / channels / bytesPerSample, true);
  }
  text(view.byteLength - dataSize - 8, 'data');
  view.setUint32(view.byteLength - dataSize - 4, dataSize, true);
}

function toInt16(sample: number): number {
  return Math.max(-32_768, Math.min(32_767, Math.round(sample * 32_768)));
}
