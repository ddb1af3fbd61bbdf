import type { Socket } from 'node:dgram';
import { on } from 'node:events';
import { Playout } from './playout.js';
import { parsePacket, type Law, type RtpPacket } from './rtp.js';

/** Without a packet for this long, the other end is gone. Milliseconds. */
const HANG_UP = 5000;

/** A call: what its audio is coded in, and the audio. */
export interface Call {
  readonly law: Law;
  readonly audio: AsyncIterable<Uint8Array>;
}

/** Waits for a call, and takes it. Undefined when it ends without audio. */
export async function receiveCall(socket: Socket): Promise<Call | undefined> {
  const packets = receivePackets(socket);
  const { done, value: first } = await packets.next();
  return done ? undefined : { law: first.law, audio: playOut(first, packets) };
}

/** The audio as packets bring it. Those in another law than the first are none of this call. */
async function* playOut(first: RtpPacket, packets: AsyncIterable<RtpPacket>): AsyncGenerator<Uint8Array> {
  const playout = new Playout();
  yield* playout.push(first);
  for await (const packet of packets) if (packet.law === first.law) yield* playout.push(packet);
  yield* playout.finish();
}

/** Audio packets until a goodbye, or until no more come. */
async function* receivePackets(socket: Socket): AsyncGenerator<RtpPacket, void, undefined> {
  const over = new AbortController();
  // Not before the first packet: until then nobody has called.
  let timer: NodeJS.Timeout | undefined;
  try {
    for await (const [message] of on(socket, 'message', { signal: over.signal }) as AsyncIterable<[Buffer]>) {
      clearTimeout(timer);
      timer = setTimeout(() => over.abort(), HANG_UP);
      const packet = parsePacket(message);
      if (packet === 'bye') return;
      if (packet) yield packet;
    }
  } catch (error) {
    if (!over.signal.aborted) throw error;
  } finally {
    clearTimeout(timer);
  }
}
