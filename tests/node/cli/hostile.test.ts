/** Archives, manifests and listings that want to write elsewhere, through the command line. */
import { repositoryFile } from '@org/asr-testkit';
import { zipSync } from 'fflate';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { serveBytes, sha256 } from '../hub/hub-server.js';
import { file, link, tarGz, TOKENS } from '../hub/tar-files.js';
import { asr, type CliRun } from './run-cli.js';

const CLIP = repositoryFile('tests/fixtures/digits-wav2vec2-ctc/clip0_jackson.wav');
/** More than the 64 MiB that may come out of anything, from some hundred kilobytes. */
const ZEROS = new Uint8Array(100 * 2 ** 20);

let server: Server;
let base: string;
let root: string;
let content: Map<string, Uint8Array>;

beforeEach(async () => {
  content = new Map();
  server = createServer((request, response) => {
    const found = content.get(request.url ?? '');
    if (found) serveBytes(request, response, found, `"${sha256(found).slice(0, 16)}"`);
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  root = await mkdtemp(join(tmpdir(), 'asr-hostile-'));
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await rm(root, { recursive: true, force: true });
});

/** In a folder that has room for what climbs out of the cache. */
const run = (...args: readonly string[]): Promise<CliRun> =>
  asr([...args, '--cache', join(root, 'a/b/cache')], { cwd: join(root) });

async function expectRefused({ code, stdout, stderr }: CliRun, message: RegExp): Promise<void> {
  expect(stderr).toMatch(message);
  expect({ code, stdout, lines: stderr.trim().split('\n').length }).toEqual({
    code: 1,
    stdout: '',
    lines: 1,
  });
  const written = await readdir(root, { recursive: true });
  expect(written.filter((name) => !/^a(?:.b(?:.cache(?:.|$)|$)|$)/u.test(name))).toEqual([]);
  // Nor is anything kept that a later run would take for a model.
  expect(written.filter((name) => /evil|passwd|zeros/u.test(name))).toEqual([]);
  const listed = await run('models', 'list', '--json');
  const files = (JSON.parse(listed.stdout) as { readonly files: readonly unknown[] }[]).flatMap(
    (one) => one.files,
  );
  expect(files).toEqual([]);
}

const ARCHIVES: Readonly<Record<string, readonly [() => Promise<Uint8Array> | Uint8Array, RegExp]>> = {
  'up.tar.gz': [
    () => tarGz(file('model/tokens.txt'), file('../../../../evil.txt')),
    /MODEL_INVALID: .*up\.tar\.gz names a file ".*evil\.txt".*part "\.\."/u,
  ],
  'absolute.tar.gz': [() => tarGz(file('/tmp/asr-evil.txt')), /MODEL_INVALID: .*is absolute/u],
  'links.tar.gz': [
    () => tarGz(link('symlink', 'model/out', '../../../..'), file('model/out/evil.txt')),
    /MODEL_INVALID: .*"model\/out", a symlink to .*can lead out/u,
  ],
  'hard.tar.gz': [
    () => tarGz(link('link', 'model/passwd', '/etc/passwd')),
    /MODEL_INVALID: .*"model\/passwd", a link to "\/etc\/passwd"/u,
  ],
  'bomb.tar.gz': [
    () => tarGz(file('model/zeros.onnx', ZEROS)),
    /MODEL_INVALID: .*unpacks to more than 100 times its size, which no model does/u,
  ],
  'bomb.zip': [
    () => zipSync({ 'model/zeros.onnx': ZEROS }),
    /MODEL_INVALID: .*unpacks to more than 100 times its size/u,
  ],
  'up.zip': [() => zipSync({ '../../../../evil.txt': TOKENS }), /MODEL_INVALID: .*part "\.\."/u],
};

describe.each(Object.keys(ARCHIVES))('%s', (name) => {
  it.each<[string, (address: string) => Promise<CliRun>]>([
    ['models fetch', (address) => run('models', 'fetch', address, '--all')],
    ['transcribe', (address) => run('transcribe', CLIP, '--model', address)],
    ['inspect', (address) => run('inspect', address)],
  ])('is refused by %s, and writes nothing elsewhere', async (_, command) => {
    const [pack, message] = ARCHIVES[name]!;
    content.set(`/${name}`, await pack());
    await expectRefused(await command(`${base}/${name}`), message);
  });
});

it.each(['../../../evil.onnx', '/tmp/evil.onnx', 'C:\\evil.onnx', 'a/../../evil.onnx', 'nul'])(
  'a manifest that names %j is refused',
  async (name) => {
    content.set('/model/export.json', Buffer.from(JSON.stringify({ files: ['config.json', name] })));
    content.set('/model/config.json', Buffer.from('{}'));
    await expectRefused(
      await run('models', 'fetch', `${base}/model/`, '--all'),
      /MODEL_INVALID: export\.json of /u,
    );
  },
);

it('names of recordings on a server stay in the output folder', async () => {
  content.set('/..%2F..%2F..%2Fevil.wav', await readFile(CLIP));
  const model = repositoryFile('tests/fixtures/digits-wav2vec2-ctc');
  const { code } = await run('transcribe', `${base}/..%2F..%2F..%2Fevil.wav`, '-m', model, '-o', 'a/b/out');
  expect(code).toBe(0);
  expect(await readdir(root)).toEqual(['a']);
  expect(await readdir(join(root, 'a'))).toEqual(['b']);
  expect((await readdir(join(root, 'a/b/out'))).filter((name) => name.endsWith('.txt'))).toEqual([
    '.._.._.._evil.txt',
  ]);
});
