import { AsrError } from '../../../errors.js';
import type { InferenceSession, TensorInfo } from '../../../inference/backend.js';
import type { FloatType } from './rows.js';

/** Looks up inputs and outputs of one graph; what is missing or odd is an error that names file and tensor. */
export class GraphShape {
  readonly file: string;
  readonly #inputs: ReadonlyMap<string, TensorInfo>;
  readonly #outputs: ReadonlyMap<string, TensorInfo>;

  constructor(file: string, session: InferenceSession) {
    this.file = file;
    this.#inputs = new Map(session.inputs.map((info) => [info.name, info]));
    this.#outputs = new Map(session.outputs.map((info) => [info.name, info]));
  }

  hasInput(name: string): boolean {
    return this.#inputs.has(name);
  }

  hasOutput(name: string): boolean {
    return this.#outputs.has(name);
  }

  /** @throws AsrError `MODEL_INVALID` when the graph has no such input. */
  input(name: string): TensorShape {
    return this.#find(name, 'input', this.#inputs);
  }

  /** @throws AsrError `MODEL_INVALID` when the graph has no such output. */
  output(name: string): TensorShape {
    return this.#find(name, 'output', this.#outputs);
  }

  /** Number of decoder layers: inputs `past_key_values.{0…}.decoder.key`. */
  countLayers(prefix: string, suffix: string): number {
    let layers = 0;
    while (this.#inputs.has(`${prefix}${layers}${suffix}`)) layers++;
    return layers;
  }

  /** Refuses inputs that this code would leave unfed. */
  expectOnlyInputs(known: Iterable<string>): void {
    const names = new Set(known);
    const unknown = [...this.#inputs.keys()].filter((name) => !names.has(name));
    if (unknown.length > 0) {
      throw new AsrError(
        'MODEL_UNSUPPORTED',
        `${this.file} has inputs that this layout does not know: ${unknown.join(', ')}`,
      );
    }
  }

  #find(name: string, side: 'input' | 'output', all: ReadonlyMap<string, TensorInfo>): TensorShape {
    const info = all.get(name);
    if (info) return new TensorShape(this.file, info);
    throw new AsrError(
      'MODEL_INVALID',
      `${this.file} has no ${side} "${name}"; its ${side}s are ${[...all.keys()].join(', ')}`,
    );
  }
}

/** Shape and type of one input or output. */
class TensorShape {
  readonly #where: string;
  readonly #info: TensorInfo;

  constructor(file: string, info: TensorInfo) {
    this.#where = `${info.name} of ${file}`;
    this.#info = info;
  }

  /** The size of an axis where the graph fixes it, with where it was read. */
  size(axis: number): SizeClaim {
    const dim = this.#info.dims?.[axis];
    // ONNX Runtime gives -1 for a symbolic size without a name.
    return {
      value: typeof dim === 'number' && dim >= 0 ? dim : undefined,
      source: `axis ${axis} of ${this.#where}`,
    };
  }

  /** @throws AsrError `MODEL_UNSUPPORTED` for a tensor of another type. */
  get floatType(): FloatType {
    const type = this.#info.type ?? 'float32';
    if (type === 'float32' || type === 'float16') return type;
    throw new AsrError(
      'MODEL_UNSUPPORTED',
      `${this.#where} has element type ${type}, expected float32 or float16`,
    );
  }
}

/** A size and who says so. */
export interface SizeClaim {
  readonly value: number | undefined;
  readonly source: string;
}

/**
 * The one value that all claims agree on.
 *
 * @throws AsrError `MODEL_INVALID` when two differ or none is known.
 */
export function agree(what: string, ...claims: readonly SizeClaim[]): number {
  const value = agreeIfKnown(what, ...claims);
  if (value !== undefined) return value;
  throw new AsrError(
    'MODEL_INVALID',
    `${what} can't be told: ${claims.map((claim) => claim.source).join(' and ')} leave it open`,
  );
}

/** Like {@link agree}, for a size that may stay open. */
export function agreeIfKnown(what: string, ...claims: readonly SizeClaim[]): number | undefined {
  const known = claims.filter((claim) => claim.value !== undefined);
  const first = known[0];
  const other = known.find((claim) => claim.value !== first?.value);
  if (first && other) {
    throw new AsrError(
      'MODEL_INVALID',
      `${what} is ${first.value} by ${first.source} but ${other.value} by ${other.source}: ` +
        'these files belong to different models',
    );
  }
  return first?.value;
}
