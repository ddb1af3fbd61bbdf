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
    [['inspect', 'a/b', '--dtype', 'int7'], /Allowed choices are fp32, fp16, int8, q4/u],
    [['inspect', 'no such folder'], /no such folder is no model/u],
  ])('refuses %j', async (args, message) => {
    const { code, stdout, stderr } = await asr(args);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toMatch(message);
  });
});
