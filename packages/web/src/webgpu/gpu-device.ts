import { messageOf } from '../ort/messages.js';

/** The parts of WebGPU's objects that are used here; TypeScript's DOM library doesn't have them yet. */
export interface GpuDevice {
  /** Resolves when the device can't be used any more. */
  readonly lost: Promise<{ readonly reason?: string; readonly message: string }>;
  destroy(): void;
}

interface GpuAdapter {
  readonly features: ReadonlySet<string>;
  readonly limits: Readonly<Record<string, number>>;
  readonly info?: { readonly vendor?: string; readonly architecture?: string; readonly description?: string };
  requestDevice(descriptor: object): Promise<GpuDevice>;
}

interface Gpu {
  requestAdapter(options?: object): Promise<GpuAdapter | null>;
}

/** A device that works, and what it is. */
export interface OpenDevice {
  readonly device: GpuDevice;
  /** `intel gen-12lp`, as far as the browser says. */
  readonly adapter: string;
  /** Why the device was lost; undefined as long as it works. */
  readonly loss: () => string | undefined;
}

/** Features that ONNX Runtime's kernels use where they are there. */
const FEATURES = ['shader-f16', 'subgroups', 'timestamp-query'];
/** Limits that models exceed by default; the adapter's own are asked for. */
const LIMITS = [
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxComputeWorkgroupStorageSize',
  'maxComputeInvocationsPerWorkgroup',
  'maxComputeWorkgroupSizeX',
  'maxComputeWorkgroupSizeY',
  'maxComputeWorkgroupSizeZ',
  'maxStorageBuffersPerShaderStage',
];

/** @throws Error that says why there is no device. */
export async function openDevice(): Promise<OpenDevice> {
  const { gpu } = globalThis.navigator as { readonly gpu?: Gpu };
  if (!gpu) throw new Error('this browser has no WebGPU, or the page is not secure (https: or localhost)');
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter) throw new Error('WebGPU found no adapter: no usable GPU, or it is blocked');
  const { vendor, architecture, description } = adapter.info ?? {};
  let device: GpuDevice;
  try {
    device = await adapter.requestDevice({
      requiredFeatures: FEATURES.filter((feature) => adapter.features.has(feature)),
      requiredLimits: Object.fromEntries(
        LIMITS.flatMap((name) => {
          const value = adapter.limits[name];
          return value === undefined ? [] : [[name, value]];
        }),
      ),
    });
  } catch (cause) {
    throw new Error(`the WebGPU adapter gives no device: ${messageOf(cause)}`, { cause });
  }
  let loss: string | undefined;
  void device.lost.then(({ reason = 'unknown', message }) => {
    loss = `the GPU device was lost (${[reason, message].filter(Boolean).join(': ')})`;
  });
  const name = [vendor, architecture, description].filter(Boolean).join(' ') || 'unnamed adapter';
  return { device, adapter: name, loss: () => loss };
}
