import { AsrError } from '../errors.js';
import { bytesToByteLevel } from './byte-level.js';
import { MAX_ID, singleBytesFirst, type BytePairFiles } from './byte-pair-files.js';
import { describe } from './json-file.js';

/**
 * Reads sherpa-onnx's `<name>-tokens.txt`: one `base64 id` a line, the byte-pair tokens only. Control tokens have no
 * line; their ids follow from the size of the model's vocabulary.
 *
 * @throws AsrError `MODEL_INVALID` when a line is damaged or an id is missing.
 */
export function parseTokensText(bytes: Uint8Array, name: string): BytePairFiles {
  const pieces: (string | undefined)[] = [];
  const lines = new TextDecoder().decode(bytes).split(/\r?\n/u);
  lines.forEach((line, i) => {
    if (line.trim() === '') return;
    const [, encoded, digits] = /^(\S+)\s+(\d+)\s*$/u.exec(line) ?? [];
    const id = Number(digits);
    const piece = encoded === undefined ? undefined : decodeBase64(encoded);
    if (piece === undefined || id >= MAX_ID) {
      throw new AsrError(
        'MODEL_INVALID',
        `${name}, line ${i + 1}: expected a token in base64 and its id, found ${describe(line)}.`,
      );
    }
    pieces[id] = piece;
  });
  const missing = pieces.findIndex((piece) => piece === undefined);
  if (missing >= 0 || pieces.length < 256 || !singleBytesFirst(pieces)) {
    throw new AsrError(
      'MODEL_INVALID',
      `${name}: expected the tokens 0, 1, 2 … of Whisper, the 256 bytes first; ` +
        (missing >= 0 ? `token ${missing} is missing.` : `found ${pieces.length} tokens in another order.`),
    );
  }
  return { origin: name, pieces, added: new Map(), ranked: true };
}

function decodeBase64(encoded: string): string | undefined {
  // The multilingual vocabulary ends with an empty token, written as a bare "=".
  if (encoded === '=') return '';
  try {
    return bytesToByteLevel(Uint8Array.from(atob(encoded), (character) => character.charCodeAt(0)));
  } catch {
    return undefined;
  }
}
