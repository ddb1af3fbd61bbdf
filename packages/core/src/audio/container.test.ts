import { describe, expect, it } from 'vitest';
import { sniffContainer } from './container.js';

const bytes = (text: string): Uint8Array => Uint8Array.from(text, (char) => char.charCodeAt(0));
const frame = (header: readonly number[], length: number): number[] =>
  Array.from({ length }, (_, i) => header[i] ?? 0);
const mp3 = frame([0xff, 0xfb, 0x90, 0x00], 417);
const mp3Mpeg2 = frame([0xff, 0xf3, 0x40, 0xc4], 104);
const adts = frame([0xff, 0xf1, 0x50, 0x80, 0x03, 0x20], 25);
const id3 = (size: number): number[] => [
  ...bytes('ID3\x04\0\0\0\0\0'),
  size,
  ...Array.from({ length: size }, () => 0),
];

describe('sniffContainer', () => {
  it.each([
    ['RIFF\0\0\0\0WAVE', 'wav'],
    ['RF64\0\0\0\0WAVE', 'wav'],
    ['RIFX\0\0\0\0WAVE', 'wav'],
    ['fLaC\0\0\0\x22', 'flac'],
    ['OggS\0\x02', 'ogg'],
    ['\0\0\0\x20ftypM4A ', 'mp4'],
    ['FORM\0\0\0\0AIFF', 'aiff'],
    ['FORM\0\0\0\0AIFC', 'aiff'],
    ['\x1a\x45\xdf\xa3', 'matroska'],
    ['caff\0\x01', 'caf'],
    ['.snd\0\0\0\x18', 'au'],
    ['#!AMR\n', 'amr'],
  ] as const)('%j is %s', (start, container) => {
    expect(sniffContainer(bytes(start))).toBe(container);
  });

  it.each([
    ['MPEG-1 frames', [...mp3, ...mp3], 'mp3'],
    ['MPEG-2 frames', [...mp3Mpeg2, ...mp3Mpeg2], 'mp3'],
    ['a single cut frame', mp3.slice(0, 100), 'mp3'],
    ['frames after a tag', [...id3(50), ...mp3, ...mp3], 'mp3'],
    ['frames after junk', [1, 2, 0xff, 3, ...mp3, ...mp3], 'mp3'],
    ['AAC frames', [...adts, ...adts], 'adts'],
    ['FLAC after a tag', [...id3(3), ...bytes('fLaC')], 'flac'],
  ])('recognises %s', (_, content, container) => {
    expect(sniffContainer(Uint8Array.from(content))).toBe(container);
  });

  it.each([
    ['nothing', []],
    ['text', [...bytes('this is not audio at all, only text')]],
    ['one sync word in other data', [7, ...frame([0xff, 0xfb, 0x90, 0x00], 900)]],
    ['RIFF of another kind', [...bytes('RIFF\0\0\0\0AVI ')]],
    ['a tag that outgrows the file', [...bytes('ID3\x04\0\0\x7f\x7f\x7f\x7f')]],
  ])('knows nothing of %s', (_, content) => {
    expect(sniffContainer(Uint8Array.from(content))).toBeUndefined();
  });
});
