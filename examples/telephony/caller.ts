import { createNodePlatform, prepareAudio, readAudio } from '@org/asr-node';
import { createSocket } from 'node:dgram';
import { setTimeout as sleep } from 'node:timers/promises';
import { PACKET_SAMPLES, SAMPLE_RATE, writeBye, writePacket, type Law } from './rtp.js';

const SOURCE = 0x5eed;

/** Calls a port of this machine and plays a recording to it, a packet every 20 ms. */
export async function call(port: number, file: string, law: Law): Promise<void> {
  const samples = await prepareAudio(await readAudio(file, createNodePlatform()), SAMPLE_RATE);
  const socket = createSocket('udp4');
  const send = (packet: Uint8Array): Promise<void> =>
    new Promise((resolve, reject) => {
      socket.send(packet, port, '127.0.0.1', (error) => (error ? reject(error) : resolve()));
    });
  const toCode = law === 'mulaw' ? toMuLaw : toALaw;
  const start = performance.now();
  for (let sequence = 0, at = 0; at < samples.length; sequence++, at += PACKET_SAMPLES) {
    const payload = Uint8Array.from(samples.subarray(at, at + PACKET_SAMPLES), toCode);
    await send(writePacket({ law, sequence: sequence & 0xffff, timestamp: at, payload }, SOURCE));
    const spoken = (1000 * (at + PACKET_SAMPLES)) / SAMPLE_RATE;
    await sleep(Math.max(0, start + spoken - performance.now()));
  }
  await send(writeBye(SOURCE));
  socket.close();
}

/** ITU-T G.711, µ-law: a sign, three bits of exponent and four of mantissa, all inverted. */
export function toMuLaw(sample: number): number {
  const BIAS = 132;
  const magnitude = Math.min(Math.round(Math.abs(sample) * 32_768), 32_635) + BIAS;
  const exponent = 24 - Math.clz32(magnitude);
  const mantissa = (magnitude >> (exponent + 3)) & 15;
  return ~((sample < 0 ? 0x80 : 0) | (exponent << 4) | mantissa) & 0xff;
}

/** The same on 12 bits without a bias, the lowest two scales alike, and every other bit inverted. */
export function toALaw(sample: number): number {
  const magnitude = Math.min(Math.floor(Math.abs(sample) * 2048), 2047);
  const exponent = Math.max(0, 28 - Math.clz32(magnitude));
  const mantissa = (magnitude >> Math.max(0, exponent - 1)) & 15;
  return ((sample < 0 ? 0 : 0x80) | (exponent << 4) | mantissa) ^ 0x55;
}
