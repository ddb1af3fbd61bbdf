/**
 * Word boundaries as Python's `\b` sees them, as regular expression sources for the `u` flag. JavaScript's own
 * knows ASCII letters only.
 */
export const WORD_START = '(?<![\\p{L}\\p{N}_])';
export const WORD_END = '(?![\\p{L}\\p{N}_])';
