import { createHash } from 'node:crypto';
import { mkdir, open, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { removeLeftovers, writeFileAtomically } from '../atomic-file.js';

/** Lies in the output folder. One JSON object per line. */
const NAME = '.asr-transcribe.jsonl';

interface Entry {
  /** Of the recording, the model and the options. */
  readonly fingerprint: string;
  /** SHA-256 of every file written, by its name below the output folder. */
  readonly outputs: Readonly<Record<string, string>>;
}

/** Content to be written, by name below the output folder. */
export type Contents = Readonly<Record<string, string>>;

/**
 * What an output folder has of a batch, so that one that was broken off goes on where it stopped.
 *
 * What is about to be written is noted first, with its checksums. A recording is done when all its files are there with the
 * checksums of one entry, so it does not matter when a process dies; and a file that has none of the noted checksums is
 * somebody else's, or was edited since, and is never overwritten unasked.
 */
export class Journal {
  readonly #folder: string;
  readonly #done = new Map<string, Entry>();
  readonly #ours = new Map<string, Set<string>>();

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** Reads the journal of a folder, which need not be there yet. */
  static async open(folder: string): Promise<Journal> {
    const journal = new Journal(folder);
    const text = await readFile(join(folder, NAME), 'utf8').catch(() => '');
    for (const line of text.split('\n')) {
      const entry = parseEntry(line);
      if (entry) journal.#remember(entry);
    }
    return journal;
  }

  /** Whether files of this fingerprint are all there, as they were written. */
  async isDone(fingerprint: string, names: readonly string[]): Promise<boolean> {
    const entry = this.#done.get(fingerprint);
    if (!entry) return false;
    for (const name of names) {
      const expected = entry.outputs[name];
      if (expected === undefined || (await this.#digest(name)) !== expected) return false;
    }
    return true;
  }

  /** The first of these files that is there and was not written by this command, or was changed since. */
  async findForeign(names: readonly string[]): Promise<string | undefined> {
    for (const name of names) {
      const found = await this.#digest(name);
      if (found !== undefined && !this.#ours.get(name)?.has(found)) return name;
    }
    return undefined;
  }

  /** Writes the files of a recording. */
  async write(fingerprint: string, contents: Contents): Promise<void> {
    const outputs = Object.fromEntries(Object.entries(contents).map(([name, text]) => [name, sha256(text)]));
    const entry: Entry = { fingerprint, outputs };
    await this.#append(`${JSON.stringify(entry)}\n`);
    this.#remember(entry);
    for (const [name, text] of Object.entries(contents)) {
      await writeFileAtomically(join(this.#folder, name), text);
    }
  }

  /** Removes what killed runs left beside these files. */
  async clean(names: readonly string[]): Promise<void> {
    for (const folder of new Set(names.map((name) => dirname(join(this.#folder, name))))) {
      await removeLeftovers(folder);
    }
  }

  #remember(entry: Entry): void {
    // Formats may have been asked for one after the other.
    const outputs = { ...this.#done.get(entry.fingerprint)?.outputs, ...entry.outputs };
    this.#done.set(entry.fingerprint, { ...entry, outputs });
    for (const [name, digest] of Object.entries(entry.outputs)) {
      const digests = this.#ours.get(name) ?? new Set();
      this.#ours.set(name, digests.add(digest));
    }
  }

  /** One write in append mode: lines of processes that share the folder don't mix. */
  async #append(line: string): Promise<void> {
    await mkdir(this.#folder, { recursive: true });
    const handle = await open(join(this.#folder, NAME), 'a');
    try {
      // A line that a killed process left without its end must not swallow this one; empty lines are no harm.
      await handle.write(`\n${line}`);
      await handle.sync();
    } finally {
      await handle.close();
    }
  }

  async #digest(name: string): Promise<string | undefined> {
    return readFile(join(this.#folder, name)).then(sha256, () => undefined);
  }
}

function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

function parseEntry(line: string): Entry | undefined {
  try {
    const entry = JSON.parse(line) as Partial<Entry> | null;
    const isEntry = typeof entry?.fingerprint === 'string' && typeof entry.outputs === 'object';
    return isEntry ? (entry as Entry) : undefined;
  } catch {
    return undefined;
  }
}
