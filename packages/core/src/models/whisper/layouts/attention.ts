import { freeTensor } from '../../../inference/tensor.js';
import type { Tensor } from '../../../inference/tensor.js';

/** Cross-attention probabilities that one step gave out. */
export interface Attention {
  /** `1 × heads × tokens × frames` each, for a decoding of one row. */
  readonly tensors: readonly Tensor[];
  /** Which heads of each tensor are alignment heads; all when absent. */
  readonly heads: readonly (readonly number[])[] | undefined;
}

/** For steps without such outputs. */
export const NO_ATTENTION: Attention = { tensors: [], heads: undefined };

/** Frees the tensors and what was read of them. */
export function freeAttention(attention: Attention): void {
  for (const tensor of attention.tensors) freeTensor(tensor);
}
