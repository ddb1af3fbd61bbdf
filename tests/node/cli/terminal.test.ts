/** `asr` on a real terminal: a pseudo-terminal that util-linux's `script` opens. */
import { repositoryFile } from '@org/asr-testkit';
import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { processEnvironment, writeAsrScript } from './asr-process.js';

const WHISPER = repositoryFile('packages/model-whisper-tiny-en/model');
const DIGITS = repositoryFile('tests/fixtures/digits-wav2vec2-ctc');
const hasScript = /util-linux/u.test(spawnSync('script', ['--version'], { encoding: 'utf8' }).stdout ?? '');
/** A bar with its percentage and the recording. */
const BAR = /[█░]{24} \d+% /u;
const HIDE_CURSOR = '\u001B[?25l';
const SHOW_CURSOR = '\u001B[?25h';

let folder: string;

interface TerminalRun {
  readonly child: ChildProcess;
  /** What the terminal has been sent so far. */
  screen(): string;
  readonly ended: Promise<{ readonly code: number | null; readonly screen: string }>;
}

/** Runs a line of a shell on a terminal of 100 columns; what is written to stdin are keys. */
function onTerminal(line: string): TerminalRun {
  const child = spawn('script', ['--quiet', '--flush', '--return', '--command', line, '/dev/null'], {
    cwd: folder,
    env: {
      ...process.env,
      ...processEnvironment,
      NO_COLOR: '',
      TERM: 'xterm-256color',
      COLUMNS: '100',
      PATH: `${join(folder, 'bin')}:${process.env['PATH']}`,
    },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (piece: string) => (text += piece));
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, screen: text }));
  return { child, screen: () => text, ended };
}

describe.skipIf(!hasScript)('on a terminal', () => {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'asr-terminal-'));
    await writeAsrScript(join(folder, 'bin'));
    await cp(repositoryFile('tests/fixtures/audio/jfk.wav'), join(folder, 'talk.wav'));
    await mkdir(join(folder, 'in'));
    for (let i = 0; i < 30; i++) await cp(join(DIGITS, 'clip5_theo.wav'), join(folder, `in/${i}.wav`));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('a bar moves while it works, and is gone when the text is there', async () => {
    const { code, screen } = await onTerminal(`asr transcribe talk.wav -m '${WHISPER}'`).ended;
    expect(code).toBe(0);
    expect(screen).toMatch(BAR);
    expect(screen).toContain('talk.wav');
    const [before, after] = [screen.indexOf(HIDE_CURSOR), screen.lastIndexOf(SHOW_CURSOR)];
    expect(before).toBeGreaterThanOrEqual(0);
    expect(after).toBeGreaterThan(before);
    // What is left on the screen is the text alone.
    expect(stripVTControlCharacters(screen.slice(after))).toMatch(/^\s*And so,? my fellow Americans[^█░]*$/u);
  });

  it('bars go to the terminal while results go to a file', async () => {
    const { code, screen } = await onTerminal(`asr transcribe talk.wav -m '${WHISPER}' > talk.txt`).ended;
    expect(code).toBe(0);
    expect(screen).toMatch(BAR);
    expect(screen).not.toContain('Americans');
    const text = await readFile(join(folder, 'talk.txt'), 'utf8');
    expect(text).toMatch(/^And so,? my fellow Americans/u);
    expect(text).not.toContain('\u001B');
  });

  it('nothing but the text comes out of a pipe, and of a quiet run', async () => {
    const piped = await onTerminal(`asr transcribe talk.wav -m '${WHISPER}' 2>&1 | cat`).ended;
    const quiet = await onTerminal(`asr transcribe talk.wav -m '${WHISPER}' --quiet`).ended;
    for (const { code, screen } of [piped, quiet]) {
      expect(code).toBe(0);
      expect(screen).toMatch(/^And so,? my fellow Americans/u);
      expect(screen).not.toMatch(/[█░]/u);
      expect(screen).not.toContain('\u001B');
    }
  });

  it('Ctrl+C ends a batch with 130, gives the cursor back, and keeps what is done', async () => {
    const run = onTerminal(`asr transcribe in -m '${DIGITS}' -o out --workers 2`);
    await expect.poll(() => BAR.test(run.screen()), { timeout: 60_000 }).toBe(true);
    const done = async (): Promise<number> =>
      (await readdir(join(folder, 'out')).catch(() => [])).filter((name) => name.endsWith('.txt')).length;
    await expect.poll(done, { timeout: 60_000, interval: 5 }).toBeGreaterThan(2);
    run.child.stdin!.write('\u0003');
    const { code, screen } = await run.ended;
    expect(code).toBe(130);
    expect(screen).toMatch(/\[\d+\/30\] in\/\d+\.wav/u);
    expect(screen.lastIndexOf(SHOW_CURSOR)).toBeGreaterThan(screen.lastIndexOf(HIDE_CURSOR));
    expect(screen).toContain('stopped by SIGINT');
    const kept = await done();
    expect(kept).toBeLessThan(30);
    const rest = await onTerminal(`asr transcribe in -m '${DIGITS}' -o out`).ended;
    expect(rest.code).toBe(0);
    expect(rest.screen).toMatch(new RegExp(`${30 - kept} transcribed, ${kept} done before`, 'u'));
  });
});
