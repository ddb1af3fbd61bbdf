/**
 * Attention over the whole input: its memory grows with the square of the length, and its accuracy falls beyond what it was
 * trained on. 30 s is what Hugging Face's examples take and what exports with fixed positions allow.
 */
export const CHUNK_SECONDS = 30;
