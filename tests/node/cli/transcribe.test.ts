import { hasTestData, repositoryFile, testData } from '@org/asr-testkit';
import { loadModel } from '@org/asr-node';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { cp, mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { asr } from './run-cli.js';

const WHISPER = repositoryFile('packages/model-whisper-tiny-en/model');
const VAD = repositoryFile('packages/model-silero-vad/model');
const DIGITS = repositoryFile('tests/fixtures/digits-wav2vec2-ctc');
const JFK = repositoryFile('tests/fixtures/audio/jfk.wav');
const SENTENCE = /ask not what your country can do for you/iu;
/** What the reference implementation reads in the clips. */
const GOLDEN = JSON.parse(readFileSync(join(DIGITS, 'golden.json'), 'utf8')) as {
  readonly clips: readonly { readonly file: string; readonly text: string }[];
};
const ONE = GOLDEN.clips.find(({ file }) => file === 'clip0_jackson.wav')!.text;
const TWO = GOLDEN.clips.find(({ file }) => file === 'clip2_jackson.wav')!.text;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'asr-cli-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** A folder of recordings, one of them below it. */
async function recordings(): Promise<void> {
  await mkdir(join(folder, 'in/deep'), { recursive: true });
  await cp(join(DIGITS, 'clip0_jackson.wav'), join(folder, 'in/one.wav'));
  await cp(join(DIGITS, 'clip2_jackson.wav'), join(folder, 'in/deep/two.wav'));
  await writeFile(join(folder, 'in/notes.txt'), 'no recording');
}

describe('asr transcribe, one recording', () => {
  it('prints its text and nothing else', async () => {
    const { code, stdout, stderr } = await asr(['transcribe', JFK, '-m', WHISPER]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.replaceAll('\n', ' ')).toMatch(SENTENCE);
  });

  it('writes subtitles by the limits that were asked for', async () => {
    const { stdout } = await asr([
      'transcribe',
      JFK,
      '-m',
      WHISPER,
      '-f',
      'srt',
      '--timestamps',
      'word',
      '--max-line-width',
      '20',
      '--max-line-count',
      '1',
    ]);
    const lines = stdout.split('\n').filter((line) => /[a-z]/iu.test(line));
    expect(lines.length).toBeGreaterThan(4);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(20);
    expect(stdout).toMatch(/^1\n00:00:0\d,\d{3} --> 00:00:\d\d,\d{3}\n/u);
  });

  it('gives all that is known as JSON', async () => {
    const { stdout } = await asr(['transcribe', JFK, '-m', WHISPER, '-f', 'json', '--timestamps', 'word']);
    const transcript = JSON.parse(stdout) as {
      readonly duration: number;
      readonly segments: readonly { words: object[] }[];
    };
    expect(transcript.duration).toBeCloseTo(11, 1);
    expect(transcript.segments.flatMap(({ words }) => words).length).toBeGreaterThan(15);
  });

  it('reads stdin', async () => {
    const stdin = await readFile(join(DIGITS, 'clip0_jackson.wav'));
    expect(await asr(['transcribe', '-', '-m', DIGITS], { stdin })).toEqual({
      code: 0,
      stdout: `${ONE}\n`,
      stderr: '',
    });
    const typed = await asr(['transcribe', '-', '-m', DIGITS]);
    expect(typed).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('nothing is piped into stdin') as string,
    });
  });

  it('fetches addresses', async () => {
    const bytes = await readFile(join(DIGITS, 'clip0_jackson.wav'));
    const server = createServer((request, response) => {
      if (request.url?.endsWith('one.wav')) response.end(bytes);
      else response.writeHead(404).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/talks`;
    const good = await asr(['transcribe', `${address}/one.wav`, '-m', DIGITS, '-o', folder]);
    const hostile = await asr([
      'transcribe',
      `${address}/..%2F..%2Fone.wav`,
      '-m',
      DIGITS,
      '-o',
      join(folder, 'a/b'),
    ]);
    const bad = await asr(['transcribe', `${address}/missing.wav`, '-m', DIGITS]);
    server.close();
    expect(good).toMatchObject({ code: 0, stdout: '' });
    expect(await readFile(join(folder, 'one.txt'), 'utf8')).toBe(`${ONE}\n`);
    expect(hostile.code).toBe(0);
    expect(await readdir(join(folder, 'a/b'))).toContain('.._.._one.txt');
    expect(bad).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/missing\.wav: DOWNLOAD_FAILED: .*404/u) as string,
    });
  });

  it.each<[string, readonly string[]]>([
    ['hotwords', ['--hotwords', 'fellow, country']],
    ['a beam', ['--beam', '2']],
    [
      'options of the decoder',
      ['--decoding', '{"temperature":0}', '--language', 'en', '--prompt', 'A speech.'],
    ],
    ['a detector', ['--vad-model', VAD, '--vad-threshold', '0.4']],
  ])('passes on %s', async (_, flags) => {
    const { code, stdout, stderr } = await asr(['transcribe', JFK, '-m', WHISPER, ...flags]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.replaceAll('\n', ' ')).toMatch(/your country can do for you/iu);
  });

  it.each<[readonly string[], RegExp]>([
    [['--language', 'Klingon'], /language/u],
    [['--task', 'translate'], /OPTION_UNSUPPORTED/u],
    [['--lm', repositoryFile('tests/golden/vectors/kenlm/hand3.arpa')], /--lm is for CTC models/u],
    [['--hotwords', 'fellow:3'], /Whisper knows no weights/u],
    [['--decoding', '{"beamSiez":2}'], /beamSiez/u],
    [['--decoding', 'beams'], /--decoding is no JSON/u],
    [['--alpha', '1'], /name one with --lm/u],
    [['--lm', 'none.arpa'], /--lm: .*none\.arpa/u],
    [['--vad-threshold', '0.5'], /is for --vad/u],
    [['--max-line-width', '20'], /are for --format srt and vtt/u],
    [['--max-line-width', '20', '-f', 'srt'], /--timestamps word/u],
    [['-f', 'txt,json'], /several formats need --output-dir/u],
    [['-f', 'doc'], /Allowed, separated by commas: txt, srt/u],
    [['--provider', 'gpu'], /cpu, cuda/u],
    [['--threads', 'many'], /whole number/u],
  ])('refuses %j and says why', async (flags, message) => {
    const { code, stdout, stderr } = await asr(['transcribe', JFK, '-m', WHISPER, ...flags]);
    expect(stderr).toMatch(message);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });
});

describe('asr transcribe, with a CTC model', () => {
  it('weighs hotwords', async () => {
    const clip = join(DIGITS, 'clip2_jackson.wav');
    const plain = await asr(['transcribe', clip, '-m', DIGITS]);
    expect(plain.stdout).toBe(`${TWO}\n`);
    await writeFile(join(folder, 'words.txt'), '# digits\nTHREE:12\nEIGHT\n');
    const { stdout } = await asr(
      ['transcribe', clip, '-m', DIGITS, '--hotwords-file', 'words.txt', '--hotwords', 'SIX:8'],
      {
        cwd: folder,
      },
    );
    expect(stdout).toContain('THREE');
  });

  it.skipIf(!hasTestData)('searches with beams in a transducer, and refuses what that has not', async () => {
    const source = { path: testData('models/digits-transducer') };
    const clip = join(DIGITS, 'clip5_theo.wav');
    const args = ['transcribe', clip, '-m', source.path, '--beam', '4'];
    const { code, stdout, stderr } = await asr([...args, '--format', 'json']);
    expect(code, stderr).toBe(0);
    await using model = await loadModel(source);
    const expected = await model.transcribe(clip, {
      decoding: { type: 'transducer-beam', beamWidth: 4 },
    });
    expect(JSON.parse(stdout)).toMatchObject({ text: expected.text, segments: expected.segments });
    const hotwords = await asr([...args, '--hotwords', 'seven']);
    expect(hotwords).toMatchObject({ code: 2, stdout: '' });
    expect(hotwords.stderr).toContain('--hotwords and --lm are for CTC models');
  });

  it.skipIf(!hasTestData)('reads as the reference decoder does with a language model', async () => {
    const clip = testData('audio/prompts/en-unseen/demo-thanks.wav');
    const { stdout } = await asr(
      [
        'transcribe',
        clip,
        '-m',
        testData('models/english-ctc'),
        '--lm',
        testData('lm/en-us.pruned.trie.bin'),
      ].concat(['--beam', '100', '--alpha', '0.6', '--beta', '0.5', '--hotwords', 'pbx:10']),
    );
    expect(stdout).toBe('GOODBYE THANK YOU FOR TRYING OUT THE ASTERISK OPEN SOURCE PBX\n');
  });

  it('refuses what such a model has not', async () => {
    const { code, stderr } = await asr([
      'transcribe',
      join(DIGITS, 'clip0_jackson.wav'),
      '-m',
      DIGITS,
      '--prompt',
      'x',
    ]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/OPTION_UNSUPPORTED/u);
  });
});

describe('asr transcribe, many recordings', () => {
  beforeEach(recordings);

  it('prints them in order, whoever is ready first', async () => {
    const args = [
      'transcribe',
      'in/one.wav',
      'in/deep/two.wav',
      'in/one.wav',
      '-m',
      DIGITS,
      '--workers',
      '2',
    ];
    const { code, stdout } = await asr(args, { cwd: folder });
    expect(code).toBe(0);
    expect(stdout).toBe(`==> in/one.wav <==\n${ONE}\n\n==> in/deep/two.wav <==\n${TWO}\n\n`);
    const json = await asr([...args, '-f', 'json', '--quiet'], { cwd: folder });
    const rows = json.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { readonly file: string });
    expect(rows).toMatchObject([{ file: 'in/one.wav', text: ONE }, { file: 'in/deep/two.wav' }]);
    expect(json.stderr).toBe('');
  });

  it('writes all formats of a folder, sub-folders kept', async () => {
    const formats = 'txt,srt,vtt,tsv,json,lrc';
    const { code, stdout, stderr } = await asr(
      ['transcribe', 'in', '-m', DIGITS, '-o', 'out', '-f', formats],
      { cwd: folder },
    );
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
    expect(stderr).toMatch(/^2 transcribed; 0:0\d of audio, \d+\.\d × real time\n$/u);
    const names = (await readdir(join(folder, 'out'), { recursive: true })).filter(
      (name) => !name.startsWith('.'),
    );
    const expected = formats.split(',').flatMap((format) => [`one.${format}`, join('deep', `two.${format}`)]);
    expect(names.toSorted()).toEqual(['deep', ...expected].toSorted());
    expect(await readFile(join(folder, 'out/deep/two.txt'), 'utf8')).toBe(`${TWO}\n`);
    expect(await readFile(join(folder, 'out/one.vtt'), 'utf8')).toMatch(
      /^WEBVTT\n\n00:00\.\d+ --> 00:0\d\.\d+\n/u,
    );
  });

  it('finds what patterns match', async () => {
    const { stdout } = await asr(['transcribe', 'in/**/*.wav', '-m', DIGITS, '-q'], { cwd: folder });
    expect(stdout.match(/==> .* <==/gu)).toEqual(['==> in/deep/two.wav <==', '==> in/one.wav <==']);
  });

  it('goes on after a recording that cannot be read, and says so at the end', async () => {
    await writeFile(join(folder, 'in/broken.mp3'), 'no audio');
    const { code, stdout, stderr } = await asr(['transcribe', 'in', '-m', DIGITS], { cwd: folder });
    expect(code).toBe(3);
    expect(stderr).toMatch(/^asr: in\/broken\.mp3: AUDIO_UNSUPPORTED: /mu);
    expect(stderr).toMatch(/^2 transcribed, 1 failed; /mu);
    expect(stdout.match(/==> .* <==/gu)).toHaveLength(2);
    const all = await asr(['transcribe', 'in/broken.mp3', '-m', DIGITS], { cwd: folder });
    expect(all).toMatchObject({ code: 1, stdout: '' });
  });

  it.each<[readonly string[], RegExp]>([
    [['in/none.wav'], /there is no file or folder in\/none\.wav/u],
    [['in/*.flac'], /no file matches in\/\*\.flac/u],
    [['in', '-f', 'srt'], /several recordings as srt need --output-dir/u],
    [
      ['in/one.wav', 'in/deep/one.wav', '-o', 'out'],
      /in\/one\.wav and in\/deep\/one\.wav would both be written to one\.txt/u,
    ],
  ])('refuses %j before anything is done', async (args, message) => {
    await cp(join(folder, 'in/one.wav'), join(folder, 'in/deep/one.wav'));
    const { code, stdout, stderr } = await asr(['transcribe', ...args, '-m', DIGITS], { cwd: folder });
    expect(stderr).toMatch(message);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });

  it('tells recordings of one name apart by their extensions when asked', async () => {
    await cp(repositoryFile('tests/fixtures/audio/jfk-1s.flac'), join(folder, 'in/one.flac'));
    const args = ['transcribe', 'in/one.wav', 'in/one.flac', '-m', DIGITS, '-o', 'out'];
    expect(await asr(args, { cwd: folder })).toMatchObject({ code: 2 });
    expect(await asr([...args, '--keep-extension'], { cwd: folder })).toMatchObject({ code: 0 });
    // Nothing collides on stdout.
    expect(await asr(args.slice(0, -2), { cwd: folder })).toMatchObject({ code: 0 });
    expect(await readdir(join(folder, 'out'))).toEqual(
      expect.arrayContaining(['one.wav.txt', 'one.flac.txt']),
    );
  });

  it('stops when told to, and keeps what is done', async () => {
    const { Interruption } = await import('../../../packages/node/src/cli/context.js');
    const { signal } = { signal: AbortSignal.abort(new Interruption('SIGINT')) };
    const { code, stderr } = await asr(['transcribe', 'in', '-m', DIGITS, '-o', 'out'], {
      cwd: folder,
      signal,
    });
    expect({ code, stderr }).toEqual({ code: 130, stderr: 'asr: stopped by SIGINT\n' });
  });
});
