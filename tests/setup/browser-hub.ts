import type { ServerResponse } from 'node:http';
import type { TestProject } from 'vitest/node';
import './provided-context.js';
import { cutAfter, HubServer, json, serveBytes, sha256 } from '../node/hub/hub-server.js';

/** Large enough for several segments of the browser's store. */
const LARGE = new Uint8Array(20 * 2 ** 20).map((_, i) => (i * i) % 251);

/**
 * A hub for browser tests, with the headers that let pages of other origins read its answers. Pages steer it through
 * `/control/…`: `reset`, `cut/<bytes>` (the next large file), `damage` (likewise), `down`, `requests`.
 */
export default async function startHub(project: TestProject): Promise<() => Promise<void>> {
  const hub = await HubServer.start();
  const config = new TextEncoder().encode('{"model_type":"whisper"}');
  hub.models.set('ada/tiny', { files: { 'config.json': config, 'onnx/encoder.onnx': LARGE } });
  const isCdn = (url: string): boolean => url.includes('signature');
  const next: ((response: ServerResponse) => void)[] = [];
  let isDown = false;
  hub.intercept = (request, response) => {
    const url = request.url ?? '';
    response.setHeader('Access-Control-Allow-Origin', '*');
    response.setHeader('Access-Control-Expose-Headers', 'ETag, Link, X-Error-Code');
    const [, command, argument] = /^\/control\/(\w+)\/?(.*)$/u.exec(url) ?? [];
    if (command === undefined) {
      if (isDown) response.destroy();
      else if (isCdn(url) && next.length > 0) next.shift()!(response);
      else return false;
      return true;
    }
    if (command === 'reset') {
      next.length = 0;
      isDown = false;
      hub.requests.length = 0;
    }
    if (command === 'down') isDown = true;
    if (command === 'cut') next.push((answer) => cutAfter(answer, LARGE, Number(argument), etag(LARGE)));
    if (command === 'damage') {
      next.push((answer) => {
        const damaged = LARGE.with(100, LARGE[100]! ^ 1);
        serveBytes({ headers: {} } as never, answer, damaged, etag(damaged));
      });
    }
    json(
      response,
      hub.requests.filter((seen) => !seen.url.startsWith('/control')),
    );
    return true;
  };
  project.provide('hub', hub.endpoint);
  return () => hub[Symbol.asyncDispose]();
}

function etag(content: Uint8Array): string {
  return `"${sha256(content).slice(0, 32)}"`;
}
