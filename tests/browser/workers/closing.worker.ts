import { serve } from '@org/asr-web/worker';

serve();
// As a worker that crashes: nobody is told.
globalThis.addEventListener('message', ({ data }) => {
  if ((data as { readonly close?: boolean }).close === true) globalThis.close();
});
