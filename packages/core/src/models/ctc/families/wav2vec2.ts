import type { ModelFiles } from '../../../hub/model-files.js';
import { type JsonObject } from '../../../text/json-file.js';
import type { Detection, Family } from '../../family.js';
import { findSingleGraph } from '../../graph-files.js';
import { doesNotMatch, matches, readJson } from './read-files.js';
import { planFamily } from './plan-family.js';

/** `model_type`s of Hugging Face that take a waveform `input_values` and give CTC `logits`. */
const MODEL_TYPES: readonly unknown[] = [
  'wav2vec2',
  'wav2vec2-conformer',
  'hubert',
  'wavlm',
  'data2vec-audio',
  'unispeech',
  'unispeech-sat',
  'sew',
  'sew-d',
];

/**
 * wav2vec 2.0, HuBERT, WavLM, data2vec and MMS in the layout of Hugging Face: `config.json`, `vocab.json` (or
 * `tokenizer.json`), `preprocessor_config.json`, `model*.onnx` at the top or in `onnx/`.
 */
export const wav2vec2Family: Family = /* @__PURE__ */ planFamily({
  name: 'wav2vec2',

  async detect(files: ModelFiles, signal?: AbortSignal): Promise<Detection> {
    const names = await files.list(signal);
    const config = await readJson(files, names, 'config.json', signal);
    if (!config) return doesNotMatch('there is no config.json');
    const type = config['model_type'];
    if (!MODEL_TYPES.includes(type)) {
      return doesNotMatch(
        `config.json has model_type ${JSON.stringify(type)}, expected one of ${MODEL_TYPES.join(', ')}`,
      );
    }
    const head = architecture(config);
    if (head !== undefined && !head.endsWith('ForCTC')) {
      return doesNotMatch(
        `config.json has model_type "${String(type)}" but the architecture ${head}, which has no CTC head`,
      );
    }
    const found = findSingleGraph(names, 'model');
    if (found.graph === undefined) {
      return doesNotMatch(`config.json has model_type "${String(type)}" but ${found.reason}`);
    }
    if (!names.includes('vocab.json') && !names.includes('tokenizer.json')) {
      return doesNotMatch(
        `config.json has model_type "${String(type)}" but there is no vocab.json or tokenizer.json`,
      );
    }
    return matches(`config.json has model_type "${String(type)}"`);
  },

  plan: async (context) => (await import('./wav2vec2-plan.js')).planWav2vec2(context),
});

function architecture(config: JsonObject): string | undefined {
  const list = config['architectures'];
  const first: unknown = Array.isArray(list) ? list[0] : undefined;
  return typeof first === 'string' ? first : undefined;
}
