import { mkdtemp, mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'tsup';
import manifest from '../../packages/node/package.json' with { type: 'json' };

/**
 * Builds the modules of the inference thread and of the processes of `asr compare` (`worker.js`, `candidate.js` in
 * `packages/node/dist`) from the sources before tests run, because neither can load TypeScript. The packages are bundled
 * in, so that they and the tests run the same sources.
 */
export async function setup(): Promise<void> {
  const node = fileURLToPath(new URL('../../packages/node/', import.meta.url));
  await mkdir(join(node, 'dist'), { recursive: true });
  const folder = await mkdtemp(join(node, 'dist', '.worker-'));
  try {
    await build({
      config: false,
      entry: {
        worker: join(node, 'src/worker/main.ts'),
        candidate: join(node, 'src/cli/evaluation/candidate-main.ts'),
      },
      splitting: false,
      outDir: folder,
      format: 'esm',
      target: 'es2022',
      tsconfig: fileURLToPath(new URL('../../tsconfig.base.json', import.meta.url)),
      noExternal: ['@org/asr-core', '@org/asr-node'],
      // What the package depends on is found from its dist; what core does is not.
      external: Object.keys(manifest.dependencies).filter((name) => !name.startsWith('@org/')),
      silent: true,
    });
    // Other test runs may use the files at this moment: replaced in one step, never half-written.
    for (const name of ['worker.js', 'candidate.js'])
      await rename(join(folder, name), join(node, 'dist', name));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
