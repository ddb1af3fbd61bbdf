import { AsrError, checkSessionOptions } from '@org/asr-core';
import type { ThreadChoice } from '@org/asr-core';

/** What the page offers; a parameter, so that the rule can be tested without a browser. */
export interface ThreadEnvironment {
  readonly crossOriginIsolated: boolean;
  readonly cores: number;
}

/** Reads the page (or worker) this runs in. */
export function threadEnvironment(): ThreadEnvironment {
  return {
    crossOriginIsolated: globalThis.crossOriginIsolated && typeof SharedArrayBuffer !== 'undefined',
    cores: globalThis.navigator.hardwareConcurrency || 1,
  };
}

const NOT_ISOLATED =
  'the page is not cross-origin isolated, so wasm threads are off (serve it with the headers ' +
  '"Cross-Origin-Opener-Policy: same-origin" and "Cross-Origin-Embedder-Policy: require-corp")';

/**
 * Decides the number of threads.
 *
 * @param wanted A number that the user asked for is kept or refused, never lowered; 0 or absent leaves the choice here.
 * @throws AsrError `OPTION_UNSUPPORTED` for more than one thread on a page that can't have them.
 * @throws RangeError for anything that is no whole number from 0.
 */
export function chooseThreads(wanted: number | undefined, environment: ThreadEnvironment): ThreadChoice {
  checkSessionOptions({ ...(wanted !== undefined && { threads: wanted }) });
  if (wanted === undefined || wanted === 0) {
    if (!environment.crossOriginIsolated) return { threads: 1, reason: NOT_ISOLATED };
    // Beyond the physical cores (about half of the logical ones) and beyond four, matrix products of speech models
    // gain nothing and the page loses responsiveness. It is ONNX Runtime's own rule, spelled out to be reported.
    const threads = Math.min(4, Math.ceil(environment.cores / 2));
    return { threads, reason: `half of ${environment.cores} logical cores, at most 4` };
  }
  if (wanted > 1 && !environment.crossOriginIsolated) {
    throw new AsrError('OPTION_UNSUPPORTED', `threads: ${wanted} can't be had: ${NOT_ISOLATED}`);
  }
  return { threads: wanted, reason: 'as asked for' };
}
