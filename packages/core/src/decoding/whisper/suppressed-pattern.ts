/**
 * The text tokens that match a pattern, to be suppressed (whisper.cpp `suppress_regex`). Computed once per vocabulary
 * and pattern. A token matches when the pattern is found anywhere in its text, leading space included; anchor the
 * pattern with `^` and `$` to match whole tokens.
 *
 * @param textOf Text of one token; tokens that hold part of a character may give U+FFFD.
 * @param endOfText First id that is not text.
 */
export function findMatchingTokens(
  pattern: RegExp,
  textOf: (token: number) => string,
  endOfText: number,
): readonly number[] {
  // `test` of a global or sticky pattern starts where the last match ended.
  const stateless = new RegExp(pattern.source, pattern.flags.replace(/[gy]/g, ''));
  const ids: number[] = [];
  for (let id = 0; id < endOfText; id++) if (stateless.test(textOf(id))) ids.push(id);
  return ids;
}
