import { describe, expect, it } from 'vitest';
import { asr } from './run-cli.js';

describe('the command line', () => {
  it('prints help to stdout when asked, to stderr when it is needed', async () => {
    const asked = await asr(['--help']);
    expect(asked).toMatchObject({ code: 0, stderr: '' });
    expect(asked.stdout).toContain('inspect');
    expect(await asr([])).toEqual({ code: 2, stdout: '', stderr: asked.stdout });
  });

  it.each<[readonly string[], RegExp]>([
    [['nonsense'], /unknown command 'nonsense'/u],
    [['inspect', '--nonsense', 'a/b'], /unknown option '--nonsense'/u],
    [['inspect'], /missing required argument 'model'/u],
    [['inspect', 'a/b', 'c'], /too many arguments/u],
    [['inspect', 'a/b', '--dtype', 'int7'], /Allowed choices are fp32, fp16, int8, uint8, q4, q4f16, bnb4/u],
    [['inspect', 'no such folder'], /no such folder is no model/u],
    [['inspect', '@org/asr-model-none'], /not installed here: npm install @org\/asr-model-none/u],
    [
      ['inspect', 'tests/fixtures'],
      /is a folder here and could be a model of the hub: write \.\/tests\/fixtures/u,
    ],
    [['inspect', 'playwright'], /the package playwright exports no model/u],
    [['transcribe', 'x.wav', '--format', ''], /Allowed, separated by commas/u],
    [['models'], /Usage: asr models/u],
    [['models', 'nonsense'], /unknown command 'nonsense'/u],
  ])('refuses %j', async (args, message) => {
    const { code, stdout, stderr } = await asr(args);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toMatch(message);
  });

  it.each<[string, boolean, Readonly<Record<string, string>>, boolean]>([
    ['colours on a terminal', true, {}, true],
    ['none in pipes', false, {}, false],
    ['none with NO_COLOR', true, { NO_COLOR: '1' }, false],
    ['none on a dumb terminal', true, { TERM: 'dumb' }, false],
  ])('prints %s', async (_, isTTY, env, colours) => {
    const { stdout } = await asr(['inspect', './packages/model-whisper-tiny-en/model'], { isTTY, env });
    expect(stdout.includes('\u001B[')).toBe(colours);
    const { stderr } = await asr(['inspect', '/none'], { isTTY, env });
    expect(stderr).toMatch(/MODEL_NOT_FOUND: there is no folder/u);
    expect(stderr.includes('\u001B[')).toBe(colours);
  });

  it('shows stacks when asked', async () => {
    expect((await asr(['inspect', '/none'])).stderr).not.toContain('    at ');
    expect((await asr(['inspect', '/none', '--debug'])).stderr).toContain('    at ');
  });

  it('shows progress on a terminal only, and not when it is to be quiet', async () => {
    const args = [
      'transcribe',
      'tests/fixtures/audio/jfk.wav',
      '-m',
      './packages/model-whisper-tiny-en/model',
    ];
    const live = await asr(args, { isTTY: true });
    expect(live.stderr).toMatch(/[█░]{24} \d+% tests\/fixtures\/audio\/jfk\.wav/u);
    // The result goes to stdout as it does in a pipe.
    expect(live.stdout).toBe((await asr(args)).stdout);
    expect((await asr([...args, '-q'], { isTTY: true })).stderr).toBe('');
    expect((await asr(args)).stderr).toBe('');
  });
});
