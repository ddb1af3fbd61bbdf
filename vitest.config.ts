import { playwright } from '@vitest/browser-playwright';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import type { TestProjectConfiguration } from 'vitest/config';
import { findChromium } from './scripts/chromium.js';
import SkipReport from './scripts/skip-report.js';

const source = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Tests run on the sources of the workspace packages, not on their builds. */
const alias = {
  '@org/asr-core': source('./packages/core/src/index.ts'),
  '@org/asr-node': source('./packages/node/src/index.ts'),
  // Longer names must come first.
  '@org/asr-web/webgpu': source('./packages/web/src/webgpu.ts'),
  '@org/asr-web/worker': source('./packages/web/src/worker.ts'),
  '@org/asr-web': source('./packages/web/src/index.ts'),
  // The parts that run in browsers.
  '@org/asr-testkit/describe-backend': source('./packages/testkit/src/describe-backend.ts'),
  '@org/asr-testkit/graphs': source('./packages/testkit/src/graphs.ts'),
  '@org/asr-testkit/onnx-writer': source('./packages/testkit/src/onnx-writer.ts'),
  '@org/asr-testkit/watch-runs': source('./packages/testkit/src/watch-runs.ts'),
  '@org/asr-testkit': source('./packages/testkit/src/index.ts'),
  '@org/asr-model-silero-vad': source('./packages/model-silero-vad/src/index.ts'),
  '@org/asr-model-whisper-tiny-en': source('./packages/model-whisper-tiny-en/src/index.ts'),
};

/** What makes a page cross-origin isolated, and with that gives it wasm threads. */
const isolation = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

/** Tests in a real Chromium; left out, and said so by the skip report, where there is none. */
function browserProject(
  name: string,
  include: string,
  executablePath: string,
  headers: Record<string, string> = {},
  flags: readonly string[] = [],
): TestProjectConfiguration {
  // Chromium refuses its sandbox to root, which is what containers run as.
  const args = [...flags, ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])];
  return {
    resolve: { alias },
    server: { headers },
    // ONNX Runtime finds its wasm file beside its own module, so Vite must serve it as it is; the others are
    // plain ESM. Without discovery no dependency is found late, which would reload the page in mid-test.
    optimizeDeps: { noDiscovery: true },
    test: {
      name,
      include: [include],
      globalSetup: ['tests/setup/browser-hub.ts'],
      testTimeout: 120_000,
      hookTimeout: 120_000,
      retry,
      browser: {
        enabled: true,
        headless: true,
        screenshotFailures: false,
        provider: playwright({ launchOptions: { executablePath, args } }),
        instances: [{ browser: 'chromium', name: `${name} chromium` }],
      },
    },
  };
}

const chromium = findChromium();
/** WebGPU on the CPU, for machines without a GPU. */
const softwareGpu = [
  '--enable-unsafe-webgpu',
  '--use-webgpu-adapter=swiftshader',
  '--enable-features=Vulkan',
];
/** A microphone that hears a recording, without a question to the user. */
const fakeMicrophone = [
  '--use-fake-device-for-media-stream',
  '--use-fake-ui-for-media-stream',
  // Tests click nothing, which browsers wait for before they play.
  '--autoplay-policy=no-user-gesture-required',
  `--use-file-for-fake-audio-capture=${source('./tests/fixtures/audio/jfk.wav')}`,
];
const setupFiles = ['tests/setup/fast-check.ts'];
/**
 * What runs in real time (devices that play, servers that hang up, workers that die) may fail on a machine that stands still for a
 * second. CI gives it a second attempt, and the report at the end names every test that needed it.
 */
const retry = process.env['CI'] === undefined ? 0 : 1;

export default defineConfig({
  test: {
    reporters: ['default', new SkipReport()],
    projects: [
      {
        resolve: { alias },
        test: { name: 'unit', setupFiles, include: ['packages/*/src/**/*.test.ts'], testTimeout: 30_000 },
      },
      {
        resolve: { alias },
        test: { name: 'golden', setupFiles, include: ['tests/golden/**/*.test.ts'], testTimeout: 120_000 },
      },
      {
        resolve: { alias },
        test: {
          name: 'node',
          setupFiles,
          include: ['tests/node/**/*.test.ts'],
          globalSetup: ['tests/setup/build-worker.ts'],
          testTimeout: 300_000,
          hookTimeout: 120_000,
          retry,
        },
      },
      {
        resolve: { alias },
        test: {
          name: 'types',
          typecheck: {
            enabled: true,
            only: true,
            include: ['packages/*/src/**/*.test-d.ts', 'tests/types/**/*.test-d.ts'],
            tsconfig: './tests/types/tsconfig.json',
          },
        },
      },
      ...(chromium === undefined
        ? []
        : [
            browserProject('browser', 'tests/browser/plain/**/*.test.ts', chromium),
            browserProject('browser-isolated', 'tests/browser/isolated/**/*.test.ts', chromium, isolation),
            browserProject('browser-webgpu', 'tests/browser/webgpu/**/*.test.ts', chromium, {}, softwareGpu),
            browserProject(
              'browser-microphone',
              'tests/browser/microphone/**/*.test.ts',
              chromium,
              {},
              fakeMicrophone,
            ),
          ]),
    ],
  },
});
