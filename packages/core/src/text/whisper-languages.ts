/**
 * Whisper's languages, code to English name, in the order of their tokens; the last one (`yue`) only from large-v3 on.
 * Source: `LANGUAGES` of openai/whisper `whisper/tokenizer.py`.
 */
export const whisperLanguages: Readonly<Record<string, string>> = {
  en: 'english',
  zh: 'chinese',
  de: 'german',
  es: 'spanish',
  ru: 'russian',
  ko: 'korean',
  fr: 'french',
  ja: 'japanese',
  pt: 'portuguese',
  tr: 'turkish',
  pl: 'polish',
  ca: 'catalan',
  nl: 'dutch',
  ar: 'arabic',
  sv: 'swedish',
  it: 'italian',
  id: 'indonesian',
  hi: 'hindi',
  fi: 'finnish',
  vi: 'vietnamese',
  he: 'hebrew',
  uk: 'ukrainian',
  el: 'greek',
  ms: 'malay',
  cs: 'czech',
  ro: 'romanian',
  da: 'danish',
  hu: 'hungarian',
  ta: 'tamil',
  no: 'norwegian',
  th: 'thai',
  ur: 'urdu',
  hr: 'croatian',
  bg: 'bulgarian',
  lt: 'lithuanian',
  la: 'latin',
  mi: 'maori',
  ml: 'malayalam',
  cy: 'welsh',
  sk: 'slovak',
  te: 'telugu',
  fa: 'persian',
  lv: 'latvian',
  bn: 'bengali',
  sr: 'serbian',
  az: 'azerbaijani',
  sl: 'slovenian',
  kn: 'kannada',
  et: 'estonian',
  mk: 'macedonian',
  br: 'breton',
  eu: 'basque',
  is: 'icelandic',
  hy: 'armenian',
  ne: 'nepali',
  mn: 'mongolian',
  bs: 'bosnian',
  kk: 'kazakh',
  sq: 'albanian',
  sw: 'swahili',
  gl: 'galician',
  mr: 'marathi',
  pa: 'punjabi',
  si: 'sinhala',
  km: 'khmer',
  sn: 'shona',
  yo: 'yoruba',
  so: 'somali',
  af: 'afrikaans',
  oc: 'occitan',
  ka: 'georgian',
  be: 'belarusian',
  tg: 'tajik',
  sd: 'sindhi',
  gu: 'gujarati',
  am: 'amharic',
  yi: 'yiddish',
  lo: 'lao',
  uz: 'uzbek',
  fo: 'faroese',
  ht: 'haitian creole',
  ps: 'pashto',
  tk: 'turkmen',
  nn: 'nynorsk',
  mt: 'maltese',
  sa: 'sanskrit',
  lb: 'luxembourgish',
  my: 'myanmar',
  bo: 'tibetan',
  tl: 'tagalog',
  mg: 'malagasy',
  as: 'assamese',
  tt: 'tatar',
  haw: 'hawaiian',
  ln: 'lingala',
  ha: 'hausa',
  ba: 'bashkir',
  jw: 'javanese',
  su: 'sundanese',
  yue: 'cantonese',
};

/** Other names: openai/whisper's `TO_LANGUAGE_CODE`, and ISO codes that differ from Whisper's. */
const ALIASES: Readonly<Record<string, string>> = {
  burmese: 'my',
  castilian: 'es',
  farsi: 'fa',
  flemish: 'nl',
  haitian: 'ht',
  letzeburgesch: 'lb',
  mandarin: 'zh',
  moldavian: 'ro',
  moldovan: 'ro',
  panjabi: 'pa',
  pushto: 'ps',
  sinhalese: 'si',
  valencian: 'ca',
  fil: 'tl',
  iw: 'he',
  jv: 'jw',
  nb: 'no',
};

/** Code of a language token's name: `<|en|>` → `en`, `<|iw|>` (Hebrew in the files of .en models) → `he`. */
export function languageOfToken(content: string): string | undefined {
  const [, code] = /^<\|([a-z]{2,3})\|>$/u.exec(content) ?? [];
  return code === undefined ? undefined : lookUp(code);
}

/**
 * Whisper's code for a language code, an English name or a locale: `EN`, `English`, `mandarin`, `pt-BR`.
 *
 * @param known Codes of the model (`WhisperSpecialTokens.languages`), for languages that a fine-tune added.
 * @throws RangeError for an unknown one, with the nearest names.
 */
export function resolveLanguage(language: string, known?: ReadonlyMap<string, unknown>): string {
  const wanted = language.trim().toLowerCase().replaceAll('_', '-');
  if (known?.has(wanted)) return wanted;
  const found = lookUp(wanted) ?? lookUp(wanted.split('-', 1)[0]!);
  if (found !== undefined) return found;
  const near = closeMatches(wanted);
  throw new RangeError(
    `language: ${JSON.stringify(language)} is none of Whisper's languages. ` +
      (near.length > 0 ? `Did you mean ${near.join(' or ')}? ` : '') +
      `Give a code such as "en" or an English name such as "english".`,
  );
}

function lookUp(name: string): string | undefined {
  if (Object.hasOwn(whisperLanguages, name)) return name;
  if (Object.hasOwn(ALIASES, name)) return ALIASES[name];
  return Object.keys(whisperLanguages).find((code) => whisperLanguages[code] === name);
}

function closeMatches(wanted: string): string[] {
  const limit = wanted.length > 4 ? 2 : 1;
  const known = [
    ...Object.values(whisperLanguages),
    ...Object.keys(ALIASES),
    ...Object.keys(whisperLanguages),
  ];
  return known
    .map((name) => ({ name, distance: editDistance(wanted, name) }))
    .filter(({ name, distance }) => distance <= limit || (wanted.length > 2 && name.startsWith(wanted)))
    .sort((a, b) => a.distance - b.distance)
    .slice(0, 3)
    .map(({ name }) => `"${name}" (${lookUp(name)})`);
}

/** Levenshtein distance. */
function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = previous[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(change, previous[j]! + 1, row[j - 1]! + 1));
    }
    previous = row;
  }
  return previous[b.length]!;
}
