import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A repository as the server shows it. */
export interface HubModel {
  /** By path. What is longer than {@link LFS_FROM} bytes is stored as LFS does: redirected to another server. */
  readonly files: Record<string, Uint8Array>;
  /** What is told instead of the truth. */
  readonly lies?: Record<string, { readonly sha256?: string; readonly size?: number }>;
  /** A token that is needed to read it. */
  readonly token?: string;
}

/** Answers a request itself (true) or leaves it to the server. */
export type Intercept = (request: IncomingMessage, response: ServerResponse) => boolean | Promise<boolean>;

export interface SeenRequest {
  readonly server: 'hub' | 'cdn';
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
}

const LFS_FROM = 1000;
const PAGE = 2;

/** A Hugging Face hub on loopback: revisions, a paginated tree, files, and a second server that large ones lie on. */
export class HubServer implements AsyncDisposable {
  readonly models = new Map<string, HubModel>();
  readonly requests: SeenRequest[] = [];
  /** Asked before the hub and the CDN answer. */
  intercept: Intercept | undefined;
  readonly #hub: Server;
  readonly #cdn: Server;

  static async start(): Promise<HubServer> {
    const server = new HubServer();
    await Promise.all([listen(server.#hub), listen(server.#cdn)]);
    return server;
  }

  private constructor() {
    const guard =
      (server: 'hub' | 'cdn', answer: (request: IncomingMessage, response: ServerResponse) => void) =>
      (request: IncomingMessage, response: ServerResponse): void => {
        this.requests.push({ server, url: request.url ?? '', headers: request.headers });
        void (async () => {
          if (!(await this.intercept?.(request, response))) answer(request, response);
        })();
      };
    this.#hub = createServer(guard('hub', (request, response) => this.#answer(request, response)));
    this.#cdn = createServer(guard('cdn', (request, response) => this.#serveLarge(request, response)));
  }

  get endpoint(): string {
    return address(this.#hub);
  }

  get cdn(): string {
    return address(this.#cdn);
  }

  /** The commit that `main` of a model stands for: it changes with the content. */
  commit(name: string): string {
    const hash = createHash('sha1');
    for (const [path, content] of Object.entries(this.models.get(name)?.files ?? {}))
      hash.update(path).update(content);
    return hash.digest('hex');
  }

  /** Requests for files, not for listings. */
  get downloads(): readonly SeenRequest[] {
    return this.requests.filter(({ url, server }) => server === 'cdn' || url.includes('/resolve/'));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const server of [this.#hub, this.#cdn]) {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '', this.endpoint);
    const api = /^\/api\/models\/([^/]+\/[^/]+)\/(revision|tree)\/(.+)$/u.exec(url.pathname);
    const file = /^\/([^/]+\/[^/]+)\/resolve\/([0-9a-f]{40})\/(.+)$/u.exec(url.pathname);
    const name = (api ?? file)?.[1] ?? '';
    const model = this.models.get(name);
    if (!model) return refuse(response, 401, 'RepoNotFound');
    if (model.token !== undefined && request.headers.authorization !== `Bearer ${model.token}`) {
      return refuse(response, request.headers.authorization === undefined ? 401 : 403, 'GatedRepo');
    }
    const commit = this.commit(name);
    if (api?.[2] === 'revision') {
      const known = ['main', commit, 'refs%2Fpr%2F1'].includes(api[3] ?? '');
      return known ? json(response, { sha: commit }) : refuse(response, 404, 'RevisionNotFound');
    }
    if (api) return this.#tree(url, model, response);
    const path = decodeURIComponent(file?.[3] ?? '');
    const content = model.files[path];
    if (!content || file?.[2] !== commit) return refuse(response, 404, 'EntryNotFound');
    if (content.length < LFS_FROM) return serveBytes(request, response, content, `"${gitSha1(content)}"`);
    response.writeHead(302, {
      Location: `${this.cdn}/${name}/${encodeURIComponent(path)}?signature=secret`,
      'X-Linked-ETag': `"${sha256(content)}"`,
      'X-Linked-Size': String(content.length),
    });
    response.end();
  }

  #tree(url: URL, model: HubModel, response: ServerResponse): void {
    const entries = Object.entries(model.files).map(([path, content]) => {
      const lie = model.lies?.[path];
      const size = lie?.size ?? content.length;
      const isLarge = content.length >= LFS_FROM;
      const lfs = { oid: lie?.sha256 ?? sha256(content), size, pointerSize: 134 };
      return {
        type: 'file',
        oid: isLarge ? 'f'.repeat(40) : gitSha1(content),
        size,
        path,
        ...(isLarge && { lfs }),
      };
    });
    const all = [{ type: 'directory', oid: 'e'.repeat(40), size: 0, path: 'onnx' }, ...entries];
    const at = Number(url.searchParams.get('cursor') ?? 0);
    if (at + PAGE < all.length) {
      url.searchParams.set('cursor', String(at + PAGE));
      response.setHeader('Link', `<${url.href}>; rel="next"`);
    }
    json(response, all.slice(at, at + PAGE));
  }

  #serveLarge(request: IncomingMessage, response: ServerResponse): void {
    const { pathname } = new URL(request.url ?? '', this.cdn);
    const [, owner, name, path] = pathname.split('/');
    const content = this.models.get(`${owner}/${name}`)?.files[decodeURIComponent(path ?? '')];
    if (!content) return refuse(response, 404, 'EntryNotFound');
    serveBytes(request, response, content, `"${sha256(content).slice(0, 32)}"`);
  }
}

/** Serves bytes with ranges, as file servers do. */
export function serveBytes(
  request: IncomingMessage,
  response: ServerResponse,
  content: Uint8Array,
  etag?: string,
): void {
  const { range, 'if-range': ifRange, 'if-none-match': ifNoneMatch } = request.headers;
  if (etag !== undefined) response.setHeader('ETag', etag);
  if (etag !== undefined && ifNoneMatch === etag) {
    response.writeHead(304).end();
    return;
  }
  const start = Number(/^bytes=(\d+)-$/u.exec(range ?? '')?.[1] ?? 0);
  const applies = range !== undefined && (ifRange === undefined || ifRange === etag);
  if (applies && start >= content.length) {
    response.writeHead(416, { 'Content-Range': `bytes */${content.length}` }).end();
    return;
  }
  const body = applies ? content.subarray(start) : content;
  response.writeHead(applies ? 206 : 200, {
    'Content-Length': body.length,
    'Content-Type': 'application/octet-stream',
    ...(applies && { 'Content-Range': `bytes ${start}-${content.length - 1}/${content.length}` }),
  });
  response.end(body);
}

/** Serves the beginning as if all would follow, and cuts the connection when it should have been read. */
export function cutAfter(response: ServerResponse, content: Uint8Array, bytes: number, etag?: string): void {
  response.writeHead(200, { 'Content-Length': content.length, ...(etag !== undefined && { ETag: etag }) });
  response.write(content.subarray(0, bytes), () => setTimeout(() => response.destroy(), 100));
}

export function sha256(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

export function gitSha1(content: Uint8Array): string {
  return createHash('sha1').update(`blob ${content.length}\0`).update(content).digest('hex');
}

export function json(response: ServerResponse, value: unknown): void {
  response.writeHead(200, { 'Content-Type': 'application/json' });
  response.end(JSON.stringify(value));
}

function refuse(response: ServerResponse, status: number, code: string): void {
  response.writeHead(status, { 'X-Error-Code': code });
  response.end();
}

function listen(server: Server): Promise<void> {
  return new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
}

function address(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
