import { AsrError } from '../errors.js';
import type { ModelFile } from '../hub/model-files.js';
import type { InferenceBackend, InferenceSession, SessionOptions } from '../inference/backend.js';
import { createTensor, disposeTensors, type Tensor } from '../inference/tensor.js';

/** Samples of the audio before a window that the model sees with it. */
export const SILERO_CONTEXT = 64;
/** Samples of a window. */
export const SILERO_WINDOW = 512;
/** Samples per row of the graph's input. */
export const SILERO_FRAME = SILERO_CONTEXT + SILERO_WINDOW;

const SAMPLE_RATE = 16_000n;
/** Width of the recurrent layer. */
const HIDDEN = 128;

/** What the recurrent layer remembers, by the names of the inputs that take it. Owned by whoever holds it. */
export type SileroState = Readonly<Record<string, Tensor>>;

/** A Silero graph of version 5 or 6, at 16 kHz. */
export interface SileroGraph {
  readonly layout: 'sequence' | 'window';
  readonly session: InferenceSession;
  /** What is remembered at the start of an audio: nothing. */
  initialState(): SileroState;
  /**
   * Runs consecutive windows.
   *
   * @param frames `[count, 576]`: 64 samples of context and 512 new ones a row.
   * @param state Disposed once the next one is there; stays the caller's when the run fails.
   */
  run(frames: Float32Array, state: SileroState): Promise<SileroStep>;
}

/** What a run gave. */
export interface SileroStep {
  /** One per window, 0–1. */
  readonly probabilities: Float32Array;
  readonly state: SileroState;
}

/** Names of a layout: which output is remembered, and as which input. */
interface Layout {
  readonly name: SileroGraph['layout'];
  readonly inputs: readonly string[];
  readonly probability: string;
  readonly state: Readonly<Record<string, { readonly output: string; readonly dims: readonly number[] }>>;
}

const LAYOUTS: readonly Layout[] = [
  {
    name: 'sequence',
    inputs: ['input', 'h', 'c'],
    probability: 'speech_probs',
    state: { h: { output: 'hn', dims: [1, 1, HIDDEN] }, c: { output: 'cn', dims: [1, 1, HIDDEN] } },
  },
  {
    name: 'window',
    inputs: ['input', 'state', 'sr'],
    probability: 'output',
    state: { state: { output: 'stateN', dims: [2, 1, HIDDEN] } },
  },
];

/**
 * Loads a graph and finds out its form by its inputs and outputs.
 *
 * @throws AsrError `MODEL_UNSUPPORTED` for a graph that is not Silero's or of a version before 5, and as `createSession`.
 */
export async function openSileroGraph(
  backend: InferenceBackend,
  file: ModelFile,
  options: SessionOptions = {},
): Promise<SileroGraph> {
  const session = await backend.createSession(file, options);
  const layout = LAYOUTS.find(
    ({ inputs, probability, state }) =>
      sameNames(session.inputs, inputs) &&
      sameNames(session.outputs, [probability, ...Object.values(state).map(({ output }) => output)]),
  );
  if (layout) return new NamedSileroGraph(session, layout);
  const found = [session.inputs, session.outputs].map((list) => list.map(({ name }) => name).join(', '));
  await session.dispose();
  throw new AsrError(
    'MODEL_UNSUPPORTED',
    `${file.name}: expected a Silero VAD graph of version 5 or 6, with inputs ` +
      `${LAYOUTS.map(({ inputs }) => inputs.join(', ')).join(' or ')}; found inputs ${found[0]} and outputs ${found[1]}`,
  );
}

class NamedSileroGraph implements SileroGraph {
  readonly session: InferenceSession;
  readonly #layout: Layout;

  constructor(session: InferenceSession, layout: Layout) {
    this.session = session;
    this.#layout = layout;
  }

  get layout(): SileroGraph['layout'] {
    return this.#layout.name;
  }

  initialState(): SileroState {
    return Object.fromEntries(
      Object.entries(this.#layout.state).map(([name, { dims }]) => [
        name,
        createTensor('float32', new Float32Array(dims.reduce((a, b) => a * b)), dims),
      ]),
    );
  }

  async run(frames: Float32Array, state: SileroState): Promise<SileroStep> {
    const count = frames.length / SILERO_FRAME;
    const feeds: Record<string, Tensor> = {
      ...state,
      input: createTensor('float32', frames, [count, SILERO_FRAME]),
    };
    if (this.#layout.inputs.includes('sr')) {
      feeds['sr'] = createTensor('int64', BigInt64Array.of(SAMPLE_RATE), []);
    }
    const outputs = await this.session.run(feeds);
    const probability = outputs[this.#layout.probability]!;
    const next = Object.fromEntries(
      Object.entries(this.#layout.state).map(([name, { output }]) => [name, outputs[output]!]),
    );
    try {
      const probabilities = Float32Array.from((await probability.read()) as Float32Array);
      if (probabilities.length !== count) {
        throw new AsrError(
          'MODEL_INVALID',
          `${this.#layout.probability}: expected ${count} probabilities, found ${probabilities.length}`,
        );
      }
      disposeTensors(state);
      return { probabilities, state: next };
    } catch (error) {
      disposeTensors(next);
      throw error;
    } finally {
      probability.dispose();
    }
  }
}

function sameNames(infos: readonly { readonly name: string }[], names: readonly string[]): boolean {
  return infos.length === names.length && infos.every(({ name }) => names.includes(name));
}
