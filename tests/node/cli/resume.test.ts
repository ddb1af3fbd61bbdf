/** A batch that is broken off goes on where it stopped, and nobody's work is overwritten. */
import { repositoryFile } from '@org/asr-testkit';
import { cp, mkdir, mkdtemp, readFile, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { startAsr } from './asr-process.js';
import { asr } from './run-cli.js';

const DIGITS = repositoryFile('tests/fixtures/digits-wav2vec2-ctc');
const JOURNAL = '.asr-transcribe.jsonl';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'asr-batch-'));
  await mkdir(join(folder, 'in'));
  for (const name of ['a', 'b', 'c'])
    await cp(join(DIGITS, 'clip0_jackson.wav'), join(folder, `in/${name}.wav`));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const transcribe = (...flags: readonly string[]) =>
  asr(['transcribe', 'in', '-m', DIGITS, '-o', 'out', ...flags], { cwd: folder });
const output = (name: string) => join(folder, 'out', name);
const dates = async (names: readonly string[]) =>
  Promise.all(names.map(async (name) => (await stat(output(name))).mtimeMs));

it('does nothing twice', async () => {
  expect((await transcribe()).stderr).toMatch(/^3 transcribed; /u);
  const before = await dates(['a.txt', 'b.txt', 'c.txt']);
  expect(await transcribe()).toEqual({ code: 0, stdout: '', stderr: '0 transcribed, 3 done before\n' });
  expect(await dates(['a.txt', 'b.txt', 'c.txt'])).toEqual(before);
  expect((await transcribe('--force')).stderr).toMatch(/^3 transcribed; /u);
});

it('does again what changed: a recording, an option, a result that is gone', async () => {
  await transcribe();
  await cp(join(DIGITS, 'clip2_jackson.wav'), join(folder, 'in/b.wav'));
  await rm(output('c.txt'));
  expect((await transcribe()).stderr).toMatch(/^2 transcribed, 1 done before; /u);
  expect((await transcribe('--beam', '4')).stderr).toMatch(/^3 transcribed; /u);
  // Other threads don't change what is heard.
  expect((await transcribe('--beam', '4', '--workers', '1')).stderr).toMatch(
    /^0 transcribed, 3 done before/u,
  );
});

it('does again what another model, or a changed language model or list of hotwords, would read differently', async () => {
  const model = join(folder, 'model');
  await cp(DIGITS, model, { recursive: true });
  await writeFile(join(folder, 'words.txt'), 'TWO:5');
  const run = () => transcribe('-m', model, '--hotwords-file', 'words.txt');
  await run();
  expect((await run()).stderr).toMatch(/3 done before/u);
  await writeFile(join(folder, 'words.txt'), 'TWO:50');
  expect((await run()).stderr).toMatch(/^3 transcribed/u);
  await utimes(join(model, 'model.onnx'), 1, 1);
  expect((await run()).stderr).toMatch(/^3 transcribed/u);
});

it('adds a format, and keeps what the others hold', async () => {
  await transcribe('-f', 'txt');
  await transcribe('-f', 'srt');
  expect((await transcribe('-f', 'txt')).stderr).toMatch(/3 done before/u);
});

it('overwrites neither what was edited nor what was there, unless forced', async () => {
  await mkdir(join(folder, 'out'));
  await writeFile(output('a.txt'), 'a letter');
  const first = await transcribe();
  expect(first.code).toBe(3);
  expect(first.stderr).toMatch(/in\/a\.wav: a\.txt is there and not as this command wrote it: --force/u);
  await writeFile(output('b.txt'), 'corrected by hand');
  const second = await transcribe('--beam', '3');
  expect(second.stderr).toMatch(/^1 transcribed, 2 failed; /mu);
  expect(await readFile(output('a.txt'), 'utf8')).toBe('a letter');
  expect(await readFile(output('b.txt'), 'utf8')).toBe('corrected by hand');
  expect(await transcribe('--force')).toMatchObject({ code: 0 });
  expect(await readFile(output('a.txt'), 'utf8')).toBe(await readFile(output('c.txt'), 'utf8'));
});

it('reads a journal whose last line was cut, and clears away what a dead process left', async () => {
  await transcribe();
  const journal = await readFile(output(JOURNAL), 'utf8');
  await writeFile(output(JOURNAL), journal.trimEnd().slice(0, -20));
  const dead = startAsr(['--version'], { cwd: folder });
  await dead.ended;
  await writeFile(output(`.a.txt.asr-${dead.child.pid}`), 'half');
  await writeFile(output(`.a.txt.asr-${process.ppid}`), 'under way');
  expect((await transcribe()).stderr).toMatch(/^0 transcribed, 2 done before, 1 failed/mu);
  const left = await readdir(join(folder, 'out'));
  expect(left.filter((name) => name.startsWith('.a.txt'))).toEqual([`.a.txt.asr-${process.ppid}`]);
});

it('goes on after kill -9 in mid-batch, and has the results of a run that was left alone', async () => {
  for (let i = 0; i < 40; i++) await cp(join(DIGITS, 'clip5_theo.wav'), join(folder, `in/d${i}.wav`));
  const args = ['transcribe', 'in', '-m', DIGITS, '-f', 'txt,json', '--workers', '2'];
  const killed = startAsr([...args, '-o', 'out'], { cwd: folder });
  const finished = async () =>
    (await readdir(join(folder, 'out')).catch(() => [])).filter((name) => name.endsWith('.json'));
  await expect
    .poll(async () => (await finished()).length, { timeout: 60_000, interval: 5 })
    .toBeGreaterThan(5);
  killed.child.kill('SIGKILL');
  expect((await killed.ended).code).toBeNull();
  const before = (await finished()).length;
  expect(before).toBeLessThan(43);
  // Whatever is there under its name is complete.
  for (const name of await finished()) JSON.parse(await readFile(output(name), 'utf8'));

  const resumed = await transcribe('-f', 'txt,json');
  expect(resumed.code).toBe(0);
  const [, again, kept] = /^(\d+) transcribed, (\d+) done before/u.exec(resumed.stderr)!.map(Number);
  expect(again! + kept!).toBe(43);
  expect(kept).toBeGreaterThanOrEqual(before - 2);

  expect(await asr([...args, '-o', 'whole'], { cwd: folder })).toMatchObject({ code: 0 });
  const names = (await readdir(join(folder, 'whole'))).filter((name) => name !== JOURNAL);
  expect((await readdir(join(folder, 'out'))).filter((name) => name !== JOURNAL)).toEqual(names);
  expect(names).toHaveLength(86);
  for (const name of names) {
    expect(await readFile(output(name), 'utf8')).toBe(await readFile(join(folder, 'whole', name), 'utf8'));
  }
});

it('ends with 130 on Ctrl+C, and goes on from there', async () => {
  for (let i = 0; i < 40; i++) await cp(join(DIGITS, 'clip5_theo.wav'), join(folder, `in/d${i}.wav`));
  const { child, ended } = startAsr(['transcribe', 'in', '-m', DIGITS, '-o', 'out'], { cwd: folder });
  await expect
    .poll(async () => (await readdir(join(folder, 'out')).catch(() => [])).length, {
      timeout: 60_000,
      interval: 5,
    })
    .toBeGreaterThan(5);
  child.kill('SIGINT');
  expect(await ended).toMatchObject({ code: 130, stdout: '', stderr: 'asr: stopped by SIGINT\n' });
  const resumed = await transcribe();
  expect(resumed.stderr).toMatch(/^\d+ transcribed, \d+ done before; /u);
});
