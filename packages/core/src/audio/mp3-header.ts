import { skipId3 } from './container.js';

/** What the first frame of an MP3 file says. */
export interface Mp3Header {
  readonly mono: boolean;
  /** Samples per channel of a frame: 1152, or 576 at 24 kHz and below. */
  readonly frameSamples: number;
  /** Samples per channel of the recording, without what the encoder added at both ends; 0 if the file does not say. */
  readonly statedSamples: number;
  /** Samples that the encoder put before the recording; 0 if the file does not say. */
  readonly delay: number;
}

/** Reads the first frame's header, and the Xing header within (layout as LAME documents it). */
export function readMp3Header(bytes: Uint8Array): Mp3Header | undefined {
  const file = bytes.subarray(skipId3(bytes));
  const start = file.findIndex((byte, at) => byte === 0xff && (file[at + 1]! & 0xe6) === 0xe2);
  if (start < 0) return undefined;
  const mpeg1 = (file[start + 1]! & 0x18) === 0x18;
  const mono = file[start + 3]! >> 6 === 3;
  const frameSamples = mpeg1 ? 1152 : 576;
  const silent: Mp3Header = { mono, frameSamples, statedSamples: 0, delay: 0 };
  const sideInfo = mpeg1 ? (mono ? 17 : 32) : mono ? 9 : 17;
  const xing = start + 4 + sideInfo;
  if (xing + 12 > file.length) return silent;

  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const id = String.fromCharCode(...file.subarray(xing, xing + 4));
  const flags = view.getUint32(xing + 4);
  if ((id !== 'Xing' && id !== 'Info') || !(flags & 1)) return silent;

  const frames = view.getUint32(xing + 8);
  const lame = xing + 8 + 4 + (flags & 2 ? 4 : 0) + (flags & 4 ? 100 : 0) + (flags & 8 ? 4 : 0);
  const hasLame = lame + 24 <= file.length && file[lame] === 0x4c;
  const added = hasLame ? view.getUint32(lame + 20) : 0;
  const delay = (added >>> 12) & 0xfff;
  const padding = added & 0xfff;
  return { ...silent, statedSamples: Math.max(0, frames * frameSamples - delay - padding), delay };
}
