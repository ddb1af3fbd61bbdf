import type { PackagedModel } from '@org/asr-core';

const fixture = (name: string): URL => new URL(`../fixtures/digits-nemo-ctc/${name}`, import.meta.url);

/** A small model, for what needs many transcriptions or runs on a GPU that a CPU computes. */
export const digits: PackagedModel = {
  name: 'digits',
  urls: Object.fromEntries(['model.onnx', 'tokens.txt', 'config.json'].map((name) => [name, fixture(name)])),
};

export const DIGITS_CLIP = fixture('clip5_theo.wav');
/** As NeMo itself reads the clip (golden.json). */
export const DIGITS_TEXT = 'seven eight six six three one four';
