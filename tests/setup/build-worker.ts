import { mkdtemp, mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'tsup';

/**
 * Builds the inference thread's module (`packages/node/dist/worker.js`) from the sources before tests run, because a
 * thread can't load TypeScript. Core is bundled in, so that the thread and the tests run the same sources.
 */
export async function setup(): Promise<void> {
  const node = fileURLToPath(new URL('../../packages/node/', import.meta.url));
  await mkdir(join(node, 'dist'), { recursive: true });
  const folder = await mkdtemp(join(node, 'dist', '.worker-'));
  try {
    await build({
      config: false,
      entry: { worker: join(node, 'src/worker/main.ts') },
      outDir: folder,
      format: 'esm',
      target: 'es2022',
      tsconfig: fileURLToPath(new URL('../../tsconfig.base.json', import.meta.url)),
      noExternal: ['@org/asr-core'],
      external: ['onnxruntime-node'],
      silent: true,
    });
    // Other test runs may use the file at this moment: replaced in one step, never half-written.
    await rename(join(folder, 'worker.js'), join(node, 'dist/worker.js'));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
