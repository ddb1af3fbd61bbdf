import { createTensor } from '../../../inference/tensor.js';
import type { Tensor } from '../../../inference/tensor.js';

/** Element types of keys, values, hidden states and logits. */
export type FloatType = 'float32' | 'float16';
export type FloatData = Float32Array | Uint16Array;

/** A plain tensor of a float type. */
export function floatTensor(type: FloatType, data: FloatData, dims: readonly number[]): Tensor {
  return type === 'float32'
    ? createTensor('float32', data as Float32Array, dims)
    : createTensor('float16', data as Uint16Array, dims);
}

/** An array of a float type. */
export function floatArray(type: FloatType, length: number): FloatData {
  return type === 'float32' ? new Float32Array(length) : new Uint16Array(length);
}

/** Whether `parents` leaves `rows` rows as they are. */
export function isIdentity(parents: readonly number[], rows: number): boolean {
  return parents.length === rows && parents.every((parent, row) => parent === row);
}

/** The parents that make `rows` copies of row 0. */
export function copiesOfFirst(rows: number): number[] {
  return Array.from({ length: rows }, () => 0);
}
