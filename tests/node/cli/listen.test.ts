/** `asr listen`: text while somebody speaks. */
import { mixdown, readWav, writeWav } from '@org/asr-node';
import type { StreamEvent } from '@org/asr-node';
import { hasTestData, repositoryFile, testData } from '@org/asr-testkit';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Screen } from '../../../packages/node/src/cli/listen/screen.js';
import { CliContext, Interruption } from '../../../packages/node/src/cli/context.js';
import { checkEvents } from '../live-events.js';
import { startAsr } from './asr-process.js';
import { asr } from './run-cli.js';

const WHISPER = repositoryFile('packages/model-whisper-tiny-en/model');
const jfk = repositoryFile('tests/fixtures/audio/jfk.wav');
const heard = (output: string): string => output.toLowerCase().replaceAll(/[^a-z]+/g, ' ');

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'asr-listen-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A program that is called like ALSA's recorder; gives raw samples as that does: the recording without its header. */
async function writeRecorder(name: string, then: string): Promise<Readonly<Record<string, string>>> {
  const bin = join(folder, name);
  await mkdir(bin);
  await writeFile(join(bin, 'arecord'), `#!/bin/sh\ntail -c +45 '${jfk}'\n${then}\n`, { mode: 0o755 });
  return { PATH: `${bin}:${process.env['PATH']}` };
}

describe('asr listen', () => {
  it('plays a recording: into a pipe only its segments, a line each', async () => {
    const { code, stdout, stderr } = await asr(['listen', '--file', jfk, '--pace', 'fast', '-m', WHISPER]);
    expect(code, stderr).toBe(0);
    expect(heard(stdout)).toContain('ask what you can do for your country');
    expect(stdout).not.toContain('\u001B');
    expect(stdout).not.toContain('\r');
    for (const line of stdout.trimEnd().split('\n')) expect(line).toBe(line.trim());
  });

  it('prints all events as JSON, an utterance only when that is wanted', async () => {
    const run = async (file: string, ...more: string[]): Promise<StreamEvent[]> => {
      const args = ['listen', '--file', file, '--pace', 'fast', '-m', WHISPER, '--json'];
      const { code, stdout, stderr } = await asr([...args, ...more]);
      expect(code, stderr).toBe(0);
      const events = stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as StreamEvent);
      checkEvents(events);
      return events;
    };
    const all = await run(jfk, '--timestamps', 'word');
    expect(all.some(({ type }) => type === 'partial')).toBe(true);
    const segment = all.find((event) => event.type === 'segment');
    expect(segment!.segment.words!.length).toBeGreaterThan(1);

    const command = join(folder, 'command.wav');
    const { samples, sampleRate } = readWav(await readFile(jfk));
    const spoken = mixdown({ samples, sampleRate });
    const withPause = new Float32Array(spoken.length + 4 * sampleRate);
    withPause.set(spoken);
    await writeFile(command, writeWav({ samples: withPause, sampleRate }));
    const first = await run(command, '--mode', 'utterance', '--no-partials', '--silence-after-speech', '1');
    expect(first.map(({ type }) => type)).not.toContain('partial');
    expect(first.at(-2)).toMatchObject({ type: 'endpoint', reason: 'silence' });
    const whole = await run(command, '--no-endpoint', '--no-partials');
    expect(whole.flatMap((event) => (event.type === 'endpoint' ? [event.reason] : []))).toEqual(['end']);
  });

  it.skipIf(!hasTestData)(
    'takes the options of the model: a beam search of a streaming CTC model',
    async () => {
      const model = testData('models/digits-streaming-ctc');
      const file = repositoryFile('tests/fixtures/digits-wav2vec2-ctc/clip5_theo.wav');
      const run = await asr(['listen', '--file', file, '--pace', 'fast', '-m', model, '--beam', '8']);
      expect(run.code, run.stderr).toBe(0);
      expect(run.stdout.trim()).not.toBe('');
    },
  );

  it('hears what a recorder records, and ends with it', async () => {
    const env = await writeRecorder('works', '');
    const { code, stdout, stderr } = await startAsr(['listen', '-m', WHISPER], { cwd: folder, env }).ended;
    expect(code, stderr).toBe(0);
    expect(stderr).toContain('Listening');
    expect(heard(stdout)).toContain('ask what you can do for your country');
  });

  it('writes what was said last when Ctrl+C ends it', async () => {
    // It goes on until it is killed, as a microphone does.
    const env = await writeRecorder('endless', 'exec sleep 600');
    const { child, ended } = startAsr(['listen', '-m', WHISPER, '--no-endpoint', '--json'], {
      cwd: folder,
      env,
    });
    const partial = new Promise<void>((resolve) => {
      child.stdout!.on('data', (text: string) => {
        if (/partial.*country/iu.test(text)) resolve();
      });
    });
    await Promise.race([partial, ended]);
    child.kill('SIGINT');
    const { code, stdout, stderr } = await ended;
    expect(code, stderr).toBe(0);
    const last = JSON.parse(stdout.trimEnd().split('\n').at(-1)!) as StreamEvent;
    expect(last).toMatchObject({ type: 'end' });
    expect(last.type === 'end' && heard(last.transcript.text)).toContain('country');
  });

  it('says what the recorder says when it fails, after what was heard, and when there is none', async () => {
    const env = await writeRecorder('fails', "echo 'Device or resource busy' >&2\nexit 3");
    const run = await startAsr(['listen', '-m', WHISPER], { cwd: folder, env }).ended;
    expect(run.code).toBe(1);
    expect(heard(run.stdout)).toContain('ask what you can do for your country');
    expect(run.stderr).toMatch(
      /AUDIO_UNAVAILABLE: arecord stopped recording \(exit code 3\): Device or resource busy\./,
    );
    const none = await startAsr(['listen', '-m', WHISPER], { cwd: folder, env: { PATH: folder } }).ended;
    expect(none.code).toBe(1);
    expect(none.stderr).toMatch(/AUDIO_UNAVAILABLE: .*found none of arecord, rec/);
  });

  it('stops a recording that is played with 130', async () => {
    const controller = new AbortController();
    const running = asr(['listen', '--file', jfk, '-m', WHISPER], { signal: controller.signal });
    setTimeout(() => controller.abort(new Interruption('SIGINT')), 100);
    expect((await running).code).toBe(130);
  });

  it.each([
    [['--pace', 'fast'], '--pace is for --file'],
    [['--file', jfk, '--device', 'hw:1'], '--device is for the microphone'],
    [['--file', jfk, '--no-endpoint', '--max-length', '5'], '--no-endpoint leaves no endpoint'],
    [['--file', jfk, '--no-endpoint', '--mode', 'utterance'], '--mode utterance'],
    [['--file', 'none.wav'], 'there is no file or folder none.wav'],
    [['--file', jfk, '--max-length', '-1'], 'Expected a number'],
    [['--file', jfk, '--channels', 'separate'], "unknown option '--channels'"],
  ])('refuses %j', async (args, message) => {
    const { code, stderr } = await asr(['listen', '-m', WHISPER, ...args]);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });
});

