/**
 * The words that a search may spell, as an automaton over the labels of a model: each label of a word, then the label
 * between words, leads from state to state. States are numbers that mean nothing outside of it.
 */
export interface LabelLexicon {
  /** Number of labels that it was made for, the blank not counted. */
  readonly labels: number;
  /** Where a word begins. */
  readonly start: number;
  /** State after one more label, `start` again where a word and the boundary behind it are complete; −1 when no word goes on so. */
  next(state: number, label: number): number;
}
