/** How models are fetched and kept. Every option has a default that suits a program on a desktop or a server. */
export interface DownloadOptions {
  /** Address of the hub. Default: the environment variable `HF_ENDPOINT` (Node), else `https://huggingface.co`. */
  readonly endpoint?: string;
  /**
   * Access token for private and gated models; sent to the hub alone, never to where it redirects. Default: the
   * environment variable `HF_TOKEN` (Node).
   */
  readonly token?: string;
  /**
   * Where fetched models are kept, or `false` to keep them in memory. Node: a folder; default the environment variable
   * `ASR_CACHE`, else the user's cache folder. Browser: the name of a cache of the site; default `asr-models`.
   */
  readonly cache?: string | false;
  /** Asks no server; what is not in the cache is an error. Default false. */
  readonly offline?: boolean;
  /** Fetches instead of the global `fetch`, for proxies and tests. */
  readonly fetch?: typeof globalThis.fetch;
}
