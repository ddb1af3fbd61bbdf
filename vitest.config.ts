import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const source = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Tests run on the sources of the workspace packages, not on their builds. */
const alias = {
  '@org/asr-core': source('./packages/core/src/index.ts'),
  '@org/asr-node': source('./packages/node/src/index.ts'),
  '@org/asr-web': source('./packages/web/src/index.ts'),
  '@org/asr-testkit': source('./packages/testkit/src/index.ts'),
  '@org/asr-model-whisper-tiny-en': source('./packages/model-whisper-tiny-en/src/index.ts'),
};

export default defineConfig({
  test: {
    projects: [
      {
        resolve: { alias },
        test: { name: 'unit', include: ['packages/*/src/**/*.test.ts'], testTimeout: 30_000 },
      },
      {
        resolve: { alias },
        test: { name: 'golden', include: ['tests/golden/**/*.test.ts'], testTimeout: 120_000 },
      },
      {
        resolve: { alias },
        test: {
          name: 'node',
          include: ['tests/node/**/*.test.ts'],
          testTimeout: 300_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
