import { kindOf } from '../audio/pcm.js';
import { AsrError } from '../errors.js';
import type { Channel } from './channel.js';

/** Marks what the structured clone algorithm doesn't know. */
const MARK = '@org/asr.wire';

type Marked =
  { readonly [MARK]: 'url'; readonly href: string } | { readonly [MARK]: 'target'; readonly target: number };

/** What arrives as it was; other objects with a class of their own would silently lose it. */
const CLONEABLE = ['Blob', 'File', 'ArrayBuffer', 'Date', 'RegExp'];

/**
 * Options and sources as plain data. Proxies of the other side's objects become their numbers, addresses become text.
 *
 * @param path Name of the value in messages: `options.decoding`.
 * @throws AsrError `OPTION_UNSUPPORTED` for functions and objects that live in this thread alone.
 */
export function packValue(channel: Channel, path: string, value: unknown): unknown {
  if (typeof value === 'function') throw notSendable(path, 'a function');
  if (typeof value !== 'object' || value === null) return value;
  const target = channel.targetOf(value);
  if (target !== undefined) return { [MARK]: 'target', target } satisfies Marked;
  const kind = kindOf(value);
  if (kind === 'URL') return { [MARK]: 'url', href: absolute(channel, value as URL) } satisfies Marked;
  if (Array.isArray(value)) return value.map((item, i) => packValue(channel, `${path}[${i}]`, item));
  if (CLONEABLE.includes(kind) || ArrayBuffer.isView(value)) return value;
  if (!isPlain(value)) throw notSendable(path, 'an object of this thread');
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, packValue(channel, `${path}.${key}`, item)]),
  );
}

/** Undoes {@link packValue} at the other end. @throws AsrError `DISPOSED` for an object that is gone. */
export function unpackValue(channel: Channel, value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => unpackValue(channel, item));
  if (!isPlain(value)) return value;
  if (MARK in value) {
    const marked = value as Marked;
    return marked[MARK] === 'url' ? new URL(marked.href) : channel.subject(marked.target);
  }
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, unpackValue(channel, item)]));
}

/** Turbopack's `new URL('./file', import.meta.url)` is a `URL` whose `href` is a path on the page's server. */
function absolute({ baseUrl }: Channel, { href }: URL): string {
  return baseUrl === undefined ? href : new URL(href, baseUrl).href;
}

/** Also for objects of another realm. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function notSendable(path: string, what: string): AsrError {
  return new AsrError(
    'OPTION_UNSUPPORTED',
    `${path} is ${what} and can't be sent to the worker that runs the model. Leave it out, or load the model with ` +
      'loadModel in a worker of your own and use it there',
  );
}
