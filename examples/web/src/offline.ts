import { element } from './elements.js';

/** Registers the service worker and says when the page can do without a network. */
export async function workOffline(): Promise<void> {
  if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return;
  await navigator.serviceWorker.register('./service-worker.js');
  await navigator.serviceWorker.ready;
  element('offline').hidden = false;
}
