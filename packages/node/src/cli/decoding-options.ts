import { isCtcModel } from '@org/asr-node';
import type { CtcBeamDecoding, SpeechModel, TranscribeOptions, WhisperDecoding } from '@org/asr-node';
import { UsageError } from './errors.js';
import { promptHotwords, weightedHotwords } from './hotwords.js';
import { commonOptions, type TranscribeFlags, type TranscribeResources } from './transcribe-options.js';

/**
 * The options for a model's `transcribe`, with what its family calls them.
 *
 * @throws UsageError for flags that are another family's.
 */
export function transcribeOptionsFor(
  model: SpeechModel,
  flags: TranscribeFlags,
  resources: TranscribeResources,
): TranscribeOptions {
  const common = commonOptions(flags, resources);
  const asked =
    flags.beam !== undefined || resources.hotwords.length > 0 || resources.languageModels.length > 0;
  if (!asked && Object.keys(resources.decoding).length === 0) return common;
  if (isCtcModel(model)) return { ...common, decoding: ctcDecoding(flags, resources) };
  if (model.info.family === 'whisper') return { ...common, decoding: whisperDecoding(flags, resources) };
  throw new UsageError(`--beam, --hotwords, --lm and --decoding are not for ${model.info.family} models`);
}

function whisperDecoding(
  { beam }: TranscribeFlags,
  { hotwords, languageModels, decoding }: TranscribeResources,
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
  { beam, alpha, beta }: TranscribeFlags,
  { hotwords, languageModels, decoding }: TranscribeResources,
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
