import { AsrError } from '../errors.js';
import type { NgramModel } from './ngram-model.js';
import { ProbingModel, probingLayout } from './probing-model.js';
import { openTrie } from './trie-model.js';

const MAGIC = 'mmap lm http://kheafield.com/code format version 5\n';
const HEADER_BYTES = 108;
const MAX_ORDER = 16;

/** Whether bytes begin like a KenLM binary of any version. */
export function isKenlmBinary(bytes: Uint8Array): boolean {
  const family = MAGIC.slice(0, 'mmap lm http://kheafield.com/code'.length);
  return bytes.length >= family.length && ascii(bytes, family.length) === family;
}

/** The fixed part of a KenLM binary. */
export interface KenlmHeader {
  readonly order: number;
  readonly probingMultiplier: number;
  /** 0 probing, 1 rest probing, 2 trie, 3 quantised trie, 4 array trie, 5 quantised array trie. */
  readonly type: number;
  readonly hasWords: boolean;
  readonly counts: readonly number[];
  /** Where the tables begin. */
  readonly end: number;
}

/**
 * Opens a KenLM binary (as `build_binary` writes it, format version 5, little endian) in place: nothing is copied.
 *
 * @param bytes The whole file.
 * @param name For messages.
 * @throws AsrError `MODEL_INVALID` for a damaged or truncated file, `MODEL_UNSUPPORTED` for another version or type.
 */
export function openKenlmBinary(bytes: Uint8Array, name: string): NgramModel {
  return openKenlmTables(bytes, name).model;
}

/** A model and the byte behind its tables, where its words or a package's trailer follow. */
export function openKenlmTables(
  bytes: Uint8Array,
  name: string,
): { readonly model: NgramModel; readonly end: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const header = readHeader(bytes, view, name);
  if (header.type === 0) {
    const layout = probingLayout(header.end, header.counts, header.probingMultiplier);
    checkSize(bytes, layout.end, name);
    const model = new ProbingModel(view, layout, () =>
      header.hasWords ? readWords(bytes.subarray(layout.end)) : undefined,
    );
    return { model, end: layout.end };
  }
  if (header.type >= 2 && header.type <= 5) {
    const trie = openTrie(view, header, (from) =>
      header.hasWords ? readWords(bytes.subarray(from)) : undefined,
    );
    checkSize(bytes, trie.end, name);
    return { model: trie.model(), end: trie.end };
  }
  throw new AsrError(
    'MODEL_UNSUPPORTED',
    `${name}: KenLM data structure ${header.type} is not supported; build it with "build_binary probing" or "build_binary trie".`,
  );
}

function readHeader(bytes: Uint8Array, view: DataView, name: string): KenlmHeader {
  if (bytes.length < HEADER_BYTES) throw truncated(name, HEADER_BYTES, bytes.length);
  if (ascii(bytes, MAGIC.length) !== MAGIC) {
    throw new AsrError(
      'MODEL_UNSUPPORTED',
      `${name}: not a KenLM binary of format version 5 (found "${ascii(bytes, MAGIC.length).trim()}"); rebuild it with a current build_binary.`,
    );
  }
  // Sanity values that KenLM writes to tell machines apart: floats, 32-bit and 64-bit integers, in this byte order.
  const sane =
    view.getFloat32(60, true) === 1 && view.getFloat32(64, true) === -0.5 && view.getUint32(68, true) === 1;
  if (!sane) {
    throw new AsrError('MODEL_UNSUPPORTED', `${name}: written on a machine of another byte order.`);
  }
  const order = view.getUint8(88);
  if (order < 1 || order > MAX_ORDER) {
    throw new AsrError('MODEL_INVALID', `${name}: order ${order} at byte 88, expected 1 to ${MAX_ORDER}.`);
  }
  if (bytes.length < HEADER_BYTES + 8 * order) throw truncated(name, HEADER_BYTES + 8 * order, bytes.length);
  const counts = Array.from({ length: order }, (_, i) => {
    const at = HEADER_BYTES + 8 * i;
    const high = view.getUint32(at + 4, true);
    const count = high * 2 ** 32 + view.getUint32(at, true);
    if (count > bytes.length * 8) {
      throw new AsrError(
        'MODEL_INVALID',
        `${name}: claims ${count} ${i + 1}-grams, more than ${bytes.length} bytes can hold.`,
      );
    }
    return count;
  });
  const probingMultiplier = view.getFloat32(92, true);
  if (!(probingMultiplier >= 1 && probingMultiplier <= 1000)) {
    throw new AsrError('MODEL_INVALID', `${name}: probing multiplier ${probingMultiplier} at byte 92.`);
  }
  return {
    order,
    probingMultiplier,
    type: view.getUint32(96, true),
    hasWords: view.getUint8(100) !== 0,
    counts,
    end: Math.ceil((HEADER_BYTES + 8 * order) / 8) * 8,
  };
}

function checkSize(bytes: Uint8Array, needed: number, name: string): void {
  if (needed > bytes.length) throw truncated(name, needed, bytes.length);
}

function truncated(name: string, needed: number, found: number): AsrError {
  return new AsrError(
    'MODEL_INVALID',
    `${name}: truncated KenLM binary, ${needed} bytes are needed and ${found} are there; fetch or build it again.`,
  );
}

function ascii(bytes: Uint8Array, length: number): string {
  return String.fromCharCode(...bytes.subarray(0, length));
}

/** NUL-terminated words in the order of their ids. */
function* readWords(bytes: Uint8Array): Generator<string> {
  const decoder = new TextDecoder();
  let start = 0;
  for (let end = bytes.indexOf(0); end >= 0; end = bytes.indexOf(0, start)) {
    yield decoder.decode(bytes.subarray(start, end));
    start = end + 1;
  }
}
