import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createNodeBackend, loadModel, readWav, writeWav } from '@org/asr-node';
import type { Segment, SpeechModel } from '@org/asr-node';
import whisperTinyEn from '@org/asr-model-whisper-tiny-en';
import { describeBackend, repositoryFile } from '@org/asr-testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTranscriptionServer } from '../../examples/node-server/server.js';
import { toALaw, toMuLaw } from '../../examples/telephony/caller.js';
import { Playout } from '../../examples/telephony/playout.js';
import { parsePacket, SILENCE, writeBye, writePacket, type RtpPacket } from '../../examples/telephony/rtp.js';
import { TimedBackend } from '../../examples/timed-backend/timed-backend.js';

const jfk = repositoryFile('tests/fixtures/audio/jfk.wav');

/** Runs an example's main module on the sources of the packages. */
function runExample(
  name: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<{ readonly code: number | null; readonly output: string; readonly errors: string }> {
  const main = repositoryFile(`examples/${name}/main.ts`);
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--import', 'tsx', main, ...args], {
      cwd: repositoryFile('.'),
      env: {
        ...process.env,
        TSX_TSCONFIG_PATH: repositoryFile('tsconfig.base.json'),
        INIT_CWD: undefined,
        ...env,
      },
    });
    let output = '';
    let errors = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, output, errors }));
  });
}

describe('node-subtitles', () => {
  it('writes SubRip', async () => {
    const { code, output } = await runExample('node-subtitles', [jfk]);
    expect(code).toBe(0);
    expect(output).toMatch(/^1\n00:00:0\d,\d{3} --> 00:00:\d\d,\d{3}\n/);
    expect(output.replaceAll(/\s+/g, ' ')).toContain('what your country can do for you');
    for (const line of output.split('\n')) expect(line.length).toBeLessThanOrEqual(42);
  });

  it('says how it is used, and what is wrong with a file', async () => {
    const [usage, missing] = await Promise.all([
      runExample('node-subtitles', [jfk, '--format', 'docx']),
      runExample('node-subtitles', ['no-such.wav']),
    ]);
    expect(usage.code).toBe(1);
    expect(usage.errors).toContain('usage:');
    expect(missing.code).toBe(1);
    expect(missing.errors).toMatch(/^AUDIO_INVALID: .*no-such\.wav/);
  });
});

describe('timed-backend', () => {
  it('says how long the graphs ran', async () => {
    const { code, output } = await runExample('timed-backend', [jfk]);
    expect(code).toBe(0);
    expect(output).toMatch(/^encoder\.onnx: 1 runs/m);
    expect(output).toMatch(/^decoder\.onnx: \d\d+ runs/m);
  });

  describeBackend('example timed-backend', {
    create: async () => new TimedBackend(await createNodeBackend()),
    defaultProvider: 'cpu',
    missingProvider: process.platform === 'linux' ? 'dml' : 'tensorrt',
  });
});

describe('whisper-own-sessions', () => {
  it('gives segments and words with a scorer of its own', async () => {
    const { code, output, errors } = await runExample('whisper-own-sessions', [jfk]);
    expect(code, errors).toBe(0);
    expect(output).toMatch(/^0\.00 – [\d.]+ And so my fellow Americans/);
    const [, notAt] = /\| not ([\d.]+) \|/.exec(output) ?? [];
    expect(Math.abs(Number(notAt) - 3.88)).toBeLessThan(0.3);
  });
});

