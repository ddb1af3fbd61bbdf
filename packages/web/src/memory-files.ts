// A file of its own, so that pages with other sources don't load it.
export { memoryFiles } from '@org/asr-core';
