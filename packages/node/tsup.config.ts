import { defineConfig } from 'tsup';

export default defineConfig({
  // The worker is started by file name (see src/worker-backend.ts), by the ESM and the CJS build alike.
  entry: { index: 'src/index.ts', worker: 'src/worker/main.ts' },
  format: ['esm', 'cjs'],
  target: 'es2022',
  // Gives the CJS build an `import.meta.url`.
  shims: true,
  // Types of the workspace's other packages come from their builds, as they will for users.
  dts: { entry: 'src/index.ts', compilerOptions: { paths: {} } },
  clean: true,
  sourcemap: true,
});
