import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './package-manager.mjs';

/** Folders of what is installed, made or measured. */
const SKIPPED = new Set(['node_modules', 'dist', 'api', 'etc']);

/** Absolute paths of the repository's Markdown files that people write and read. */
export function markdownFiles(folder: string = root): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      return SKIPPED.has(entry.name) || entry.name.startsWith('.') ? [] : markdownFiles(path);
    }
    return entry.name.endsWith('.md') && entry.name !== 'CHANGELOG.md' ? [path] : [];
  });
}
