import { createWebGpuPlatform } from '@org/asr-web/webgpu';
import { serve } from '@org/asr-web/worker';

serve(createWebGpuPlatform());
