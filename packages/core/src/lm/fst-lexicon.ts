import type { LabelLexicon } from './label-lexicon.js';
import { AsrError } from '../errors.js';
import { u64 } from './trie-levels.js';

const MAGIC = 2_125_659_606;
const IS_ALIGNED = 4;
const ALIGNMENT = 16;
/** Final weight, first arc, number of arcs, and of those without input and output: four bytes each. */
const STATE_BYTES = 20;
/** Input label, output label, weight, next state: four bytes each. */
const ARC_BYTES = 16;

/**
 * The lexicon of a DeepSpeech `.scorer` package: an OpenFst `ConstFst<StdArc>` (`fst/const-fst.h`), deterministic, with a
 * model's labels plus one on its arcs, since OpenFst's 0 is no label. Each word ends with the label between words and leads
 * to a final state. Read in place; a look-up is a binary search among the arcs of a state.
 */
class FstLexicon implements LabelLexicon {
  readonly labels: number;
  readonly start: number;
  readonly #view: DataView;
  readonly #states: number;
  readonly #arcs: number;

  constructor(view: DataView, layout: FstLayout, labels: number) {
    this.#view = view;
    this.#states = layout.states;
    this.#arcs = layout.arcs;
    this.start = layout.start;
    this.labels = labels;
  }

  next(state: number, label: number): number {
    const view = this.#view;
    const entry = this.#states + state * STATE_BYTES;
    let low = view.getUint32(entry + 4, true);
    let high = low + view.getUint32(entry + 8, true);
    const wanted = label + 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const arc = this.#arcs + middle * ARC_BYTES;
      const found = view.getInt32(arc, true);
      if (found === wanted) {
        const target = view.getInt32(arc + 12, true);
        // A finished word: the next one may begin.
        return view.getFloat32(this.#states + target * STATE_BYTES, true) < Infinity ? this.start : target;
      }
      if (found < wanted) low = middle + 1;
      else high = middle;
    }
    return -1;
  }
}

interface FstLayout {
  readonly start: number;
  readonly stateCount: number;
  readonly arcCount: number;
  /** Byte of the first state, and of the first arc. */
  readonly states: number;
  readonly arcs: number;
}

/**
 * Opens the lexicon that begins at byte `at` of a package. All of it is checked here, so that look-ups needn't.
 *
 * @param name For messages.
 * @throws AsrError `MODEL_INVALID` for a damaged or truncated one, `MODEL_UNSUPPORTED` for another kind of FST.
 */
export function openFstLexicon(view: DataView, at: number, name: string): LabelLexicon {
  const layout = readHeader(view, at, name);
  return new FstLexicon(view, layout, checkArcs(view, layout, name));
}

function readHeader(view: DataView, from: number, name: string): FstLayout {
  let at = from;
  const need = (bytes: number): void => {
    if (at + bytes > view.byteLength)
      throw invalid(name, `it ends at byte ${view.byteLength}, in the middle of its header`);
  };
  const int32 = (): number => {
    need(4);
    at += 4;
    return view.getInt32(at - 4, true);
  };
  const int64 = (): number => {
    need(8);
    at += 8;
    return u64(view, at - 8);
  };
  const text = (): string => {
    const length = int32();
    if (length < 0 || length > 64) throw invalid(name, `a name in its header has ${length} letters`);
    need(length);
    at += length;
    return String.fromCharCode(...new Uint8Array(view.buffer, view.byteOffset + at - length, length));
  };
  if (int32() !== MAGIC)
    throw invalid(name, `no OpenFst mark at byte ${from}, where the lexicon should begin`);
  const kind = `${text()} FST of ${text()} arcs`;
  if (kind !== 'const FST of standard arcs') {
    throw new AsrError(
      'MODEL_UNSUPPORTED',
      `${name}: the lexicon is a ${kind}, expected a const FST of standard arcs.`,
    );
  }
  const version = int32();
  const aligned = (int32() & IS_ALIGNED) !== 0 || version === 1;
  int64(); // properties: checked by what they promise instead
  const [start, stateCount, arcCount] = [int64(), int64(), int64()];
  const align = (): number => (aligned ? Math.ceil(at / ALIGNMENT) * ALIGNMENT : at);
  const states = (at = align());
  at += stateCount * STATE_BYTES;
  const arcs = (at = align());
  at += arcCount * ARC_BYTES;
  if (!(at <= view.byteLength)) {
    throw invalid(
      name,
      `${stateCount} states and ${arcCount} arcs don't fit into its ${view.byteLength - from} bytes`,
    );
  }
  if (!(start < stateCount)) throw invalid(name, `it starts in state ${start} of ${stateCount}`);
  return { start, stateCount, arcCount, states, arcs };
}

/** @returns The number of labels: the greatest on an arc. */
function checkArcs(view: DataView, { stateCount, arcCount, states, arcs }: FstLayout, name: string): number {
  let labels = 0;
  for (let state = 0; state < stateCount; state++) {
    const entry = states + state * STATE_BYTES;
    const first = view.getUint32(entry + 4, true);
    const end = first + view.getUint32(entry + 8, true);
    if (end > arcCount) throw invalid(name, `state ${state} has the arcs ${first} to ${end} of ${arcCount}`);
    let last = 0;
    for (let arc = first; arc < end; arc++) {
      const label = view.getInt32(arcs + arc * ARC_BYTES, true);
      const target = view.getInt32(arcs + arc * ARC_BYTES + 12, true);
      if (label <= last)
        throw invalid(name, `the arcs of state ${state} are not in the order of their labels`);
      if (target < 0 || target >= stateCount)
        throw invalid(name, `an arc leads to state ${target} of ${stateCount}`);
      last = label;
    }
    labels = Math.max(labels, last);
  }
  return labels;
}

function invalid(name: string, problem: string): AsrError {
  return new AsrError('MODEL_INVALID', `${name}: the lexicon is damaged: ${problem}; get the file again.`);
}
