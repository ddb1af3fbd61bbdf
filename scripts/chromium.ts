import { existsSync } from 'node:fs';

const candidates = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/opt/google/chrome/chrome',
  '/snap/bin/chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Google\\Chrome\\Application\\chrome.exe',
];

/**
 * The Chromium or Chrome that browser tests run in: `CHROMIUM_PATH`, or the first found where systems
 * install it; `undefined` when there is none.
 *
 * @throws Error when `CHROMIUM_PATH` names a file that is not there.
 */
export function findChromium(): string | undefined {
  const path = process.env['CHROMIUM_PATH'];
  if (path === undefined || path === '') return candidates.find((candidate) => existsSync(candidate));
  if (!existsSync(path)) throw new Error(`CHROMIUM_PATH names ${path}, which does not exist`);
  return path;
}
