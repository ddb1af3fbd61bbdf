import type { Socket } from 'node:dgram';
import { on } from 'node:events';
import { Playout } from './playout.js';
import { parsePacket } from './rtp.js';

/** Without a packet for this long, the other end is gone. Milliseconds. */
const HANG_UP = 5000;

/** The audio of one call, µ-law at 8 kHz, as packets bring it. It ends with a goodbye, or when no more packets come. */
export async function* receiveCall(socket: Socket): AsyncGenerator<Uint8Array, void, undefined> {
  const playout = new Playout();
  const over = new AbortController();
  // Not before the first packet: until then nobody has called.
  let timer: NodeJS.Timeout | undefined;
  try {
    for await (const [message] of on(socket, 'message', { signal: over.signal }) as AsyncIterable<[Buffer]>) {
      clearTimeout(timer);
      timer = setTimeout(() => over.abort(), HANG_UP);
      const packet = parsePacket(message);
      if (packet === 'bye') break;
      if (packet) yield* playout.push(packet);
    }
  } catch (error) {
    if (!over.signal.aborted) throw error;
  } finally {
    clearTimeout(timer);
  }
  yield* playout.finish();
}
