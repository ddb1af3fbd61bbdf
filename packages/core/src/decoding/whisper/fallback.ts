import type { SearchResult } from './search.js';

/** When a decoding of a window has failed, and what to try next. */
export interface FallbackOptions {
  /** Tried in order until one passes. */
  readonly temperatures: readonly number[];
  /** A higher compression ratio means a loop. `false`: not checked. */
  readonly compressionRatioThreshold: number | false;
  /** A lower mean log-probability means a guess. `false`: not checked. */
  readonly logProbThreshold: number | false;
  /** Silence, with a no-speech probability above this and a low log-probability, is no failure. `false`: not checked. */
  readonly noSpeechThreshold: number | false;
  /**
   * What to keep when no temperature passes. `best`: the highest mean log-probability among those that are no loops,
   * else among all (faster-whisper). `last`: the last one (openai/whisper), at temperature 1 almost random text.
   */
  readonly whenAllFail: 'best' | 'last';
}

/** One decoding of a window, with what decides about it. */
export interface DecodedWindow extends SearchResult {
  /** Of the text, see `compressionRatio`. */
  readonly compressionRatio: number;
}

/** The decoding that was kept. */
export interface FallbackResult {
  /** The result that is kept. */
  readonly window: DecodedWindow;
  /** Whether it passed the thresholds. */
  readonly passed: boolean;
  /** The last temperature tried, which is the kept window's unless all failed. */
  readonly lastTemperature: number;
}

/**
 * Decodes at rising temperatures until the result is neither a loop nor a guess (openai/whisper `decode_with_fallback`).
 *
 * @param widen Asked for after a result that failed; where it says that the model now hears more, the same temperature is
 *   tried once more before the next.
 */
export async function decodeWithFallback(
  decode: (temperature: number) => Promise<DecodedWindow>,
  options: FallbackOptions,
  widen?: () => Promise<boolean>,
): Promise<FallbackResult> {
  const failed: DecodedWindow[] = [];
  for (const temperature of options.temperatures) {
    let window = await decode(temperature);
    if (!passes(window, options) && (await widen?.())) window = await decode(temperature);
    if (passes(window, options)) return { window, passed: true, lastTemperature: temperature };
    failed.push(window);
  }
  const lastTemperature = options.temperatures.at(-1);
  if (lastTemperature === undefined) throw new RangeError('temperatures: expected at least one.');
  const window = options.whenAllFail === 'last' ? failed.at(-1)! : likeliest(failed, options);
  return { window, passed: false, lastTemperature };
}

/** Whether silence was found: the window's text, if any, is to be dropped. */
export function isSilence(
  window: DecodedWindow,
  options: Pick<FallbackOptions, 'noSpeechThreshold' | 'logProbThreshold'>,
): boolean {
  const { noSpeechThreshold, logProbThreshold } = options;
  if (noSpeechThreshold === false || !(window.noSpeechProb > noSpeechThreshold)) return false;
  return logProbThreshold === false || !(window.avgLogProb > logProbThreshold);
}

function passes(window: DecodedWindow, options: FallbackOptions): boolean {
  const { logProbThreshold, noSpeechThreshold } = options;
  const guessed = logProbThreshold !== false && window.avgLogProb < logProbThreshold;
  if (guessed && noSpeechThreshold !== false && window.noSpeechProb > noSpeechThreshold) return true;
  return !guessed && !isLoop(window, options);
}

function isLoop(window: DecodedWindow, { compressionRatioThreshold }: FallbackOptions): boolean {
  return compressionRatioThreshold !== false && window.compressionRatio > compressionRatioThreshold;
}

function likeliest(windows: readonly DecodedWindow[], options: FallbackOptions): DecodedWindow {
  const clean = windows.filter((window) => !isLoop(window, options));
  const pool = clean.length > 0 ? clean : windows;
  return pool.reduce((best, window) => (window.avgLogProb > best.avgLogProb ? window : best));
}
