import { isCtcModel } from '@org/asr-node';
import type {
  CtcBeamDecoding,
  FeatureName,
  ModelInspection,
  SpeechModel,
  TranscribeOptions,
  TransducerDecoding,
  WhisperDecoding,
} from '@org/asr-node';
import { UsageError } from './errors.js';
import { promptHotwords, weightedHotwords } from './hotwords.js';
import { readSearchFlags, type SearchFlags, type SearchResources } from './search-options.js';
import { commonOptions, type TranscribeFlags } from './transcribe-options.js';

/**
 * The options for a model's `transcribe`, with what its family calls them.
 *
 * @throws UsageError for flags that are another family's.
 */
export function transcribeOptionsFor(
  model: SpeechModel,
  flags: TranscribeFlags,
  resources: SearchResources,
): TranscribeOptions {
  const common = commonOptions(flags, resources);
  const asked =
    flags.beam !== undefined || resources.hotwords.length > 0 || resources.languageModels.length > 0;
  if (!asked && Object.keys(resources.decoding).length === 0) return common;
  if (isCtcModel(model)) return { ...common, decoding: ctcDecoding(flags, resources) };
  if (model.info.family === 'whisper') return { ...common, decoding: whisperDecoding(flags, resources) };
  if (model.info.family === 'transducer')
    return { ...common, decoding: transducerDecoding(flags, resources) };
  throw new UsageError(`--beam, --hotwords, --lm and --decoding are not for ${model.info.family} models`);
}

/** Options that a model has or has not, by what `inspectModel` calls it. */
const FEATURES = {
  lm: 'language model',
  hotwords: 'hotwords',
  hotwordsFile: 'hotwords',
  prompt: 'prompt',
} as const satisfies Partial<Record<keyof SearchFlags, FeatureName>>;

/**
 * Says before anything is loaded which options a model can't honour. What only loading shows is left to that.
 *
 * @param cwd Folder that paths start at.
 * @throws UsageError
 */
export async function checkSearch(
  flags: SearchFlags,
  inspect: () => Promise<ModelInspection>,
  cwd: string,
): Promise<void> {
  const { hotwords } = await readSearchFlags(flags, cwd);
  // A model that isn't there says so when it is loaded.
  const found = await inspect().catch(() => undefined);
  if (!found) return;
  for (const [flag, name] of Object.entries(FEATURES) as [keyof typeof FEATURES, FeatureName][]) {
    const feature = found.features.find((one) => one.name === name);
    if (flags[flag] === undefined || feature?.supported !== false) continue;
    const option = flag === 'hotwordsFile' ? 'hotwords-file' : flag;
    throw new UsageError(`--${option} is not for ${found.family} models: ${feature.reason}`);
  }
  if (found.family === 'whisper') promptHotwords(hotwords);
}

function whisperDecoding(
  { beam }: SearchFlags,
  { hotwords, languageModels, decoding }: SearchResources,
): WhisperDecoding {
  if (languageModels.length > 0)
    throw new UsageError('--lm is for CTC models; Whisper has a language model of its own');
  return {
    type: 'whisper',
    ...(beam !== undefined && { beamSize: beam }),
    ...(hotwords.length > 0 && { hotwords: promptHotwords(hotwords) }),
    ...decoding,
  };
}

function ctcDecoding(
  { beam, alpha, beta }: SearchFlags,
  { hotwords, languageModels, decoding }: SearchResources,
): CtcBeamDecoding {
  return {
    type: 'ctc-beam',
    ...(beam !== undefined && { beamWidth: beam }),
    ...(hotwords.length > 0 && { hotwords: weightedHotwords(hotwords) }),
    ...(languageModels.length > 0 && { languageModel: languageModels }),
    ...(alpha !== undefined && { alpha }),
    ...(beta !== undefined && { beta }),
    ...decoding,
  };
}

function transducerDecoding(
  { beam }: SearchFlags,
  { hotwords, languageModels, decoding }: SearchResources,
): TransducerDecoding {
  if (hotwords.length > 0 || languageModels.length > 0)
    throw new UsageError('--hotwords and --lm are for CTC models; the search of a transducer has none');
  // JSON may name another type.
  return (
    beam === undefined
      ? { type: 'transducer-greedy', ...decoding }
      : { type: 'transducer-beam', beamWidth: beam, ...decoding }
  ) satisfies TransducerDecoding;
}
