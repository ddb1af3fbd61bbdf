import { repositoryFile } from '@org/asr-testkit';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lineSegments } from '../../../packages/node/src/cli/align/formats.js';
import { toTextGrid } from '../../../packages/node/src/cli/align/text-grid.js';
import { asr } from './run-cli.js';

const DIGITS = repositoryFile('tests/fixtures/digits-wav2vec2-ctc');
const CLIP = join(DIGITS, 'clip2_jackson.wav');
const unit = (text: string, start: number, end: number) => ({ text, start, end, score: 0.5 });
const word = (text: string, start: number, end: number) => ({
  ...unit(text, start, end),
  units: [unit(text, start, end)],
});

describe('asr align', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'asr-align-'));
    await writeFile(join(folder, 'text.txt'), 'Eight, three\n—\nsix!\n');
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));
  const align = (...args: readonly string[]) => asr(['align', CLIP, '-m', DIGITS, ...args], { cwd: folder });

  it('prints words with times in order, within the recording', async () => {
    const { code, stdout, stderr } = await align('--text', 'Eight three six');
    expect(code).toBe(0);
    expect(stderr).toMatch(/^3 words, mean score 0\.\d\d\n$/u);
    const [head, ...rows] = stdout
      .trim()
      .split('\n')
      .map((line) => line.split('\t'));
    expect(head).toEqual(['start', 'end', 'score', 'text']);
    expect(rows.map((row) => row[3])).toEqual(['Eight', 'three', 'six']);
    const times = rows.flatMap(([start, end]) => [Number(start), Number(end)]);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(times.at(-1)).toBeLessThanOrEqual(2.31);
  });

  it('makes a subtitle of every line, and writes it to a file', async () => {
    const { code, stdout } = await align('--text-file', 'text.txt', '-f', 'srt', '-o', 'out.srt');
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
    const texts = (await readFile(join(folder, 'out.srt'), 'utf8'))
      .split('\n')
      .filter((line) => /[a-z]/iu.test(line));
    expect(texts).toEqual(['Eight, three', 'six!']);
  });

  it.each<[readonly string[], RegExp]>([
    [[], /what is said\? Give --text or --text-file/u],
    [['--text', 'x', '--text-file', 'text.txt'], /cannot be used with/u],
    [['--text-file', 'none.txt'], /--text-file: .*none\.txt/u],
    [['--text', 'six '.repeat(100)], /399 targets need at least 399 frames, the audio has 115/u],
    [['--text', 'six', '-m', repositoryFile('packages/model-whisper-tiny-en/model')], /needs a CTC model/u],
  ])('refuses %j', async (args, message) => {
    const { code, stdout, stderr } = await align(...args);
    expect(stderr).toMatch(message);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });
});

describe('lineSegments', () => {
  it('gives every line its own words, when words repeat and some have no sound', () => {
    const words = [word('a', 0, 1), word('a,', 1, 2), word('b', 3, 4), word('a', 5, 6)];
    expect(lineSegments({ words, score: 1, duration: 7 }, '“ a\n- a, b\n…\n\na')).toEqual([
      { start: 0, end: 1, text: '“ a' },
      { start: 1, end: 4, text: '- a, b' },
      { start: 5, end: 6, text: 'a' },
    ]);
  });
});

describe('toTextGrid', () => {
  it('covers all of the time without a gap, as Praat wants it', () => {
    const grid = toTextGrid({ words: [word('say "x"', 0.5, 1), word('y', 1, 1.25)], score: 1, duration: 2 });
    const lines = grid.split('\n').map((line) => line.trim());
    expect(lines.slice(0, 2)).toEqual(['File type = "ooTextFile"', 'Object class = "TextGrid"']);
    expect(lines.filter((line) => line.startsWith('text'))).toEqual(
      Array.from({ length: 2 }, () => ['text = ""', 'text = "say ""x"""', 'text = "y"', 'text = ""']).flat(),
    );
    const starts = lines.filter((line) => line.startsWith('xmin')).map((line) => Number(line.split(' ')[2]));
    expect(starts).toEqual([0, 0, 0, 0.5, 1, 1.25, 0, 0, 0.5, 1, 1.25]);
  });

  it('is one empty interval without words', () => {
    expect(toTextGrid({ words: [], score: 0, duration: 1 })).toContain('intervals: size = 1');
  });
});
