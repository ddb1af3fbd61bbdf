import { normalizeBasic } from '../text/basic-normalizer.js';
import { normalizeEnglish } from '../text/english-normalizer.js';

/**
 * How texts are made comparable before errors are counted.
 *
 * - `whisper`: as in Whisper's paper: `english` for English, `basic` for other languages; of languages that don't put
 *   spaces between words (Chinese, Japanese, Thai, Lao, Burmese, Cantonese) every character is a word.
 * - `english`: `normalizeEnglish`, whatever the language.
 * - `basic`: `normalizeBasic`: case, punctuation and symbols don't count.
 * - `none`: everything counts.
 */
export type TextNormalizerName = 'whisper' | 'english' | 'basic' | 'none';

/** Languages that Whisper's paper scores by character (Radford et al. 2022, section 4.4 and appendix C). */
const UNSPACED = new Set(['zh', 'ja', 'th', 'lo', 'my', 'yue']);

/**
 * A text as it is compared, by one of the normalisers.
 *
 * @param language ISO 639-1 code. For `whisper`, a text of unknown language is taken as `basic`.
 * @throws RangeError for an unknown name.
 */
export function normalizeForScoring(text: string, normalizer: TextNormalizerName, language?: string): string {
  switch (normalizer) {
    case 'whisper':
      if (language === 'en') return normalizeEnglish(text);
      return normalizeBasic(text, { splitLetters: language !== undefined && UNSPACED.has(language) });
    case 'english':
      return normalizeEnglish(text);
    case 'basic':
      return normalizeBasic(text);
    case 'none':
      return text;
    default:
      throw new RangeError(
        `normalizer: expected whisper, english, basic or none, found ${JSON.stringify(normalizer)}.`,
      );
  }
}
