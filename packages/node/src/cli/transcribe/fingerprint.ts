import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { openModel } from '@org/asr-node';
import type { ModelSource, OpenModelOptions } from '@org/asr-node';
import type { AudioSource } from '../find-audio.js';

/**
 * What tells one model from another without reading its weights: the hub's commit or the address, and for files of this
 * machine their sizes and dates.
 */
export async function modelIdentity(source: ModelSource, options: OpenModelOptions): Promise<unknown> {
  const files = await openModel(source, options);
  const facts: (readonly [name: string, size: number | undefined, date?: number])[] = [];
  for (const name of await files.list(options.signal)) {
    // What lies on a server would be fetched by opening it.
    if (files.isLocal) facts.push([name, files.sizes?.get(name)]);
    else {
      const { path, size } = await files.open(name, options.signal);
      facts.push([name, size, path === undefined ? 0 : (await stat(path)).mtimeMs]);
    }
  }
  // How the commit was learnt, and where its files are kept, doesn't matter.
  return [files.origin.replace(/(\(commit [0-9a-f]+).*$/u, '$1'), facts];
}

/** The same recording, model and options have the same fingerprint; undefined for what may change unseen. */
export function fingerprint(audio: AudioSource, model: unknown, options: unknown): string | undefined {
  if (audio.version === undefined) return undefined;
  const parts = [audio.location, audio.version, model, options];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}
