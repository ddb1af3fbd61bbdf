import type { ModelFiles } from '../../hub/model-files.js';
import type { Quantization } from '../../speech-model.js';
import { parseJsonObject } from '../../text/json-file.js';

/** What this project's exporter writes beside its graphs. */
const EXPORT_NOTE = 'export.json';
/** The exporter's names of precisions. */
const PRECISIONS: Readonly<Record<string, Quantization>> = {
  fp32: 'fp32',
  int8: 'int8',
  'int8-stored': 'int8',
  int4: 'q4',
};

/**
 * The precision of graphs in the fast layout, whose names don't tell it, by the exporter's note.
 *
 * @returns Undefined without a note, or where encoder and decoder differ.
 * @throws AsrError `MODEL_INVALID` when the note is no JSON.
 */
export async function readStatedPrecision(
  files: ModelFiles,
  names: readonly string[],
  signal?: AbortSignal,
): Promise<Quantization | undefined> {
  if (!names.includes(EXPORT_NOTE)) return undefined;
  const { encoder, decoder } = parseJsonObject(
    await (await files.open(EXPORT_NOTE, signal)).bytes(signal),
    EXPORT_NOTE,
  );
  const precision = typeof encoder === 'string' ? PRECISIONS[encoder] : undefined;
  return typeof decoder === 'string' && PRECISIONS[decoder] === precision ? precision : undefined;
}
