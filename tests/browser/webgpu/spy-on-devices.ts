import { vi } from 'vitest';

/** What a page sees of its GPU, as far as tests replace it. */
interface FakeableGpu {
  requestAdapter(): Promise<{ requestDevice(descriptor: object): Promise<GpuDevice> } | null>;
}

/** A device that a test can lose. */
export interface GpuDevice {
  destroy(): void;
}

export const { gpu } = navigator as unknown as { readonly gpu: FakeableGpu };

/** The devices that the page gets from here on, in order; until mocks are restored. */
export function spyOnDevices(): readonly GpuDevice[] {
  const devices: GpuDevice[] = [];
  const request = gpu.requestAdapter.bind(gpu);
  vi.spyOn(gpu, 'requestAdapter').mockImplementation(async () => {
    const adapter = (await request())!;
    const open = adapter.requestDevice.bind(adapter);
    adapter.requestDevice = async (descriptor) => {
      const device = await open(descriptor);
      devices.push(device);
      return device;
    };
    return adapter;
  });
  return devices;
}
