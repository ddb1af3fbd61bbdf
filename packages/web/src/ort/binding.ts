import type { OrtBinding, TensorData } from '@org/asr-core';
import { messageOf } from './messages.js';
import type { OrtTensorValue, WebRuntime } from './runtime.js';

/** onnxruntime-web's tensors for core's sessions. Everything that enters the wasm instance goes through its queue. */
export function createBinding({ ort, queue }: WebRuntime): OrtBinding<OrtTensorValue> {
  return {
    liveTensors: 0,
    create: (type, data, dims) => new ort.Tensor(type, data, dims),
    adopt: (output) => output,
    // Outputs are copied out of the wasm's memory, unless they were asked to stay on the GPU.
    location: (value) => (value.location === 'gpu-buffer' ? 'device' : 'cpu'),
    data: (value) => rawBits(value.data as TensorData),
    read: async (value) => rawBits((await value.getData()) as TensorData),
    free(value) {
      // The memory of others is the array's.
      if (value.location === 'gpu-buffer') void queue.add(async () => value.dispose());
    },
    enter: (job) => queue.add(job),
    messageOf,
  };
}

/** Browsers with `Float16Array` get half floats as one from ONNX Runtime; the contract is raw bits. */
function rawBits(data: TensorData): TensorData {
  return data.constructor.name === 'Float16Array'
    ? new Uint16Array(data.buffer, data.byteOffset, data.length)
    : data;
}
