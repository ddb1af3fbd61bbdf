import { defineConfig } from 'tsup';

export default defineConfig({
  entry: ['src/index.ts', 'src/worker.ts'],
  format: ['esm'],
  target: 'es2022',
  // Types of the workspace's other packages come from their builds, as they will for users.
  dts: { compilerOptions: { paths: {} } },
  clean: true,
  sourcemap: true,
});
