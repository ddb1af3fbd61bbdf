import { AsrError } from '@org/asr-core';
import type { ModelFile, OrtBinding, SessionOptions } from '@org/asr-core';
import { createBinding } from '../ort/binding.js';
import { createSession, createSessionNow, readGraph } from '../ort/create-session.js';
import type { GraphBytes } from '../ort/create-session.js';
import { messageOf } from '../ort/messages.js';
import { sessionError } from '../ort/model-error.js';
import type { OpenedGraph, WebProvider } from '../ort/ort-backend.js';
import type { OrtInferenceSession, OrtSessionOptions, OrtTensorValue, WebRuntime } from '../ort/runtime.js';
import { openDevice } from './gpu-device.js';
import type { OpenDevice } from './gpu-device.js';
import { GpuSession } from './gpu-session.js';
import { LossGuard } from './loss-guard.js';

/** What runs on one device: after a loss there is another. */
interface OpenGpu extends OpenDevice {
  readonly runtime: WebRuntime;
  readonly binding: OrtBinding<OrtTensorValue>;
  readonly guard: LossGuard;
}

/** `webgpu`: the GPU, with ONNX Runtime's WebGPU build. Whatever keeps it from working is a reason to pass it over. */
export class WebGpuProvider implements WebProvider {
  readonly #load: () => Promise<WebRuntime>;
  readonly #bindings: OrtBinding<OrtTensorValue>[] = [];
  #opening: Promise<OpenGpu> | undefined;

  constructor(load: () => Promise<WebRuntime>) {
    this.#load = load;
  }

  get liveTensors(): number {
    return this.#bindings.reduce((sum, { liveTensors }) => sum + liveTensors, 0);
  }

  async open(model: ModelFile, bytes: GraphBytes, options: SessionOptions): Promise<OpenedGraph> {
    const { runtime, device, binding, guard, loss } = await this.#gpu();
    const settings: OrtSessionOptions = {
      // The type of `device` is WebGPU's, which TypeScript's DOM library lacks.
      executionProviders: [{ name: 'webgpu', device } as { name: 'webgpu' }],
      preferredOutputLocation: Object.fromEntries(
        (options.deviceOutputs ?? []).map((name) => [name, 'gpu-buffer' as const]),
      ),
    };
    try {
      const session = await createSession(runtime, bytes, options, settings);
      const reopen = async (): Promise<OrtInferenceSession> =>
        createSessionNow(runtime, await readGraph(model, options), options, settings);
      return { session: new GpuSession(session, guard, reopen), binding };
    } catch (cause) {
      const error = sessionError(model.name, cause, bytes.graph);
      if (error.code === 'MODEL_INVALID') throw error;
      throw new Error(loss() ?? messageOf(cause), { cause });
    }
  }

  /** The device, opened on first use and again after it was lost. */
  async #gpu(): Promise<OpenGpu> {
    const present = await this.#opening?.catch(() => undefined);
    if (present && present.loss() === undefined) return present;
    this.#opening = this.#open();
    return this.#opening;
  }

  async #open(): Promise<OpenGpu> {
    const opened = await openDevice();
    let runtime: WebRuntime;
    try {
      runtime = await this.#load();
    } catch (cause) {
      if (AsrError.isInstance(cause) && cause.code !== 'BACKEND_UNAVAILABLE') throw cause;
      throw new Error(messageOf(cause), { cause });
    }
    const guard = new LossGuard(opened);
    const binding = guardBinding(createBinding(runtime), guard);
    this.#bindings.push(binding);
    return { ...opened, runtime, binding, guard };
  }
}

function guardBinding(binding: OrtBinding<OrtTensorValue>, guard: LossGuard): OrtBinding<OrtTensorValue> {
  const read = binding.read.bind(binding);
  binding.read = (value) => guard.run(() => read(value));
  return binding;
}
