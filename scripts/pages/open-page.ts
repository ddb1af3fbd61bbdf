import { chromium } from 'playwright';
import type { Browser, BrowserContext, Page } from 'playwright';
import { findChromium } from '../chromium.js';

const executablePath = findChromium();

/** Whether there is a browser to open pages in. */
export const hasChromium = executablePath !== undefined;

// Chromium refuses its sandbox to root, which is what containers run as.
const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : [];

/** Starts the browser, headless. */
export function launchChromium(args: readonly string[] = []): Promise<Browser> {
  return chromium.launch({ executablePath: executablePath!, args: [...sandbox, ...args] });
}

/** Starts the browser with an extension. @param profile a folder to be made, because only a profile can have extensions */
export function launchExtension(folder: string, profile: string): Promise<BrowserContext> {
  return chromium.launchPersistentContext(profile, {
    executablePath: executablePath!,
    ignoreDefaultArgs: ['--disable-extensions'],
    args: [...sandbox, `--disable-extensions-except=${folder}`, `--load-extension=${folder}`],
  });
}

/** Collects what a page complains of: uncaught errors, and console errors (violations of policies among them). */
export function complaintsOf(page: Page): readonly string[] {
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    // Browsers ask for an icon that test pages don't have.
    if (message.type() === 'error' && !message.location().url.endsWith('/favicon.ico')) {
      complaints.push(message.text());
    }
  });
  return complaints;
}

/** Waits for an element to have text and gives it; fails with the page's complaints when it doesn't come. */
export async function textOf(page: Page, selector: string, timeout = 120_000): Promise<string> {
  const complaints = complaintsOf(page);
  const element = page.locator(selector).filter({ hasText: /\S/ });
  try {
    await element.waitFor({ state: 'attached', timeout });
  } catch (cause) {
    throw new Error(`${selector} stayed empty; the page said: ${complaints.join('\n') || 'nothing'}`, {
      cause,
    });
  }
  return (await element.textContent())!;
}
