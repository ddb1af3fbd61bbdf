// A file of its own, so that pages with a cache don't load it.
export { createMemoryStore } from '@org/asr-core';
