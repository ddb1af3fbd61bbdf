import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { defineConfig } from 'tsup';
import { WORKLET_SOURCE } from './src/microphone/worklet-source.js';

export default defineConfig(({ outDir = 'dist' }) => ({
  entry: ['src/index.ts', 'src/webgpu.ts', 'src/worker.ts'],
  format: ['esm'],
  target: 'es2022',
  // Types of the workspace's other packages come from their builds, as they will for users.
  dts: { compilerOptions: { paths: {} } },
  clean: true,
  sourcemap: true,
  // For pages that allow no scripts from Blobs.
  onSuccess: () => writeFile(join(outDir, 'microphone-worklet.js'), WORKLET_SOURCE),
}));