describe('the screen', () => {
  const show = (isTTY: boolean, env: Record<string, string> = {}): string => {
    let written = '';
    const stream = { isTTY, columns: 11, write: (text: string) => ((written += text), true) };
    const context = new CliContext({ stdout: stream, stderr: stream, env } as never);
    const screen = new Screen(context);
    const times = { start: 0, end: 1 };
    screen.show({ type: 'partial', text: 'ask not', confirmed: 'ask', ...times });
    screen.show({ type: 'partial', text: 'ask not what your', confirmed: 'ask not', ...times });
    screen.show({ type: 'segment', segment: { text: 'Ask not.', ...times } });
    return written;
  };

  it('rewrites what may still change in place, dim where it is not confirmed', () => {
    const clear = '\r\u001B[2K';
    expect(show(true)).toBe(
      `${clear}ask\u001B[2m not\u001B[22m${clear}\u001B[2m what your\u001B[22m${clear}Ask not.\n`,
    );
    expect(show(true, { NO_COLOR: '1' })).toBe(`${clear}ask not${clear} what your${clear}Ask not.\n`);
  });

  it('has nothing of that in a pipe and on terminals that can do nothing', () => {
    expect(show(false)).toBe('Ask not.\n');
    expect(show(true, { TERM: 'dumb' })).toBe('Ask not.\n');
  });
});
