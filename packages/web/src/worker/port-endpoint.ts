import type { MessageEndpoint } from '@org/asr-core';

/** A `Worker`, the global scope of one, or a `MessagePort`. */
export interface MessageChannelEnd {
  postMessage(message: unknown, transfer: Transferable[]): void;
  addEventListener(type: 'message', listener: (event: MessageEvent) => void): void;
}

/** One end of the channel between a page and its worker, as core sees it. */
export function portEndpoint(port: MessageChannelEnd): MessageEndpoint {
  return {
    post: (message, transfer) => port.postMessage(message, [...transfer]),
    listen: (listener) => port.addEventListener('message', (event) => listener(event.data)),
  };
}
