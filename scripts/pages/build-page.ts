import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'vite';
import { root } from '../package-manager.mjs';

/** Builds a page with Vite, on the sources of the workspace packages. */
export async function buildPage(folder: string, outDir: string, page = 'index.html'): Promise<void> {
  await build({
    root: folder,
    base: './',
    configFile: false,
    logLevel: 'error',
    mode: 'production',
    resolve: { alias: sourceAliases() },
    worker: { format: 'es' },
    build: {
      outDir,
      emptyOutDir: true,
      target: 'es2022',
      modulePreload: false,
      rollupOptions: { input: join(folder, page) },
    },
  });
}

/** The compiler's paths of the workspace packages, each for its whole name. */
function sourceAliases(): { readonly find: RegExp; readonly replacement: string }[] {
  const config = JSON.parse(readFileSync(join(root, 'tsconfig.base.json'), 'utf8')) as {
    readonly compilerOptions: { readonly paths: Readonly<Record<string, readonly string[]>> };
  };
  return Object.entries(config.compilerOptions.paths).map(([name, [path = '']]) => ({
    find: new RegExp(`^${name}$`),
    replacement: join(root, path),
  }));
}
