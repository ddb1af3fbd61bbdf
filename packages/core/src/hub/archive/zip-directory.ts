/** What the directory at the end of a zip archive says about an entry. */
export interface ZipEntry {
  readonly name: string;
  readonly crc32: number;
  readonly isLink: boolean;
}

const ENTRY = 0x02014b50;
const END = 0x06054b50;
const END_64_LOCATOR = 0x07064b50;
/** Sizes of the records behind the entries (APPNOTE.TXT, 4.3.14 to 4.3.16). */
const END_SIZE = 22;
const END_64_SIZE = 56 + 20;

/**
 * Reads the directory of a zip archive.
 *
 * @param tail The end of the archive, with the whole directory.
 * @throws Error when it isn't there: the archive was cut off, or is none.
 */
export function readZipDirectory(tail: Uint8Array): readonly ZipEntry[] {
  const view = new DataView(tail.buffer, tail.byteOffset, tail.byteLength);
  const end = findEnd(view);
  const isLarge = end >= END_64_SIZE && view.getUint32(end - 20, true) === END_64_LOCATOR;
  const size = isLarge
    ? Number(view.getBigUint64(end - END_64_SIZE + 40, true))
    : view.getUint32(end + 12, true);
  const stop = isLarge ? end - END_64_SIZE : end;
  const entries: ZipEntry[] = [];
  for (let at = stop - size; at < stop;) {
    if (at < 0 || at + 46 > stop || view.getUint32(at, true) !== ENTRY)
      throw new Error('its directory is damaged');
    const nameLength = view.getUint16(at + 28, true);
    const system = view.getUint8(at + 5);
    const mode = view.getUint32(at + 38, true) >>> 16;
    entries.push({
      name: decodeName(
        tail.subarray(at + 46, at + 46 + nameLength),
        (view.getUint16(at + 8, true) & 0x800) !== 0,
      ),
      crc32: view.getUint32(at + 16, true),
      // Unix (3) and macOS (19) keep the file's mode there; 0xA000 is S_IFLNK.
      isLink: (system === 3 || system === 19) && (mode & 0xf000) === 0xa000,
    });
    at += 46 + nameLength + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  }
  return entries;
}

function findEnd(view: DataView): number {
  for (let at = view.byteLength - END_SIZE; at >= 0; at--) {
    // The comment behind it reaches to the end of the file: else these bytes are some file's content.
    if (view.getUint32(at, true) === END && at + END_SIZE + view.getUint16(at + 20, true) === view.byteLength)
      return at;
  }
  throw new Error('it ends too early');
}

/** As the unpacker does: Latin-1 where the name isn't marked as UTF-8. */
function decodeName(bytes: Uint8Array, isUtf8: boolean): string {
  if (isUtf8) return new TextDecoder().decode(bytes);
  return Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
}
