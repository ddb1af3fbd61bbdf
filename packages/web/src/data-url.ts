/**
 * Content of a `data:` address, by RFC 2397; `undefined` for other addresses. Bundlers write small files into the code that
 * way, and a page whose Content-Security-Policy has `connect-src 'self'` may not `fetch` them.
 */
export function readDataUrl(url: URL): Uint8Array | undefined {
  const match = /^data:([^,]*),(.*)$/s.exec(url.href);
  if (!match) return undefined;
  const [, type = '', content = ''] = match;
  const text = decodeURIComponent(content);
  if (!type.endsWith(';base64')) return new TextEncoder().encode(text);
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}
