import { describe, isJsonObject } from '../text/json-file.js';
import type { JsonObject } from '../text/json-file.js';
import { checkUtterances, datasetError, manifestLines } from './dataset-error.js';
import type { ManifestPlace, PlacedUtterance } from './dataset-error.js';
import type { Utterance } from './utterance.js';

const AUDIO_KEYS = ['audio_filepath', 'audio', 'file', 'path'] as const;

/**
 * Reads a manifest in JSON: an object per line (JSONL, NeMo's manifests), or one array of such objects.
 *
 * | Key                                           | Meaning                                                     |
 * | --------------------------------------------- | ----------------------------------------------------------- |
 * | `audio_filepath`, `audio`, `file` or `path`   | the audio; needed                                           |
 * | `text`                                        | what was said; needed                                       |
 * | `id`                                          | default: the audio, and the offset where there is one       |
 * | `offset`, `duration`                          | seconds; `duration` counts where `offset` is there, as only then it says what part is meant |
 * | `lang` or `language`, `speaker`, `condition`  | for results by group                                        |
 *
 * Other keys are left alone.
 *
 * @param file Name for messages.
 * @throws AsrError `DATASET_INVALID`, with the line: text that is no JSON, values of another type, ids that are there
 *   twice, no utterance at all.
 */
export function parseJsonManifest(content: string, file: string): Utterance[] {
  const isArray = content
    .replace(/^\uFEFF/u, '')
    .trimStart()
    .startsWith('[');
  const placed = isArray ? readArray(content, file) : readLines(content, file);
  return checkUtterances(placed, file);
}

function readLines(content: string, file: string): PlacedUtterance[] {
  return manifestLines(content, file).map((line) => [line, readUtterance(parseJson(line.text, line), line)]);
}

function readArray(content: string, file: string): PlacedUtterance[] {
  const items = parseJson(content.replace(/^\uFEFF/u, ''), { file });
  return (items as readonly unknown[]).map((item, index) => {
    const place = { file: `${file}, item ${index + 1}` };
    return [place, readUtterance(item, place)];
  });
}

function parseJson(text: string, place: ManifestPlace): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const found = text.trim().slice(0, 40);
    throw datasetError(place, `expected JSON, found ${JSON.stringify(found)}.`, cause);
  }
}

function readUtterance(item: unknown, place: ManifestPlace): Utterance {
  if (!isJsonObject(item)) throw datasetError(place, `expected an object, found ${describe(item)}.`);
  const audio = AUDIO_KEYS.map((key) => optionalString(item, key, place)).find(
    (value) => value !== undefined,
  );
  if (audio === undefined || audio === '') {
    throw datasetError(place, `it names no audio; expected one of the keys ${AUDIO_KEYS.join(', ')}.`);
  }
  const text = optionalString(item, 'text', place);
  if (text === undefined) throw datasetError(place, 'the key "text" is missing: what was said.');
  const start = optionalSeconds(item, 'offset', place);
  const duration = optionalSeconds(item, 'duration', place);
  const language = optionalString(item, 'lang', place) ?? optionalString(item, 'language', place);
  const speaker = optionalString(item, 'speaker', place);
  const condition = optionalString(item, 'condition', place);
  return {
    id: optionalString(item, 'id', place) ?? (start === undefined ? audio : `${audio}@${start}`),
    audio,
    text,
    ...(start !== undefined && { start }),
    ...(start !== undefined && duration !== undefined && { end: start + duration }),
    ...(language !== undefined && { language }),
    ...(speaker !== undefined && { speaker }),
    ...(condition !== undefined && { condition }),
  };
}

function optionalString(item: JsonObject, key: string, place: ManifestPlace): string | undefined {
  const value = Object.hasOwn(item, key) ? (item[key] ?? undefined) : undefined;
  if (value === undefined || typeof value === 'string') return value;
  throw datasetError(place, `"${key}": expected a string, found ${describe(value)}.`);
}

function optionalSeconds(item: JsonObject, key: string, place: ManifestPlace): number | undefined {
  const value = Object.hasOwn(item, key) ? (item[key] ?? undefined) : undefined;
  if (value === undefined || (typeof value === 'number' && value >= 0 && Number.isFinite(value)))
    return value;
  throw datasetError(place, `"${key}": expected seconds, found ${describe(value)}.`);
}
