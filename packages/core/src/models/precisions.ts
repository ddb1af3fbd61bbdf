import type { Quantization } from '../speech-model.js';

/**
 * Precisions in the order in which they are taken. int8 is the smallest that keeps accuracy and is fast everywhere; half floats
 * and 4 bits come last because CPUs run them slowly.
 */
export const PRECISIONS: readonly Quantization[] = ['int8', 'uint8', 'fp32', 'fp16', 'q4', 'q4f16', 'bnb4'];
