/** Apps of `integrations`, built from the packed packages by the bundlers people use, without a configuration. */
import { repositoryFile } from '@org/asr-testkit';
import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Browser, Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pnpm } from '../../../scripts/package-manager.mjs';
import { hasRegistry, packPackages, runNode } from '../packed-packages.js';
import { complaintsOf, hasChromium, launchChromium, textOf } from '../../../scripts/pages/open-page.js';
import { serveFolder } from '../../../scripts/pages/serve-folder.js';

const temporary = mkdtempSync(join(tmpdir(), 'asr-bundlers-'));
const apps = ['vite', 'webpack', 'next'];

/** A page that does nothing but transcribe. */
const BARE_PAGE = `
import { loadModel } from '@org/asr-web';
import whisperTinyEn from '@org/asr-model-whisper-tiny-en';
const input = document.querySelector('input');
input.addEventListener('change', async () => {
  const model = await loadModel(whisperTinyEn);
  const { text } = await model.transcribe(input.files[0]);
  document.body.append(Object.assign(document.createElement('pre'), { textContent: text }));
});
globalThis.ready = true;
`;

const project = (name: string): string => join(temporary, name);
const bin = (name: string, path: string): string => join(project(name), 'node_modules', path);

/** One pnpm workspace of all apps: one install, and an app sees only what it depends on. */
function install(): void {
  const packages = ['core', 'web', 'model-whisper-tiny-en'];
  const tarballs = packPackages(packages, join(temporary, 'tarballs'));
  for (const name of apps) cpSync(repositoryFile(`integrations/${name}`), project(name), { recursive: true });
  writeFileSync(join(temporary, 'package.json'), '{ "private": true }');
  const overrides = Object.fromEntries([...tarballs].map(([name, path]) => [name, `file:${path}`]));
  writeFileSync(join(temporary, 'pnpm-workspace.yaml'), JSON.stringify({ packages: apps, overrides }));
  pnpm(['install', '--no-frozen-lockfile', '--prefer-offline', '--ignore-scripts'], { cwd: temporary });
}

/** Starts a server of an app on a free port and gives its address when it answers. */
async function startServer(
  name: string,
  script: string,
  args: (port: string) => readonly string[],
): Promise<AsyncDisposable & { readonly origin: string }> {
  const port = String(await freePort());
  const child = spawn(process.execPath, [bin(name, script), ...args(port)], {
    cwd: project(name),
    stdio: 'ignore',
    env: { ...process.env, NODE_ENV: undefined, VITEST: undefined, NEXT_TELEMETRY_DISABLED: '1' },
  });
  const origin = `http://localhost:${port}`;
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  await expect
    .poll(
      () =>
        fetch(origin).then(
          ({ ok }) => ok,
          () => false,
        ),
      { timeout: 60_000 },
    )
    .toBe(true);
  return {
    origin,
    async [Symbol.asyncDispose]() {
      child.kill();
      await ended;
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Addresses of the scripts that a page has loaded. */
async function scriptsOf(page: Page): Promise<readonly string[]> {
  const names = await page.evaluate<string[]>(
    `performance.getEntriesByType('resource').map(({ name }) => name).filter((name) => /\\.m?js$/.test(name))`,
  );
  return [...new Set(names)];
}

/** Bytes of the scripts that a page has loaded, each compressed by gzip; ONNX Runtime's left out. */
async function sizeOf(page: Page): Promise<number> {
  let size = 0;
  for (const name of await scriptsOf(page)) {
    const bytes = Buffer.from(await (await fetch(name)).arrayBuffer());
    if (!/\/ort\b/u.test(name)) size += gzipSync(bytes).length;
  }
  return size;
}

describe.skipIf(!hasRegistry || !hasChromium)('the packed packages, bundled', () => {
  let browser: Browser;

  beforeAll(async () => {
    install();
    browser = await launchChromium();
  }, 300_000);

  afterAll(async () => {
    await browser?.close();
    rmSync(temporary, { recursive: true, force: true });
  });

  /** Opens an app and gives it the sample recording, which it transcribes on the page, then in a worker. */
  async function expectTranscripts(address: string): Promise<void> {
    await using context = await browser.newContext();
    const page = await context.newPage();
    const complaints = complaintsOf(page);
    await page.goto(address);
    await page.setInputFiles('input', repositoryFile('tests/fixtures/audio/jfk.wav'));
    for (const where of ['#page', '#worker']) {
      expect(JSON.parse(await textOf(page, where))).toEqual({
        text: expect.stringMatching(/ask not what your country can do for you/i),
        backend: expect.stringMatching(/^onnxruntime-web /),
      });
    }
    expect(complaints).toEqual([]);
  }

  it('work in Vite, built', async () => {
    runNode(project('vite'), bin('vite', 'vite/bin/vite.js'), 'build');
    await using server = await serveFolder(join(project('vite'), 'dist'));
    await expectTranscripts(server.origin);
  });

  it('load no more than they need to transcribe with Whisper', async () => {
    const bare = join(project('vite'), 'bare');
    mkdirSync(bare, { recursive: true });
    writeFileSync(
      join(bare, 'index.html'),
      '<input type="file" /><script type="module" src="main.js"></script>',
    );
    writeFileSync(join(bare, 'main.js'), BARE_PAGE);
    // Small files of the model are no code.
    runNode(project('vite'), bin('vite', 'vite/bin/vite.js'), 'build', 'bare', '--assetsInlineLimit', '0');
    await using server = await serveFolder(join(bare, 'dist'));
    await using context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(server.origin);
    await page.waitForFunction('globalThis.ready');
    const atOnce = await sizeOf(page);
    await page.setInputFiles('input', repositoryFile('tests/fixtures/audio/jfk.wav'));
    expect(await textOf(page, 'pre')).toMatch(/ask not what your country can do for you/i);
    const size = await sizeOf(page);
    console.log(`A page loads ${atOnce} bytes at once and ${size} to transcribe, without ONNX Runtime.`);
    expect(atOnce).toBeGreaterThan(10_000);
    expect(atOnce).toBeLessThan(23_000);
    // The page has no use for ONNX Runtime's build with WebGPU.
    expect((await scriptsOf(page)).filter((name) => name.includes('webgpu'))).toEqual([]);
    expect(size).toBeGreaterThan(40_000);
    expect(size).toBeLessThan(70_000);
  });

  it("work in Vite's development server", async () => {
    await using server = await startServer('vite', 'vite/bin/vite.js', (port) => ['--port', port]);
    await expectTranscripts(server.origin);
  });

  it('work in webpack', async () => {
    runNode(project('webpack'), bin('webpack', 'webpack/bin/webpack.js'), '--mode', 'production');
    await using server = await serveFolder(project('webpack'));
    await expectTranscripts(server.origin);
  });

  it('work in Next, prerendered', async () => {
    const next = 'next/dist/bin/next';
    expect(runNode(project('next'), bin('next', next), 'build')).toMatch(/○ \/\n/);
    await using server = await startServer('next', next, (port) => ['start', '--port', port]);
    await expectTranscripts(server.origin);
  });
});
