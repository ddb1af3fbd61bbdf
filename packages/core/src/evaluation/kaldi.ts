import { checkUtterances, datasetError, manifestLines } from './dataset-error.js';
import type { ManifestLine } from './dataset-error.js';
import type { Utterance } from './utterance.js';

/** Contents of the files of a Kaldi data folder. */
export interface KaldiFiles {
  /** `wav.scp`: recording id and path. */
  readonly wavScp: string;
  /** `text`: utterance id and what was said. */
  readonly text: string;
  /** `segments`: utterance id, recording id, start and end in seconds. Absent: an utterance is a recording. */
  readonly segments?: string;
  /** `utt2spk`: utterance id and speaker. */
  readonly utt2spk?: string;
  /** `utt2lang`: utterance id and language. */
  readonly utt2lang?: string;
}

interface Entry {
  readonly line: ManifestLine;
  readonly value: string;
}

/**
 * Reads a Kaldi data folder, as Kaldi, ESPnet and icefall write it. Utterances are those of `text`.
 *
 * @param folder Name for messages.
 * @throws AsrError `DATASET_INVALID`: lines without an id or a value, utterances without a recording, times that
 *   aren't times, ids that are there twice. Also entries of `wav.scp` that are commands (`… |`), which would have to
 *   be run, and offsets in archives (`x.ark:17`).
 */
export function parseKaldi(files: KaldiFiles, folder: string): Utterance[] {
  const table = (content: string | undefined, name: string, emptyValues = false): Map<string, Entry> =>
    readTable(content ?? '', `${folder}/${name}`, emptyValues);
  const recordings = table(files.wavScp, 'wav.scp');
  const texts = table(files.text, 'text', true);
  const segments = files.segments === undefined ? undefined : table(files.segments, 'segments');
  const speakers = table(files.utt2spk, 'utt2spk');
  const languages = table(files.utt2lang, 'utt2lang');
  const placed = [...texts].map(([id, text]) => {
    const segment = segments?.get(id);
    if (segments && !segment) throw datasetError(text.line, `the utterance "${id}" is not in segments.`);
    const { recording = id, ...times } = segment ? readSegment(segment) : {};
    const wav = recordings.get(recording);
    if (!wav)
      throw datasetError(segment?.line ?? text.line, `the recording "${recording}" is not in wav.scp.`);
    const speaker = speakers.get(id)?.value;
    const language = languages.get(id)?.value;
    const utterance: Utterance = {
      id,
      audio: audioPath(wav),
      text: text.value,
      ...times,
      ...(speaker !== undefined && { speaker }),
      ...(language !== undefined && { language }),
    };
    return [text.line, utterance] as const;
  });
  return checkUtterances(placed, `${folder}/text`);
}

function readTable(content: string, file: string, emptyValues: boolean): Map<string, Entry> {
  const entries = new Map<string, Entry>();
  for (const line of manifestLines(content, file)) {
    const [, id = '', value = ''] = /^(\S+)(?:\s+(.*))?$/su.exec(line.text.trim()) ?? [];
    if (value === '' && !emptyValues) throw datasetError(line, `nothing follows "${id}".`);
    if (entries.has(id)) throw datasetError(line, `"${id}" is there twice.`);
    entries.set(id, { line, value });
  }
  return entries;
}

function audioPath({ line, value }: Entry): string {
  if (value.endsWith('|')) {
    throw datasetError(line, 'this is a command. Commands are not run; write the audio to files first.');
  }
  if (/\.ark:\d+$/u.test(value)) {
    throw datasetError(line, 'this is a place in an archive. Only audio files are read.');
  }
  return value;
}

function readSegment({ line, value }: Entry): { recording: string; start: number; end?: number } {
  const [recording, from, to, ...rest] = value.split(/\s+/u);
  const start = Number(from);
  const end = Number(to);
  // Kaldi: a negative end is the recording's.
  const isOpen = end < 0;
  const isValid = to !== undefined && rest.length <= 1 && start >= 0 && (isOpen || end > start);
  if (!isValid || !Number.isFinite(start) || !Number.isFinite(end)) {
    throw datasetError(line, 'expected an utterance, a recording, and its start and end in seconds.');
  }
  return { recording: recording!, start, ...(!isOpen && { end }) };
}
