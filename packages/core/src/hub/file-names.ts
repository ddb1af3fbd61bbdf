import { AsrError } from '../errors.js';

/** What Windows takes for a device, whatever the ending. */
const DEVICES = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/iu;

/**
 * Refuses a file name that came from outside (a listing, a manifest, an archive) unless it is a plain relative path on
 * every system: a name must never lead out of the folder that the file is kept in.
 *
 * @param origin Who gave the name, for the message.
 * @throws AsrError `MODEL_INVALID`.
 */
export function checkFileName(name: string, origin: string): void {
  const problem = problemOf(name);
  if (problem === undefined) return;
  throw new AsrError(
    'MODEL_INVALID',
    `${origin} names a file ${JSON.stringify(name)}, which ${problem}. Such names are refused, because they can lead ` +
      'out of the folder that a model is kept in.',
  );
}

function problemOf(name: string): string | undefined {
  if (name === '') return 'is empty';
  if (name.length > 1024) return 'is longer than 1024 characters';
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  if (/[\u0000-\u001f\u007f]/u.test(name)) return 'holds control characters';
  if (name.startsWith('/')) return 'is absolute';
  if (name.includes('\\')) return 'holds a backslash';
  if (name.includes(':')) return 'holds a colon (a drive letter or a stream on Windows)';
  for (const part of name.split('/')) {
    if (part === '' || part === '.' || part === '..') return `has a part ${JSON.stringify(part)}`;
    if (/[. ]$/u.test(part)) return 'has a part that ends in a dot or a space';
    if (new TextEncoder().encode(part).length > 255) return 'has a part longer than 255 bytes';
    if (DEVICES.test(part)) return 'has a part that is a device on Windows';
  }
  return undefined;
}

/** Whether some part of a path starts with a dot: files of tools (`.gitattributes`), not of a model. */
export function isHidden(name: string): boolean {
  return name.startsWith('.') || name.includes('/.');
}

/** The folder that all names begin with, with its slash; empty when there is none. */
export function commonFolder(names: readonly string[]): string {
  const first = names[0] ?? '';
  const folder = first.slice(0, first.indexOf('/') + 1);
  return names.every((name) => name.startsWith(folder)) ? folder : '';
}

/** Encodes every part of a path, so that no name means anything but itself in an address. */
export function encodePath(name: string): string {
  return name.split('/').map(encodeURIComponent).join('/');
}
