/**
 * White space as Python's `str` methods and `re` see it. JavaScript's `\s` lacks U+001C…U+001F and U+0085 and
 * has U+FEFF; the reference implementations of metrics and normalisers are Python.
 */
export const WHITESPACE =
  '[\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]';

const ENDS = /* @__PURE__ */ new RegExp(`^${WHITESPACE}+|${WHITESPACE}+$`, 'g');
const RUN = /* @__PURE__ */ new RegExp(`${WHITESPACE}+`, 'g');
const LONG_RUN = /* @__PURE__ */ new RegExp(`${WHITESPACE}{2,}`, 'g');

/** Without white space at both ends. */
export function trimWhitespace(text: string): string {
  return text.replace(ENDS, '');
}

/** Every run of white space becomes one space. */
export function collapseWhitespace(text: string): string {
  return text.replace(RUN, ' ');
}

/** Every run of two or more white space characters becomes one space; a single tab or newline stays. */
export function collapseWhitespaceRuns(text: string): string {
  return text.replace(LONG_RUN, ' ');
}

/** The words between white space. */
export function splitWhitespace(text: string): string[] {
  return text.split(RUN).filter((word) => word !== '');
}
