/** A language and how likely it is. */
export interface LanguageProbability {
  /** Whisper's code: `en`, `yue` … */
  readonly language: string;
  /** 0–1, among the languages alone. */
  readonly probability: number;
}

/** What was heard, by one or several windows. */
export interface DetectedLanguage extends LanguageProbability {
  /** All languages of the window that decided, likeliest first. */
  readonly probabilities: readonly LanguageProbability[];
  /** Windows that were looked at. */
  readonly windows: number;
}

/** When to be content with a detected language. */
export interface LanguageDetectionOptions {
  /** Most windows to look at. */
  readonly maxWindows: number;
  /** Stop at the first window whose likeliest language is more probable than this. */
  readonly threshold: number;
}

/**
 * Softmax over the language tokens alone, likeliest first.
 *
 * @param logits Raw logits after `<|startoftranscript|>`, one entry per id.
 * @param languages Language code → token id.
 */
export function languageProbabilities(
  logits: Float32Array,
  languages: ReadonlyMap<string, number>,
): readonly LanguageProbability[] {
  if (languages.size === 0) throw new RangeError('languages: the model has no language tokens.');
  const entries = [...languages].map(([language, id]) => ({ language, logit: logits[id] ?? Number.NaN }));
  const max = entries.reduce((best, { logit }) => Math.max(best, logit), -Infinity);
  const total = entries.reduce((sum, { logit }) => sum + Math.exp(logit - max), 0);
  return entries
    .map(({ language, logit }) => ({ language, probability: Math.exp(logit - max) / total }))
    .sort((a, b) => b.probability - a.probability);
}

/**
 * Detects the language from one window after the other. Stops at the first clear one; without one, the language that
 * most windows favour wins, the more probable one of equals (faster-whisper `detect_language`).
 *
 * @param scoreWindow Logits after `<|startoftranscript|>` of a window, or undefined when the audio has no more.
 */
export async function detectLanguage(
  scoreWindow: (index: number) => Promise<Float32Array | undefined>,
  languages: ReadonlyMap<string, number>,
  options: LanguageDetectionOptions,
): Promise<DetectedLanguage> {
  const heard: (readonly LanguageProbability[])[] = [];
  for (let index = 0; index < options.maxWindows; index++) {
    const logits = await scoreWindow(index);
    if (logits === undefined) break;
    const probabilities = languageProbabilities(logits, languages);
    heard.push(probabilities);
    if (probabilities[0]!.probability > options.threshold) return detected(probabilities, heard.length);
  }
  if (heard.length === 0) throw new RangeError('scoreWindow: expected at least one window.');
  const votes = new Map<string, number>();
  for (const [top] of heard) votes.set(top!.language, (votes.get(top!.language) ?? 0) + 1);
  const decisive = heard.reduce((best, candidate) => {
    const [a, b] = [best[0]!, candidate[0]!];
    const lead = votes.get(b.language)! - votes.get(a.language)!;
    return lead > 0 || (lead === 0 && b.probability > a.probability) ? candidate : best;
  });
  return detected(decisive, heard.length);
}

function detected(probabilities: readonly LanguageProbability[], windows: number): DetectedLanguage {
  return { ...probabilities[0]!, probabilities, windows };
}
