/** Pages whose server or browser allows little: a strict Content-Security-Policy, no isolation, an extension. */
import { repositoryFile } from '@org/asr-testkit';
import { createHash } from 'node:crypto';
import { cpSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildPage } from '../../../scripts/pages/build-page.js';
import {
  complaintsOf,
  hasChromium,
  launchChromium,
  launchExtension,
  textOf,
} from '../../../scripts/pages/open-page.js';
import { serveFolder } from '../../../scripts/pages/serve-folder.js';

const SAID =
  'And so my fellow Americans ask not what your country can do for you ask what you can do for your country';
/** Nothing from elsewhere, nothing made up at run time, except what wasm cannot do without. */
const STRICT =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'; base-uri 'none'";
const ISOLATED = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

describe.skipIf(!hasChromium)('a page', () => {
  const temporary = realpathSync(mkdtempSync(join(tmpdir(), 'asr-policies-')));
  const built = join(temporary, 'page');

  beforeAll(() => buildPage(repositoryFile('tests/browser/plain-page'), built));
  afterAll(() => rmSync(temporary, { recursive: true, force: true }));

  /** Transcribes on the page and in its worker; gives what ONNX Runtime's threads are. */
  async function expectTranscripts(
    page: Page,
    address: string,
  ): Promise<{ threads: number; reason: string }> {
    const complaints = complaintsOf(page);
    const elsewhere: string[] = [];
    page.on('request', (request) => {
      if (!/^(?:data|blob):/.test(request.url()) && !request.url().startsWith(address)) {
        elsewhere.push(request.url());
      }
    });
    await page.goto(`${address}/index.html`);
    await page.setInputFiles('input', repositoryFile('tests/fixtures/audio/jfk.wav'));
    for (const where of ['#page', '#worker']) {
      expect(JSON.parse(await textOf(page, where))).toBe(SAID);
    }
    expect(complaints).toEqual([]);
    expect(elsewhere).toEqual([]);
    return JSON.parse(await textOf(page, '#threads')) as { threads: number; reason: string };
  }

  it.each([
    ['isolated, on threads', ISOLATED, 2, 'as asked for'],
    ['not isolated, on one thread, and says so', {}, 1, 'not cross-origin isolated'],
  ])('under a strict policy works, %s', async (_, isolation, count, reason) => {
    await using server = await serveFolder(built, { 'Content-Security-Policy': STRICT, ...isolation });
    await using browser = await launchChromium();
    const threads = await expectTranscripts(await browser.newPage(), server.origin);
    expect(threads).toEqual({ threads: count, reason: expect.stringContaining(reason) });
  });

  it('and another of the same site work at once, with a worker each', async () => {
    await using server = await serveFolder(built);
    await using browser = await launchChromium();
    await using context = await browser.newContext();
    const pages = [await context.newPage(), await context.newPage()];
    await Promise.all(pages.map((page) => expectTranscripts(page, server.origin)));
  });

  it('whose policy forbids wasm says what is missing', async () => {
    const policy = STRICT.replace(" 'wasm-unsafe-eval'", '');
    await using server = await serveFolder(built, { 'Content-Security-Policy': policy });
    await using browser = await launchChromium();
    const page = await browser.newPage();
    const failure = page.waitForEvent('pageerror');
    await page.goto(server.origin);
    await page.setInputFiles('input', repositoryFile('tests/fixtures/audio/jfk.wav'));
    expect((await failure).message).toMatch(/wasm could not be started.*Content-Security-Policy/);
  });

  it('of an extension works, which may run no code from elsewhere', async () => {
    const extension = join(temporary, 'extension');
    cpSync(built, extension, { recursive: true });
    writeFileSync(
      join(extension, 'manifest.json'),
      JSON.stringify({
        manifest_version: 3,
        name: 'Transcribe',
        version: '1.0',
        content_security_policy: { extension_pages: "script-src 'self' 'wasm-unsafe-eval'" },
      }),
    );
    await using context = await launchExtension(extension, join(temporary, 'profile'));
    await expectTranscripts(await context.newPage(), `chrome-extension://${extensionId(extension)}`);
  });
});

/** How Chromium names an extension that lies in a folder: half of the hash of its path, in letters from a to p. */
function extensionId(folder: string): string {
  const hash = createHash('sha256').update(folder).digest('hex').slice(0, 32);
  return hash.replaceAll(/./g, (digit) => 'abcdefghijklmnop'[Number.parseInt(digit, 16)]!);
}
