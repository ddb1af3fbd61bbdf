import { AsrError } from '../../../errors.js';
import { halfToFloat } from '../../../inference/half-float.js';
import type { Tensor } from '../../../inference/tensor.js';
import type { FloatData } from './rows.js';

/** Cross-attention probabilities that one step gave out. */
export interface Attention {
  /** `1 × heads × tokens × frames` each, for a decoding of one row. */
  readonly tensors: readonly Tensor[];
  /** Which heads of each tensor are alignment heads; all when absent. */
  readonly heads: readonly (readonly number[])[] | undefined;
}

/** For steps without such outputs. */
export const NO_ATTENTION: Attention = { tensors: [], heads: undefined };

export function disposeAttention(attention: Attention): void {
  for (const tensor of attention.tensors) tensor.dispose();
}

/** The alignment heads of a decoding of one row over successive steps: `heads × tokens × frames`. */
export async function collectAlignment(steps: readonly Attention[]): Promise<{
  readonly data: Float32Array;
  readonly heads: number;
  readonly tokens: number;
  readonly frames: number;
}> {
  const parts: { readonly rows: Float32Array[]; readonly tokens: number }[] = [];
  let frames = 0;
  for (const step of steps) {
    const rows: Float32Array[] = [];
    let tokens = 0;
    for (const [i, tensor] of step.tensors.entries()) {
      const [batch, heads = 0, count = 0, width = 0] = tensor.dims;
      if (tensor.dims.length !== 4 || batch !== 1) {
        throw new AsrError(
          'MODEL_INVALID',
          `the decoder's attention output has shape [${tensor.dims.join(', ')}], expected [1, heads, tokens, frames]`,
        );
      }
      tokens = count;
      frames = width;
      const data = await readFloats(tensor);
      for (const head of step.heads?.[i] ?? Array.from({ length: heads }, (_, h) => h)) {
        if (head >= heads) {
          throw new AsrError(
            'MODEL_INVALID',
            `alignment head ${head} is outside the ${heads} heads of the decoder's attention output`,
          );
        }
        rows.push(data.subarray(head * count * width, (head + 1) * count * width));
      }
    }
    parts.push({ rows, tokens });
  }
  const heads = parts[0]?.rows.length ?? 0;
  const total = parts.reduce((sum, part) => sum + part.tokens, 0);
  const data = new Float32Array(heads * total * frames);
  for (let head = 0, at = 0; head < heads; head++) {
    for (const part of parts) {
      data.set(part.rows[head]!, at);
      at += part.tokens * frames;
    }
  }
  return { data, heads, tokens: total, frames };
}

async function readFloats(tensor: Tensor): Promise<Float32Array> {
  const data = (await tensor.read()) as FloatData;
  return data instanceof Float32Array ? data : halfToFloat(data);
}

/** The elements of a float tensor as float32 of its own; the tensor is disposed. */
export async function takeFloats(tensor: Tensor): Promise<Float32Array> {
  try {
    return (await readFloats(tensor)).slice();
  } finally {
    tensor.dispose();
  }
}
