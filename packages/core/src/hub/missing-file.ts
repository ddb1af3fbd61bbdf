import { AsrError } from '../errors.js';

/** The error of a source that has no file of this name; shows the names it has. */
export function missingFile(name: string, origin: string, names: readonly string[]): AsrError {
  const shown = names.slice(0, 12).join(', ') + (names.length > 12 ? ', …' : '');
  return new AsrError('MODEL_NOT_FOUND', `${origin}: there is no ${name}; there are: ${shown || 'no files'}`);
}
