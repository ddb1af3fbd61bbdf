/** The graphs of a transducer, by the beginning of their names. */
export const PARTS = ['encoder', 'decoder', 'joiner'] as const;
/** One of {@link PARTS}. */
export type TransducerPart = (typeof PARTS)[number];

/** Files of one part: graphs in all precisions, and weights beside them. */
export function filesOf(names: readonly string[], part: TransducerPart): readonly string[] {
  return names.filter((name) => name.slice(name.lastIndexOf('/') + 1).startsWith(part));
}
