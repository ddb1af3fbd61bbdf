/** The page of `examples/web`, built and used as people use it. */
import { readWav, writeWav } from '@org/asr-core';
import { hasTestData, repositoryFile, testData } from '@org/asr-testkit';
import axe from 'axe-core';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { readFile, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page, Route } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HubServer } from '../hub/hub-server.js';
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
    const path = repositoryFile(`docs/images/example-web-${name}.png`);
    await page.screenshot({ path, fullPage: true, animations: 'disabled' });
  };

  /** What axe finds wrong with the page as it is, by the rules of WCAG 2.2 AA and good practice. */
  const barriers = async (page: Page): Promise<readonly string[]> => {
    await page.evaluate(axe.source);
    const found = await page.evaluate<string[]>(`axe.run(document).then(({ violations }) =>
      violations.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => [id, html, failureSummary].join(' '))))`);
    return found;
  };

  const isTooWide = (page: Page): Promise<boolean> =>
    page.evaluate('document.documentElement.scrollWidth > document.documentElement.clientWidth');

  /** Plays ten times slower, so that a slow machine sees a word's mark before the next one's. */
  const playSlowly = (page: Page): Promise<unknown> =>
    page.addInitScript(`{
      const { play } = HTMLMediaElement.prototype;
      HTMLMediaElement.prototype.play = function () {
        this.playbackRate = 0.1;
        return play.call(this);
      };
    }`);

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
      /^0:11 of audio in [\d.]+ s: [\d.]+ × real time, on the CPU, (?:one thread|\d threads) \(onnxruntime-web /,
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
    await playSlowly(page);
    await page.goto(server.origin);
    await page.getByRole('button', { name: 'Try a sample' }).click();
    await transcribed(page);
    await page.locator('.word', { hasText: 'country' }).first().click();
    await page.locator('.word[aria-current]', { hasText: 'country' }).waitFor();
    await page.getByRole('button', { name: 'Pause' }).click();
    expect(await page.textContent('#clock')).toMatch(/^0:0[5-7]$/);
    expect(await barriers(page)).toEqual([]);
    await picture(page, 'light');
    await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' });
    expect(await barriers(page)).toEqual([]);
    await picture(page, 'dark');
    await page.setViewportSize({ width: 390, height: 844 });
    await picture(page, 'phone');
    for (const width of [320, 390, 820, 1600]) {
      await page.setViewportSize({ width, height: 844 });
      expect(await isTooWide(page)).toBe(false);
    }
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
    expect(await barriers(page)).toEqual([]);
    await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' });
    expect(await barriers(page)).toEqual([]);
  });

  it('can be used with the keyboard alone', async () => {
    await using context = await browser.newContext();
    const page = await context.newPage();
    await playSlowly(page);
    await page.goto(server.origin);
    expect(await barriers(page)).toEqual([]);
    const focused = (): Promise<string> => page.evaluate('document.activeElement.id');
    for (const id of ['file', 'record', 'sample', 'model']) {
      await page.keyboard.press('Tab');
      expect(await focused()).toBe(id);
    }
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Enter');
    expect(await transcribed(page)).toBe(SAID);
    // From the model, as there is no language to choose: playback, then the time of each segment.
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    expect(await focused()).toBe('play');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.locator('.word[aria-current]', { hasText: 'ask' }).waitFor();
    expect(await page.textContent('#clock')).toMatch(/^0:0[89]$/);
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Space');
    await page.getByRole('button', { name: 'Play', exact: true }).waitFor();
  });

  it('shows how far the download and the transcription are', async () => {
    await using context = await browser.newContext();
    const page = await context.newPage();
    // A string, because this file is checked without the types of the DOM.
    await page.addInitScript(`
      globalThis.seen = { download: [], transcribe: [] };
      new MutationObserver(() => {
        for (const [id, values] of Object.entries(seen)) {
          const bar = document.getElementById(id);
          if (bar?.checkVisibility() && bar.hasAttribute('value') && values.at(-1) !== bar.value) values.push(bar.value);
        }
      }).observe(document, { subtree: true, childList: true, attributes: true });
    `);
    await page.goto(server.origin);
    const { samples, sampleRate } = readWav(await readFile(jfk));
    const channel = samples[0] as Float32Array;
    const long = new Float32Array(6 * channel.length);
    for (let at = 0; at < long.length; at += channel.length) long.set(channel, at);
    const buffer = Buffer.from(writeWav({ samples: long, sampleRate }));
    await page.setInputFiles('#file', { name: 'long.wav', mimeType: 'audio/wav', buffer });
    expect((await transcribed(page)).match(/what you can do for your country/gi)?.length).toBeGreaterThan(3);
    const { download, transcribe } = await page.evaluate<{ download: number[]; transcribe: number[] }>(
      'globalThis.seen',
    );
    for (const values of [download, transcribe]) expect(values.length).toBeGreaterThan(2);
    // A file that the model turns out to need makes the download longer than it seemed.
    expect(download.at(-1)).toBe(1);
    expect(transcribe).toEqual(transcribe.toSorted((a, b) => a - b));
    expect(transcribe.at(-1)).toBeGreaterThan(0.9);
  });

  it.skipIf(!hasTestData)('takes a dropped folder as the model, and offers its languages', async () => {
    await using context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(server.origin);
    const box = (await page.locator('#drop').boundingBox())!;
    const devtools = await context.newCDPSession(page);
    // As the system does it: the page gets a real folder, not files that a script made.
    for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
      const data = { items: [], files: [testData('models/whisper-base')], dragOperationsMask: 1 };
      await devtools.send('Input.dispatchDragEvent', { type, x: box.x + 20, y: box.y + 20, data });
    }
    await page.locator('#language:enabled').waitFor({ timeout: 60_000 });
    expect(await page.inputValue('#model')).toBe('folder');
    expect((await page.locator('#language option').allTextContents()).slice(0, 3)).toEqual([
      'Detect',
      'Afrikaans',
      'Albanian',
    ]);
    await page.selectOption('#language', { label: 'German' });
    await page.setInputFiles('#file', jfk);
    const german = await transcribed(page);
    await page.selectOption('#language', { label: 'English' });
    await page.setInputFiles('#file', []);
    await page.setInputFiles('#file', jfk);
    await page.locator('#downloads').waitFor({ state: 'hidden' });
    const english = await transcribed(page);
    expect(english).toMatch(/my fellow Americans,? ask(?:ed)? not what your country can do for you/i);
    // Whisper writes what it hears in the language it is told.
    expect(german).not.toBe(english);
  });

  it('fetches a model of the hub that is chosen, and has it without a network from then on', async () => {
    await using hub = await HubServer.start();
    const model = repositoryFile('packages/model-whisper-tiny-en/model');
    const files: Record<string, Uint8Array> = {};
    for (const name of await readdir(model)) files[name] = await readFile(join(model, name));
    hub.models.set('onnx-community/whisper-base', { files });
    // The service worker leaves other servers' answers to the site's store.
    await using context = await browser.newContext();
    const forward = async (route: Route): Promise<void> => {
      const { pathname, search } = new URL(route.request().url());
      const response = await fetch(`${hub.endpoint}${pathname}${search}`);
      const headers: Record<string, string> = {
        'access-control-allow-origin': '*',
        'access-control-expose-headers': 'ETag, Link, X-Error-Code',
      };
      // Further pages of a listing are on the same server.
      response.headers.forEach((value, name) => {
        headers[name] = value.replaceAll(hub.endpoint, 'https://huggingface.co');
      });
      await route.fulfill({
        status: response.status,
        headers,
        body: Buffer.from(await response.arrayBuffer()),
      });
    };
    await context.route('https://huggingface.co/**', forward);
    const page = await context.newPage();
    const choose = async (): Promise<void> => {
      await page.goto(server.origin);
      await page.selectOption('#model', 'base');
      await page.locator('#model:enabled').waitFor({ timeout: 120_000 });
      expect(await page.textContent('#error')).toBe('');
      await page.setInputFiles('#file', jfk);
      expect(await transcribed(page)).toBe(SAID);
    };
    await choose();
    expect(hub.downloads.length).toBeGreaterThan(2);
    hub.requests.length = 0;
    await context.unroute('https://huggingface.co/**');
    await context.route('https://huggingface.co/**', (route) => route.abort());
    await choose();
    expect(hub.requests).toEqual([]);
  });

  it('works without a network once it has been used', async () => {
    // A copy on a server that ends: Chromium's offline mode leaves a service worker's own requests alone.
    const copy = join(folder, 'copy');
    cpSync(join(folder, 'page'), copy, { recursive: true });
    const lost = await serveFolder(copy, isolation);
    await using context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(lost.origin);
    await page.locator('#offline').waitFor({ timeout: 120_000 });
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
    // still change comes before; what of it depends on where it began to listen and how fast the machine is.
    const patience = { timeout: 120_000 };
    await page.locator('#partial', { hasText: /country|fellow|american/i }).waitFor(patience);
    await picture(page, 'live');
    await page.locator('#segments', { hasText: /what your country can do for you/i }).waitFor(patience);
    await page.getByRole('button', { name: 'Stop' }).click();
    expect(await transcribed(page)).toMatch(/what your country can do for you/i);
    expect(await page.textContent('#partial')).toBe('');
    expect(await page.isVisible('#waveform')).toBe(true);
    expect(complaints).toEqual([]);
  });

  it('says it when the microphone is not allowed', async () => {
    await using strict = await launchChromium([
      '--use-fake-ui-for-media-stream=deny',
      '--use-fake-device-for-media-stream',
    ]);
    const page = await strict.newPage();
    await page.goto(server.origin);
    await page.getByRole('button', { name: 'Record', exact: true }).click();
    const alert = page.getByRole('alert');
    await alert.waitFor();
    expect(await alert.textContent()).toMatch(/^the microphone can't be used: it was not allowed/);
    expect(await page.getByRole('button', { name: 'Record', exact: true }).isVisible()).toBe(true);
  });

  it('says it when the microphone is taken away while somebody speaks', async () => {
    // Not with the flag that answers for the user: what that allows can't be withdrawn.
    await using asking = await launchChromium([
      '--use-fake-device-for-media-stream',
      `--use-file-for-fake-audio-capture=${jfk}`,
    ]);
    await using context = await asking.newContext({ permissions: ['microphone'] });
    const page = await context.newPage();
    await page.goto(server.origin);
    await page.getByRole('button', { name: 'Record', exact: true }).click();
    await page.locator('#partial', { hasText: /\w/ }).waitFor({ timeout: 120_000 });
    await context.clearPermissions();
    const alert = page.getByRole('alert');
    await alert.waitFor();
    expect(await alert.textContent()).toMatch(/the microphone was lost: .*its permission was withdrawn/);
    expect(await page.getByRole('button', { name: 'Record', exact: true }).isVisible()).toBe(true);
  });
});
