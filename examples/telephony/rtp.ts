/** RTP (RFC 3550) with payload types 0 and 8: G.711, 8000 samples a second, one byte each (RFC 3551). */
import type { RawEncoding } from '@org/asr-node';

export const SAMPLE_RATE = 8000;
/** Samples and bytes of a packet: 20 ms, what telephones send. */
export const PACKET_SAMPLES = 160;

/** µ-law is what America and Japan use, A-law the rest of the world. */
export type Law = Extract<RawEncoding, 'mulaw' | 'alaw'>;
const TYPES: readonly (readonly [number, Law])[] = [
  [0, 'mulaw'],
  [8, 'alaw'],
];
/** Codes of silence; A-law has none of zero, and inverts every other bit. */
export const SILENCE: Readonly<Record<Law, number>> = { mulaw: 0xff, alaw: 0xd5 };

const VERSION = 2;
const HEADER = 12;
/** RTCP packet that says goodbye. On the same port as the audio: RFC 5761. */
const TYPE_BYE = 203;

export interface RtpPacket {
  readonly law: Law;
  /** Counts packets; 16 bits, wraps. */
  readonly sequence: number;
  /** Counts samples; 32 bits, wraps. Goes on where packets are lost or silence is not sent. */
  readonly timestamp: number;
  readonly payload: Uint8Array;
}

/** @returns `bye` at the end of the call; undefined for what is no G.711. */
export function parsePacket(packet: Uint8Array): RtpPacket | 'bye' | undefined {
  if (packet.length < 4 || packet[0]! >> 6 !== VERSION) return undefined;
  if (packet[1] === TYPE_BYE) return 'bye';
  const [, law] = TYPES.find(([type]) => type === (packet[1]! & 0x7f)) ?? [];
  if (packet.length < HEADER || law === undefined) return undefined;
  const view = new DataView(packet.buffer, packet.byteOffset, packet.byteLength);
  const sources = packet[0]! & 0x0f;
  let start = HEADER + 4 * sources;
  const hasExtension = (packet[0]! & 0x10) !== 0;
  if (hasExtension && packet.length >= start + 4) start += 4 + 4 * view.getUint16(start + 2);
  const padding = (packet[0]! & 0x20) !== 0 ? packet.at(-1)! : 0;
  if (start + padding > packet.length) return undefined;
  return {
    law,
    sequence: view.getUint16(2),
    timestamp: view.getUint32(4),
    payload: packet.subarray(start, packet.length - padding),
  };
}

export function writePacket({ law, sequence, timestamp, payload }: RtpPacket, source: number): Uint8Array {
  const packet = new Uint8Array(HEADER + payload.length);
  const view = new DataView(packet.buffer);
  view.setUint8(0, VERSION << 6);
  view.setUint8(1, TYPES.find(([, name]) => name === law)![0]);
  view.setUint16(2, sequence);
  view.setUint32(4, timestamp);
  view.setUint32(8, source);
  packet.set(payload, HEADER);
  return packet;
}

export function writeBye(source: number): Uint8Array {
  const packet = new Uint8Array(8);
  const view = new DataView(packet.buffer);
  view.setUint8(0, (VERSION << 6) | 1);
  view.setUint8(1, TYPE_BYE);
  view.setUint16(2, 1);
  view.setUint32(4, source);
  return packet;
}
