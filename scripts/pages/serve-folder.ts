import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import sirv from 'sirv';

/** A server on loopback. */
export interface FolderServer extends AsyncDisposable {
  /** `http://127.0.0.1:port`, which browsers trust as they do HTTPS. */
  readonly origin: string;
  /** Paths that were asked for, in order. */
  readonly requests: readonly string[];
}

/** Serves the files of a folder, each with these headers. */
export async function serveFolder(
  folder: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<FolderServer> {
  const requests: string[] = [];
  const files = sirv(folder, { dev: true, etag: true });
  const server = createServer((request, response) => {
    requests.push(request.url ?? '');
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    files(request, response, () => void response.writeHead(404).end());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
