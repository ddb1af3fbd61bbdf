import { readdirSync } from 'node:fs';
import { defineConfig } from 'tsup';

/** A file of `dist/modules` for every source file. */
const modules = Object.fromEntries(
  readdirSync('src', { recursive: true, encoding: 'utf8' })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => path.endsWith('.ts') && !/\.test(-d)?\.ts$/.test(path))
    .map((path) => [`modules/${path.slice(0, -'.ts'.length)}`, `src/${path}`]),
);

export default defineConfig([
  {
    entry: ['src/index.ts'],
    format: ['esm', 'cjs'],
    target: 'es2022',
    // Types of the workspace's other packages come from their builds, as they will for users.
    dts: { compilerOptions: { paths: {} } },
    // Both builds run at once; neither may clear away what the other one has made.
    clean: ['!modules/**'],
    sourcemap: true,
  },
  {
    // For the bundlers of web apps, which put whole files together: what a page loads at once and what it loads when it is
    // used can then be told apart. Node, which has a price for every file, takes the one above.
    entry: modules,
    bundle: false,
    format: 'esm',
    target: 'es2022',
    sourcemap: true,
    // `src` is in the package.
    esbuildOptions(options) {
      options.sourcesContent = false;
    },
  },
]);
