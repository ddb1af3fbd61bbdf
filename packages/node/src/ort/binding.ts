import type { OrtBinding, TensorData } from '@org/asr-core';
import { releaseMemory } from './release-memory.js';
import { messageOf } from './runtime.js';
import type { OrtModule, OrtTensorValue } from './runtime.js';

/** onnxruntime-node's tensors for core's sessions. */
export function createBinding(ort: OrtModule): OrtBinding<OrtTensorValue> {
  return {
    liveTensors: 0,
    create: (type, data, dims) =>
      type === 'float16' ? halfFloats(ort, data, dims) : new ort.Tensor(type, data, dims),
    adopt: (output) =>
      output.type === 'float16' ? halfFloats(ort, output.data as TensorData, output.dims) : output,
    location: () => 'cpu',
    data: (value) => value.data as TensorData,
    read: (value) => value.getData() as Promise<TensorData>,
    // What has been read is the caller's, and its memory goes with the array.
    free: (value, isRead) => {
      if (!isRead) releaseMemory(value.data as TensorData);
    },
    enter: (job) => job(),
    messageOf,
  };
}

/**
 * Half floats as raw bits. Where `Float16Array` exists (Node 24), the constructor of ONNX Runtime's `Tensor` turns the
 * bits into one, which its native binding then takes for empty. A tensor of 16-bit integers under the right name
 * is what the binding reads.
 */
function halfFloats(ort: OrtModule, data: TensorData, dims: readonly number[]): OrtTensorValue {
  if (data.BYTES_PER_ELEMENT !== Uint16Array.BYTES_PER_ELEMENT) {
    throw new TypeError(
      `a float16 tensor holds its bits in a Uint16Array, not in a ${data.constructor.name}`,
    );
  }
  const bits = new Uint16Array(data.buffer, data.byteOffset, data.length);
  return Object.assign(new ort.Tensor('uint16', bits, [...dims]), { type: 'float16' as const });
}
