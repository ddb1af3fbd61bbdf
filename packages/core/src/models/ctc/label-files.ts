import { AsrError } from '../../errors.js';
import { describe, isJsonObject, parseJsonObject, type JsonObject } from '../../text/json-file.js';

/** More labels than any CTC head has; a damaged index must not make a huge list. */
const MAX_LABELS = 1 << 20;

/** Labels with their index, in any order, to a list. */
function toLabels(entries: Iterable<readonly [label: string, id: number]>, name: string): string[] {
  const labels: (string | undefined)[] = [];
  let count = 0;
  for (const [label, id] of entries) {
    if (!Number.isInteger(id) || id < 0 || id >= MAX_LABELS) {
      throw invalid(name, `label ${JSON.stringify(label)} has the index ${id}`);
    }
    if (labels[id] !== undefined) {
      throw invalid(name, `${JSON.stringify(labels[id])} and ${JSON.stringify(label)} share the index ${id}`);
    }
    labels[id] = label;
    count++;
  }
  if (count === 0) throw invalid(name, 'it holds no labels');
  const hole = labels.findIndex((label) => label === undefined);
  if (hole >= 0) throw invalid(name, `no label has the index ${hole}, though ${labels.length - 1} is in use`);
  return labels as string[];
}

/**
 * `vocab.json` of Hugging Face: labels to indices.
 *
 * MMS keeps one such object per language in it; `language` then says which.
 *
 * @throws AsrError `MODEL_INVALID`
 */
export function parseVocabJson(bytes: Uint8Array, name: string, language?: string): string[] {
  let vocabulary = parseJsonObject(bytes, name);
  const values = Object.values(vocabulary);
  if (values.length > 0 && values.every(isJsonObject)) {
    const languages = Object.keys(vocabulary);
    const chosen = language === undefined && languages.length === 1 ? languages[0]! : language;
    const own = chosen === undefined ? undefined : vocabulary[chosen];
    if (!isJsonObject(own)) {
      throw invalid(
        name,
        `it holds the labels of ${languages.length} languages, and target_lang in tokenizer_config.json is ` +
          `${JSON.stringify(language) ?? 'absent'}; expected one of ${languages.slice(0, 8).join(', ')}…`,
      );
    }
    vocabulary = own;
  }
  return toLabels(indices(vocabulary, name), name);
}

/** `tokenizer.json` of Hugging Face: the indices of its `model.vocab` and `added_tokens`. @throws AsrError `MODEL_INVALID` */
export function parseTokenizerLabels(bytes: Uint8Array, name: string): string[] {
  const { model, added_tokens: added } = parseJsonObject(bytes, name);
  const vocabulary = isJsonObject(model) ? model['vocab'] : undefined;
  if (!isJsonObject(vocabulary)) throw invalid(name, `model.vocab is ${describe(vocabulary)}`);
  const entries = new Map(indices(vocabulary, name));
  for (const token of Array.isArray(added) ? added : []) {
    if (isJsonObject(token) && typeof token['content'] === 'string' && typeof token['id'] === 'number') {
      entries.set(token['content'], token['id']);
    }
  }
  return toLabels(entries, name);
}

function* indices(vocabulary: JsonObject, name: string): Generator<[string, number]> {
  for (const [label, id] of Object.entries(vocabulary)) {
    if (typeof id !== 'number') {
      throw invalid(name, `${JSON.stringify(label)} has ${describe(id)} for an index`);
    }
    yield [label, id];
  }
}

/**
 * `tokens.txt` (icefall, sherpa-onnx) and `vocab.txt` (onnx-asr): one label and its index per line. A line with an index
 * alone stands for the space.
 *
 * @throws AsrError `MODEL_INVALID`
 */
export function parseTokenLines(bytes: Uint8Array, name: string): string[] {
  const entries = readLines(bytes, name).flatMap((line, i): [string, number][] => {
    if (line.trim() === '') return [];
    const match = /^(.*?)[ \t]+(\d+)\s*$/u.exec(line) ?? /^()(\d+)\s*$/u.exec(line);
    if (!match) throw invalid(name, `line ${i + 1}: expected a label and its index, found ${quote(line)}`);
    return [[match[1] === '' ? ' ' : match[1]!, Number(match[2])]];
  });
  return toLabels(entries, name);
}

/**
 * `alphabet.txt` of DeepSpeech: one label per line in order, `#` begins a comment, `\#` is the character. The blank is
 * not in it: it is the label behind the last.
 *
 * @throws AsrError `MODEL_INVALID`
 */
export function parseAlphabet(bytes: Uint8Array, name: string): string[] {
  const lines = readLines(bytes, name);
  if (lines.at(-1) === '') lines.pop();
  const labels = lines
    .filter((line) => !line.startsWith('#'))
    .map((line) => (line.startsWith('\\#') ? line.slice(1) : line));
  if (labels.length === 0) throw invalid(name, 'it holds no labels');
  const empty = labels.indexOf('');
  if (empty >= 0) throw invalid(name, `label ${empty} is an empty line; a space is written as a space`);
  return labels;
}

/**
 * `vocab.txt` of PaddleSpeech: one label per line in order.
 *
 * @throws AsrError `MODEL_INVALID`
 */
export function parseLabelLines(bytes: Uint8Array, name: string): string[] {
  const labels = readLines(bytes, name);
  if (labels.at(-1) === '') labels.pop();
  if (labels.length === 0) throw invalid(name, 'it holds no labels');
  const empty = labels.indexOf('');
  if (empty >= 0) throw invalid(name, `line ${empty + 1} is empty`);
  return labels;
}

/** What SpeechBrain's `CTCTextEncoder.save` writes. */
export interface LabelEncoder {
  readonly labels: readonly string[];
  readonly blank: number | undefined;
}

/**
 * `label_encoder.txt` of SpeechBrain: lines `'label' => index`, a line of `=`, then what is special.
 *
 * @throws AsrError `MODEL_INVALID`
 */
export function parseLabelEncoder(bytes: Uint8Array, name: string): LabelEncoder {
  const entries: [string, number][] = [];
  let blankLabel: string | undefined;
  let extras = false;
  readLines(bytes, name).forEach((line, i) => {
    if (line.trim() === '') return;
    if (/^=+$/u.test(line)) {
      extras = true;
      return;
    }
    const match = /^(['"])(.*)\1 => (.+)$/u.exec(line);
    if (!match) throw invalid(name, `line ${i + 1}: expected 'label' => index, found ${quote(line)}`);
    const [, , label = '', value = ''] = match;
    if (!extras) entries.push([unescapePython(label), Number(value)]);
    else if (label === 'blank_label') blankLabel = /^(['"])(.*)\1$/u.exec(value)?.[2];
  });
  const labels = toLabels(entries, name);
  const blank = blankLabel === undefined ? -1 : labels.indexOf(blankLabel);
  return { labels, blank: blank < 0 ? undefined : blank };
}

/** Python's `repr` escapes quotes and backslashes. */
function unescapePython(text: string): string {
  return text.replaceAll(/\\(['"\\])/gu, '$1');
}

function readLines(bytes: Uint8Array, name: string): string[] {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new AsrError('MODEL_INVALID', `${name}: not a text file in UTF-8; get the file again.`, { cause });
  }
  return text.split(/\r?\n/u);
}

function quote(line: string): string {
  return JSON.stringify(line.slice(0, 60));
}

function invalid(name: string, problem: string): AsrError {
  return new AsrError('MODEL_INVALID', `${name}: ${problem}.`);
}
