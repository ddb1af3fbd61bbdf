/** A DeepSpeech 2 whose export gives logits, where deepspeech.pytorch's give probabilities: it is described, not detected. */
import { deepSpeech2PytorchPreset, loadModel, type CtcModelConfig, type SpeechModel } from '@org/asr-node';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** @param labels The model's `labels.json`: a list whose first entry, `_`, is the blank. */
export function describeDeepSpeech2(labels: readonly string[]): CtcModelConfig {
  return {
    frontEnd: deepSpeech2PytorchPreset(),
    input: {
      name: 'spectrogram',
      shape: [1, 1, 'bins', 'rows'],
      lengths: { name: 'lengths', unit: 'rows' },
      minimumSeconds: 0.2,
    },
    // Two frames of 10 ms become one of the output.
    output: { name: 'logits', kind: 'logits', stride: 2 },
    vocabulary: { labels, blank: 0 },
    execution: { type: 'whole' },
  };
}

/** Loads a folder that holds one graph and `labels.json`. */
export async function loadDeepSpeech2(folder: string): Promise<SpeechModel> {
  const labels = JSON.parse(await readFile(join(folder, 'labels.json'), 'utf8')) as string[];
  return loadModel({ path: folder }, { ctc: describeDeepSpeech2(labels) });
}
