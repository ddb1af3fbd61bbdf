import { access, readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { AsrError, parseCommonVoice, parseJsonManifest, parseKaldi, parseLibriSpeech } from '@org/asr-core';
import type { Utterance } from '@org/asr-core';

/**
 * How a set of recordings with transcripts is laid out.
 *
 * - `librispeech`: a folder with `*.trans.txt` files, in it or below.
 * - `kaldi`: a folder with `wav.scp` and `text`.
 * - `common-voice`: a `.tsv` file, its audio in `clips/` beside it.
 * - `json`: a `.json`, `.jsonl` or `.ndjson` file; see `parseJsonManifest`.
 * - `text-files`: a folder of recordings, each beside a text file of its name: `a.wav`, `a.txt`.
 */
export type DatasetFormat = 'librispeech' | 'kaldi' | 'common-voice' | 'json' | 'text-files';

/** Recordings and what is said in them. */
export interface Dataset {
  /** Where it was read from. */
  readonly path: string;
  /** How it is laid out. */
  readonly format: DatasetFormat;
  /** Its utterances; `audio` is an absolute path. */
  readonly utterances: readonly Utterance[];
}

/** Options of `openDataset`. */
export interface OpenDatasetOptions {
  /** How it is laid out. Default: found out. */
  readonly format?: DatasetFormat;
  /** ISO 639-1 code of the language of utterances that the set doesn't name one of. */
  readonly language?: string;
}

/** A manifest's utterances and the folders that their audio may lie in, in the order of trying. */
interface Manifest {
  readonly utterances: readonly Utterance[];
  readonly folders: readonly string[];
  /** For messages. */
  readonly file: string;
}

/**
 * Opens a set of recordings with transcripts and makes sure that the recordings are there.
 *
 * Paths of audio are relative to the manifest's folder. Those of a JSON file may also lie in a folder of its name beside
 * it (`en.json`, `en/`), those of Kaldi be relative to the current folder, as its recipes write them.
 *
 * @throws AsrError `DATASET_INVALID`, naming file and line, for a set that can't be read, holds nothing, or whose audio
 *   is missing.
 */
export async function openDataset(path: string, options: OpenDatasetOptions = {}): Promise<Dataset> {
  const place = resolve(path);
  const format = options.format ?? (await detectFormat(place));
  const manifests = await READERS[format](place);
  const utterances: Utterance[] = [];
  for (const manifest of manifests) {
    for (const utterance of manifest.utterances) {
      const audio = await findAudio(utterance, manifest);
      const language = utterance.language ?? options.language;
      utterances.push({ ...utterance, audio, ...(language !== undefined && { language }) });
    }
  }
  const ids = new Set(utterances.map(({ id }) => id));
  if (ids.size < utterances.length) throw invalid(place, 'two of its files hold utterances of the same id.');
  return { path: place, format, utterances };
}

const READERS: Readonly<Record<DatasetFormat, (path: string) => Promise<Manifest[]>>> = {
  librispeech: async (folder) => {
    const files = (await listFolder(folder)).filter((name) => name.endsWith('.trans.txt'));
    if (files.length === 0) throw invalid(folder, 'it holds no *.trans.txt file.');
    return Promise.all(
      files.map(async (name) => {
        const file = join(folder, name);
        return { file, folders: [dirname(file)], utterances: parseLibriSpeech(await readText(file), file) };
      }),
    );
  },
  kaldi: async (folder) => {
    const optional = async (name: string): Promise<string | undefined> =>
      (await exists(join(folder, name))) ? readText(join(folder, name)) : undefined;
    const [segments, utt2spk, utt2lang] = [
      await optional('segments'),
      await optional('utt2spk'),
      await optional('utt2lang'),
    ];
    const files = {
      wavScp: await readText(join(folder, 'wav.scp')),
      text: await readText(join(folder, 'text')),
      ...(segments !== undefined && { segments }),
      ...(utt2spk !== undefined && { utt2spk }),
      ...(utt2lang !== undefined && { utt2lang }),
    };
    return [
      {
        file: join(folder, 'wav.scp'),
        folders: [folder, process.cwd()],
        utterances: parseKaldi(files, folder),
      },
    ];
  },
  'common-voice': async (file) => [
    { file, folders: [dirname(file)], utterances: parseCommonVoice(await readText(file), file) },
  ],
  json: async (file) => [
    {
      file,
      folders: [dirname(file), join(dirname(file), basename(file, extname(file)))],
      utterances: parseJsonManifest(await readText(file), file),
    },
  ],
  'text-files': async (folder) => {
    const names = await listFolder(folder);
    const audio = new Map(names.filter((name) => !name.endsWith('.txt')).map((name) => [stem(name), name]));
    const texts = names.filter((name) => name.endsWith('.txt') && audio.has(stem(name)));
    if (texts.length === 0)
      throw invalid(folder, 'no recording in it has a text file of its name beside it.');
    const utterances = await Promise.all(
      texts.map(async (name) => ({
        id: stem(name),
        audio: audio.get(stem(name))!,
        text: (await readText(join(folder, name))).trim(),
      })),
    );
    return [{ file: folder, folders: [folder], utterances }];
  },
};

async function detectFormat(path: string): Promise<DatasetFormat> {
  const found = await stat(path).catch((cause: unknown) => {
    throw invalid(path, 'there is no such file or folder.', cause);
  });
  if (!found.isDirectory()) {
    const extension = extname(path).toLowerCase();
    if (extension === '.tsv') return 'common-voice';
    if (['.json', '.jsonl', '.ndjson'].includes(extension)) return 'json';
    throw invalid(path, 'expected a folder, a .tsv file of Common Voice, or a .json or .jsonl manifest.');
  }
  const names = await listFolder(path);
  if (names.includes('wav.scp') && names.includes('text')) return 'kaldi';
  if (names.some((name) => name.endsWith('.trans.txt'))) return 'librispeech';
  const stems = new Set(names.filter((name) => !name.endsWith('.txt')).map(stem));
  if (names.some((name) => name.endsWith('.txt') && stems.has(stem(name)))) return 'text-files';
  throw invalid(
    path,
    'this folder holds no set: looked for wav.scp with text (Kaldi), *.trans.txt (LibriSpeech), and recordings with a ' +
      'text file beside each (a.wav, a.txt). For Common Voice, name its .tsv file.',
  );
}

async function findAudio(utterance: Utterance, { folders, file }: Manifest): Promise<string> {
  for (const folder of folders) {
    const path = resolve(folder, utterance.audio);
    if (await exists(path)) return path;
  }
  throw invalid(
    file,
    `the audio of "${utterance.id}" is not there: ${folders.map((folder) => resolve(folder, utterance.audio)).join(', ')}.`,
  );
}

/** Names of all files in a folder and below, with `/`, sorted. */
async function listFolder(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch((cause: unknown) => {
    throw invalid(folder, 'the folder can’t be read.', cause);
  });
  return entries
    .filter((entry) => entry.isFile() || entry.isSymbolicLink())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(folder.length + 1)
        .replaceAll('\\', '/'),
    )
    .sort();
}

async function readText(file: string): Promise<string> {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(await readFile(file));
  } catch (cause) {
    throw invalid(file, cause instanceof TypeError ? 'it is no text in UTF-8.' : 'it can’t be read.', cause);
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

function stem(name: string): string {
  return name.replace(/\.[^./]+$/u, '');
}

function invalid(place: string, problem: string, cause?: unknown): AsrError {
  return new AsrError('DATASET_INVALID', `${place}: ${problem}`, cause === undefined ? {} : { cause });
}
