import { serve } from '@org/asr-web/worker';

/** The worker of a browser without WebCodecs. */
Reflect.deleteProperty(globalThis, 'AudioDecoder');
serve();
