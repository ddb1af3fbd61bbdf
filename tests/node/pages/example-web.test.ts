/** The page of `examples/web`, built and used as people use it. */
import { repositoryFile } from '@org/asr-testkit';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runNode } from '../packed-packages.js';
import { complaintsOf, hasChromium, launchChromium } from '../../../scripts/pages/open-page.js';
import { serveFolder } from '../../../scripts/pages/serve-folder.js';
import type { FolderServer } from '../../../scripts/pages/serve-folder.js';

const jfk = repositoryFile('tests/fixtures/audio/jfk.wav');
const SAID =
  'And so my fellow Americans ask not what your country can do for you ask what you can do for your country';
const isolation = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

describe.skipIf(!hasChromium)('examples/web', () => {
  const folder = mkdtempSync(join(tmpdir(), 'asr-example-web-'));
  let browser: Browser;
  let server: FolderServer;

  beforeAll(async () => {
    runNode(
      repositoryFile('.'),
      '--import',
      'tsx',
      'scripts/build.ts',
      'core',
      'web',
      'model-whisper-tiny-en',
    );
    const example = repositoryFile('examples/web');
    const vite = join(example, 'node_modules/vite/bin/vite.js');
    runNode(example, vite, 'build', '--outDir', join(folder, 'page'), '--emptyOutDir');
    server = await serveFolder(join(folder, 'page'), isolation);
    browser = await launchChromium([
      '--use-fake-ui-for-media-stream',
      '--use-fake-device-for-media-stream',
      `--use-file-for-fake-audio-capture=${jfk}`,
    ]);
  });

  afterAll(async () => {
    await browser?.close();
    await server?.[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Pictures for the documentation: taken anew with ASR_SCREENSHOTS=1. */
  const picture = async (page: Page, name: string): Promise<void> => {
    if (process.env['ASR_SCREENSHOTS'] !== '1') return;
    await page.screenshot({ path: repositoryFile(`docs/images/example-web-${name}.png`), fullPage: true });
  };

  const transcribed = async (page: Page): Promise<string> => {
    await page.locator('#downloads').waitFor({ timeout: 120_000 });
    return (await page.locator('#segments p').allTextContents()).join(' ').replaceAll(/\s+/g, ' ').trim();
  };

  it('transcribes a file that is dropped, and saves subtitles', async () => {
    await using context = await browser.newContext();
    const page = await context.newPage();
    const complaints = complaintsOf(page);
    await page.goto(server.origin);
    const bytes = (await readFile(jfk)).toString('base64');
    // A string, because this file is checked without the types of the DOM.
    const dataTransfer = await page.evaluateHandle(`(async () => {
      const response = await fetch('data:audio/wav;base64,${bytes}');
      const transfer = new DataTransfer();
      transfer.items.add(new File([await response.blob()], 'speech.wav', { type: 'audio/wav' }));
      return transfer;
    })()`);
    await page.dispatchEvent('#drop', 'drop', { dataTransfer });
    expect(await transcribed(page)).toBe(SAID);
    expect(await page.textContent('#status')).toMatch(
      /^0:11 of audio in [\d.]+ s: [\d.]+ × real time, on the CPU/,
    );

    const saving = page.waitForEvent('download');
    await page.getByRole('button', { name: 'SRT' }).click();
    const saved = await saving;
    expect(saved.suggestedFilename()).toBe('speech.srt');
    const srt = await readFile(await saved.path(), 'utf8');
    expect(srt).toMatch(/^1\n00:00:0\d,\d{3} --> 00:00:\d\d,\d{3}\n/);
    expect(srt.replaceAll(/\s+/g, ' ')).toContain('what your country can do for you');
    expect(complaints).toEqual([]);
  });

  it('marks the word that is heard, and plays from where one points', async () => {
    await using context = await browser.newContext({ viewport: { width: 820, height: 860 } });
    const page = await context.newPage();
    await page.goto(server.origin);
    await page.getByRole('button', { name: 'Try a sample' }).click();
    await transcribed(page);
    await page.locator('.word', { hasText: 'country' }).first().click();
    await page.locator('.word[aria-current]', { hasText: 'country' }).waitFor({ timeout: 5000 });
    await page.getByRole('button', { name: 'Pause' }).click();
    expect(await page.textContent('#clock')).toMatch(/^0:0[5-7]$/);
    await picture(page, 'light');
    await page.emulateMedia({ colorScheme: 'dark' });
    await picture(page, 'dark');
    await page.setViewportSize({ width: 390, height: 844 });
    await picture(page, 'phone');
  });

  it('says what is wrong with a file', async () => {
    await using context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(server.origin);
    await page.setInputFiles('#file', {
      name: 'a.txt',
      mimeType: 'text/plain',
      buffer: Buffer.from('no audio'),
    });
    const alert = page.getByRole('alert');
    await alert.waitFor();
    expect(await alert.textContent()).toMatch(/^This file can't be read as audio: .*no known format/);
    expect(await page.isVisible('#result')).toBe(false);
  });

  it('works without a network once it has been used', async () => {
    // A copy on a server that ends: Chromium's offline mode leaves a service worker's own requests alone.
    const copy = join(folder, 'copy');
    cpSync(join(folder, 'page'), copy, { recursive: true });
    const lost = await serveFolder(copy, isolation);
    await using context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(lost.origin);
    await page.locator('#offline').waitFor();
    await page.getByRole('button', { name: 'Try a sample' }).click();
    expect(await transcribed(page)).toBe(SAID);
    await lost[Symbol.asyncDispose]();
    await context.setOffline(true);
    await page.reload();
    await page.setInputFiles('#file', jfk);
    expect(await transcribed(page)).toBe(SAID);
  });

  it('writes along while somebody speaks', async () => {
    await using context = await browser.newContext();
    const page = await context.newPage();
    const complaints = complaintsOf(page);
    await page.goto(server.origin);
    await page.getByRole('button', { name: 'Record', exact: true }).click();
    // The fake microphone repeats the recording without a pause, so that the utterance ends when it is too long. Text that may
    // still change comes before; what exactly it hears depends on where it began to listen.
    const patience = { timeout: 120_000 };
    await page.locator('#partial', { hasText: /my fellow american/i }).waitFor(patience);
    await page.locator('#segments', { hasText: /what your country can do for you/i }).waitFor(patience);
    await page.getByRole('button', { name: 'Stop' }).click();
    expect(await transcribed(page)).toMatch(/what your country can do for you/i);
    expect(await page.textContent('#partial')).toBe('');
    expect(await page.isVisible('#waveform')).toBe(true);
    expect(complaints).toEqual([]);
  });
});
