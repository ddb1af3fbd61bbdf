/** Brackets, quotes of subtitles and other marks that annotate rather than transcribe. */
const symbols = (): readonly string[] => [
  ...'"#()*+/:;<=>@[\\]^_`{|}~「」『』',
  ...'<< >> <<< >>> -- --- -( -[ (\' (" (( )) ((( ))) [[ ]] {{ }} ♪♪ ♪♪♪'.split(' '),
];

/** Music: more than one token in some vocabularies, then the first is taken, which they share with little else. */
const MUSIC = '♩♪♫♬♭♮♯';

/**
 * Tokens that a transcript of speech shouldn't hold, such as `[` of "[Music]": 84 in the English-only vocabulary, 82
 * in the multilingual one. A hyphen or an apostrophe is kept inside words, and kept out at the start of one.
 *
 * Source: `Tokenizer.non_speech_tokens` of openai/whisper `whisper/tokenizer.py`.
 *
 * @returns Ids in ascending order.
 */
export function findNonSpeechTokens(encode: (text: string) => readonly number[]): readonly number[] {
  const ids = new Set<number>();
  const add = (text: string, always: boolean): void => {
    const [first, ...others] = encode(text);
    if (first !== undefined && (always || others.length === 0)) ids.add(first);
  };
  add(' -', true);
  add(" '", true);
  for (const symbol of [...symbols(), ...MUSIC]) {
    add(symbol, MUSIC.includes(symbol));
    add(` ${symbol}`, MUSIC.includes(symbol));
  }
  return [...ids].sort((a, b) => a - b);
}
