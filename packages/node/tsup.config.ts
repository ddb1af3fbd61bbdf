import { defineConfig } from 'tsup';
import type { Options } from 'tsup';

const common: Options = { target: 'es2022', sourcemap: true };

export default defineConfig([
  {
    ...common,
    // The worker is started by file name (see src/worker-backend.ts), by the ESM and the CJS build alike.
    entry: { index: 'src/index.ts', worker: 'src/worker/main.ts' },
    format: ['esm', 'cjs'],
    // Both builds run at once; neither may clear away what the other one has made.
    clean: ['!{cli,candidate}.js', '!{cli,candidate}.js.map'],
    // Gives the CJS build an `import.meta.url`.
    shims: true,
    // Types of the workspace's other packages come from their builds, as they will for users.
    dts: { entry: 'src/index.ts', compilerOptions: { paths: {} } },
  },
  {
    ...common,
    // The program `asr` uses the library as everybody does, so that no program that imports the library gets the
    // command line with it, and there is one copy of the library's code.
    // `candidate.js` is the process of one model in `asr compare`.
    entry: { cli: 'src/cli/main.ts', candidate: 'src/cli/evaluation/candidate-main.ts' },
    format: 'esm',
    external: ['@org/asr-node'],
    // Two programs, a file each.
    splitting: false,
  },
]);
