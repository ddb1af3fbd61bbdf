import { AsrError } from '../../../errors.js';
import type { Attention } from './attention.js';
import { readFloats } from './read-floats.js';

/**
 * The alignment heads of a decoding of one row over successive steps: `heads × tokens × frames`. Of a single step that gave them in one
 * tensor, these are the tensor's own elements.
 */
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
  const [only] = steps;
  if (steps.length === 1 && only!.heads === undefined && only!.tensors.length === 1) {
    return { data: await readFloats(only!.tensors[0]!), heads, tokens: parts[0]!.tokens, frames };
  }
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
