import type { LanguageProbability } from './language-detection.js';

/** No single utterance speaks against a language more than this: short ones are sure of the wrong language now and then. */
const LEAST_PROBABILITY = 1e-4;

/**
 * The likeliest sequence of languages of consecutive utterances, where a change costs `switchPenalty` (Viterbi's algorithm, with the
 * same penalty between any two languages).
 *
 * @param utterances What each of them sounds like alone, as from `languageProbabilities`, all with the same languages.
 * @param switchPenalty Nats, from 0: by this much a change must make the utterances on its sides likelier.
 * @returns The language of each utterance, with its probability in that utterance alone.
 */
export function smoothLanguages(
  utterances: readonly (readonly LanguageProbability[])[],
  switchPenalty: number,
): readonly LanguageProbability[] {
  const [first] = utterances;
  if (first === undefined) return [];
  const languages = first.map(({ language }) => language);
  let scores = languages.map(() => 0);
  // from[n][i]: the language before utterance n, where that has language i.
  const from: (readonly number[])[] = [];
  const heard = utterances.map((probabilities) => {
    const byLanguage = new Map(probabilities.map(({ language, probability }) => [language, probability]));
    return languages.map((language) => byLanguage.get(language) ?? 0);
  });
  for (const probabilities of heard) {
    const best = indexOfMax(scores);
    const changed = scores[best]! - switchPenalty;
    from.push(scores.map((score, i) => (changed > score ? best : i)));
    scores = scores.map(
      (score, i) => Math.max(score, changed) + Math.log(Math.max(probabilities[i]!, LEAST_PROBABILITY)),
    );
  }
  let language = indexOfMax(scores);
  const told: LanguageProbability[] = [];
  for (let n = utterances.length - 1; n >= 0; n--) {
    told.unshift({ language: languages[language]!, probability: heard[n]![language]! });
    language = from[n]![language]!;
  }
  return told;
}

function indexOfMax(values: readonly number[]): number {
  return values.reduce((best, value, i) => (value > values[best]! ? i : best), 0);
}
