/** What browsers do by themselves, given a cache mode; as headers they would need the other server's permission. */
const CONDITIONS = ['If-None-Match', 'If-Modified-Since', 'Cache-Control'];

/**
 * `fetch` for the requests of a model store. Servers of other origins are asked with plain requests: a header that isn't
 * safelisted (Fetch standard, "CORS-safelisted request-header") costs a preflight, which file servers often refuse. `If-Range` is left
 * out for them too; whether a part belongs to the same version is then judged by the answer's validator or the checksum.
 *
 * What goes to the store isn't kept in the browser's HTTP cache as well.
 */
export function pageFetch(
  input: RequestInfo | URL,
  init: RequestInit = {},
  fetchFrom: typeof fetch = fetch,
): Promise<Response> {
  const url = new URL(input instanceof Request ? input.url : input, globalThis.location.href);
  const headers = new Headers(init.headers);
  // Not for scripts to set; the browser offers what it can undo.
  headers.delete('Accept-Encoding');
  const isConditional = CONDITIONS.some((name) => headers.has(name));
  if (url.origin !== globalThis.location.origin) {
    for (const name of [...CONDITIONS, 'If-Range']) headers.delete(name);
  }
  return fetchFrom(url, { ...init, headers, cache: isConditional ? 'no-cache' : 'no-store' });
}