describe('node-server', () => {
  let model: SpeechModel;
  let server: Server;
  let address: string;

  const listen = (started: Server): Promise<string> =>
    new Promise((resolve) => {
      started.listen(0, '127.0.0.1', () => {
        const at = started.address();
        resolve(`http://127.0.0.1:${typeof at === 'object' && at !== null ? at.port : ''}/transcribe`);
      });
    });
  const post = (body: Uint8Array | string, query = '', to = address): Promise<Response> =>
    fetch(`${to}${query}`, { method: 'POST', body: typeof body === 'string' ? body : new Uint8Array(body) });

  beforeAll(async () => {
    model = await loadModel(whisperTinyEn);
    server = createTranscriptionServer(model);
    address = await listen(server);
  });

  afterAll(async () => {
    server.close();
    await model.dispose();
  });

  it('sends one segment per line', async () => {
    const response = await post(await readFile(jfk), '?timestamps=word');
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('application/x-ndjson');
    const lines = (await response.text()).trimEnd().split('\n');
    const segments = lines.map((line) => JSON.parse(line) as Segment);
    expect(segments.map(({ text }) => text).join('')).toContain('ask what you can do for your country');
    expect(segments[0]?.words?.length).toBeGreaterThan(3);
  });

  it('answers what is wrong with a status', async () => {
    const wav = await readFile(jfk);
    const small = createTranscriptionServer(model, { maxBytes: 1000 });
    const none = createTranscriptionServer(model, { maxPending: 0 });
    const [smallAddress, noneAddress] = await Promise.all([listen(small), listen(none)]);
    const answers = await Promise.all([
      post('this is no audio'),
      post(wav, '?language=xx'),
      post(wav, '?timestamps=never'),
      post(wav.subarray(0, 5000), '', smallAddress),
      post(wav.subarray(0, 5000), '', noneAddress),
      fetch(address),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([415, 400, 400, 413, 503, 405]);
    small.close();
    none.close();
  });

  it('goes on after a client hung up', async () => {
    const wav = await readFile(jfk);
    const { samples, sampleRate } = readWav(wav);
    const long = new Float32Array(samples[0]!.length * 12);
    for (let at = 0; at < long.length; at += samples[0]!.length) long.set(samples[0]!, at);
    const abort = new AbortController();
    const response = await fetch(address, {
      method: 'POST',
      body: writeWav({ samples: long, sampleRate }),
      signal: abort.signal,
    });
    const reader = response.body!.getReader();
    expect((await reader.read()).done).toBe(false); // the first segments of five windows
    abort.abort();
    await expect(reader.read()).rejects.toThrow(/abort/);
    expect((await post(wav)).status).toBe(200);
  });
});

describe('node-microphone', () => {
  const heard = (output: string): string => output.toLowerCase().replaceAll(/[^a-z]+/g, ' ');

  it('plays a recording and writes its segments', async () => {
    const { code, output } = await runExample('node-microphone', [jfk]);
    expect(code).toBe(0);
    expect(heard(output)).toContain('ask what you can do for your country');
  });

  it('hears what a recorder on PATH records, and says when there is none', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'recorder-'));
    try {
      const none = await runExample('node-microphone', [], { PATH: folder });
      expect(none.code).toBe(1);
      expect(none.errors).toMatch(/AUDIO_UNAVAILABLE: .*found none of arecord, rec.* on PATH/);
      // It gives raw samples, as the real one does: those of the recording without the header of 44 bytes.
      const recorder = join(folder, 'arecord');
      await writeFile(recorder, `#!/bin/sh\ntail -c +45 '${jfk}'\n`, { mode: 0o755 });
      const { code, output, errors } = await runExample('node-microphone', [], {
        PATH: `${folder}:${process.env['PATH']}`,
      });
      expect(code).toBe(0);
      expect(errors).toContain('Listening');
      expect(heard(output)).toContain('ask what you can do for your country');
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe('telephony', () => {
  const packet = (index: number, value: number, law: RtpPacket['law'] = 'mulaw'): RtpPacket => ({
    law,
    sequence: index & 0xffff,
    // The clock wraps on the way.
    timestamp: (2 ** 32 - 320 + index * 160) % 2 ** 32,
    payload: new Uint8Array(160).fill(value),
  });
  const play = (packets: readonly RtpPacket[]): number[] => {
    const playout = new Playout();
    const audio = [...packets.flatMap((one) => playout.push(one)), ...playout.finish()];
    return audio.flatMap((bytes) => Array.from({ length: bytes.length / 160 }, (_, i) => bytes[i * 160]!));
  };

  it.each(['mulaw', 'alaw'])('transcribes a call in %s at the times of the call', async (law) => {
    const { code, output, errors } = await runExample('telephony', [jfk, law]);
    expect(code, errors).toBe(0);
    expect(output).toMatch(/^waiting for a call on udp:\/\/127\.0\.0\.1:\d+\n\d+\.\d\d – \d+\.\d\d {2}/);
    expect(output.toLowerCase()).toContain('for your country');
  });

  it('puts packets in order, and silence where some are missing', () => {
    const quiet = SILENCE.mulaw;
    expect(play([0, 1, 2, 3].map((i) => packet(i, i)))).toEqual([0, 1, 2, 3]);
    expect(play([0, 2, 1, 3, 3].map((i) => packet(i, i)))).toEqual([0, 1, 2, 3]);
    expect(play([0, 3, 4].map((i) => packet(i, i)))).toEqual([0, quiet, quiet, 3, 4]);
    // Too late to be played.
    expect(play([0, 2, 3, 4, 5, 6, 7, 1].map((i) => packet(i, i)))).toEqual([0, quiet, 2, 3, 4, 5, 6, 7]);
    expect(play([0, 2].map((i) => packet(i, i, 'alaw')))).toEqual([0, SILENCE.alaw, 2]);
  });

  it('reads the packets that it writes, and those of others', () => {
    const written = packet(7, 3);
    expect(parsePacket(writePacket(written, 1))).toEqual(written);
    const other = packet(8, 4, 'alaw');
    expect(parsePacket(writePacket(other, 1))).toEqual(other);
    expect(parsePacket(writeBye(1))).toBe('bye');
    expect(parsePacket(new Uint8Array(20))).toBeUndefined();
    // One contributing source, an extension of one word, two bytes of padding.
    const head = [0xb1, 0x80, 0, 9, 0, 0, 0, 160, 0, 0, 0, 1, 0, 0, 0, 2, 0xbe, 0xde, 0, 1, 1, 2, 3, 4];
    const foreign = Uint8Array.from([...head, 5, 6, 0, 2]);
    const payload = Uint8Array.of(5, 6);
    expect(parsePacket(foreign)).toEqual({ law: 'mulaw', sequence: 9, timestamp: 160, payload });
  });

  it('codes both laws as the tables have them', () => {
    const { mulaw, alaw } = JSON.parse(
      readFileSync(repositoryFile('tests/golden/vectors/audio/g711.json'), 'utf8'),
    ) as { readonly mulaw: readonly number[]; readonly alaw: readonly number[] };
    // In µ-law zero has two codes.
    const codes = mulaw.map((value) => toMuLaw(value / 32_768));
    expect(codes).toEqual(mulaw.map((value, code) => (value === 0 ? SILENCE.mulaw : code)));
    expect(alaw.map((value) => toALaw(value / 32_768))).toEqual(alaw.map((_, code) => code));
    expect(toALaw(0)).toBe(SILENCE.alaw);
  });
});
