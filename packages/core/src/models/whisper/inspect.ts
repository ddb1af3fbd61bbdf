import type { JsonObject } from '../../text/json-file.js';
import type { WhisperTokenizer } from '../../text/whisper-tokenizer.js';
import { parseJsonObject } from '../../text/json-file.js';
import type { FamilyInspection, InspectContext, ModelFeature } from '../inspection.js';
import type { OnnxMetadata } from '../onnx-metadata.js';
import { chooseWhisperFiles } from './choose-files.js';
import type { WhisperFileChoice } from './choose-files.js';
import { WhisperConfig } from './config.js';
import { loadWhisperTokenizer } from './load-tokenizer.js';
import { readStatedPrecision } from './stated-precision.js';

/** Says what a Whisper model is, from its small files and from the decoder's graph where that may be read. */
export async function inspectWhisper({
  files,
  options,
  readGraph,
}: InspectContext): Promise<FamilyInspection> {
  const { quantization, signal } = options;
  const names = await files.list(signal);
  const readJson = async (name: string): Promise<JsonObject | undefined> =>
    names.includes(name)
      ? parseJsonObject(await (await files.open(name, signal)).bytes(signal), name)
      : undefined;
  const json = await readJson('config.json');
  const config = new WhisperConfig(json, await readJson('generation_config.json'));
  const choice = chooseWhisperFiles(
    names,
    json,
    quantization,
    await readStatedPrecision(files, names, signal),
  );
  const decoder = await readGraph(choice.decoder);
  const size =
    config.size('vocab_size') ?? logitsWidth(decoder) ?? statedVocabulary(await readGraph(choice.encoder));
  const tokenizer =
    choice.layout === 'sherpa' && size === undefined
      ? undefined
      : await loadWhisperTokenizer(files, {
          ...(size !== undefined && { modelVocabularySize: size }),
          ...(signal && { signal }),
        });
  const bins = config.size('num_mel_bins');
  return {
    layout: choice.layout,
    detection: choice.reason,
    ...(choice.quantization !== undefined && { quantization: choice.quantization }),
    graphs: [choice.encoder, choice.decoder, choice.decoderWithPast].filter((name) => name !== undefined),
    externalData: Object.values(choice.externalData).flat(),
    frontEnd: `log-mel spectrogram${bins === undefined ? '' : `, ${bins} bins`}, windows of 30 s`,
    sampleRate: 16_000,
    ...(tokenizer && {
      vocabulary: { kind: 'byte-level BPE', size: tokenizer.vocabularySize },
      languages: tokenizer.special.multilingual ? [...tokenizer.special.languages.keys()] : ['en'],
    }),
    features: featuresOf(choice, config, decoder, tokenizer),
  };
}

function logitsWidth(decoder: OnnxMetadata | undefined): number | undefined {
  const width = decoder?.outputs.find(({ name }) => name === 'logits')?.dims?.at(-1);
  return typeof width === 'number' ? width : undefined;
}

/** sherpa-onnx's exporter writes the sizes of the model into the encoder. */
function statedVocabulary(encoder: OnnxMetadata | undefined): number | undefined {
  const size = Number(encoder?.properties.get('n_vocab'));
  return Number.isInteger(size) && size > 0 ? size : undefined;
}

function featuresOf(
  choice: WhisperFileChoice,
  config: WhisperConfig,
  decoder: OnnxMetadata | undefined,
  tokenizer: WhisperTokenizer | undefined,
): readonly ModelFeature[] {
  const needsLanguages = (): Omit<ModelFeature, 'name'> => {
    if (!tokenizer)
      return { supported: 'unknown', reason: `${choice.decoder} tells, and is not fetched yet` };
    return tokenizer.special.multilingual
      ? { supported: true, reason: 'the vocabulary has language and task tokens' }
      : { supported: false, reason: 'the model is English-only' };
  };
  return [
    { name: 'segment timestamps', supported: true, reason: 'Whisper decodes them' },
    { name: 'word timestamps', ...wordTimestamps(choice, config, decoder) },
    { name: 'language detection', ...needsLanguages() },
    { name: 'translation', ...needsLanguages() },
    { name: 'streaming', supported: true, reason: 'speech under way is read again as it grows' },
    { name: 'prompt', supported: true, reason: 'Whisper takes text that precedes the audio' },
    { name: 'hotwords', supported: true, reason: 'in the prompt, without weights' },
    { name: 'language model', supported: false, reason: 'Whisper brings its own; use prompt or hotwords' },
    { name: 'text alignment', supported: false, reason: 'only CTC models are aligned with a given text' },
  ];
}

/** The same conditions as the layouts have when they open the graphs. */
function wordTimestamps(
  { layout, decoder: file }: WhisperFileChoice,
  config: WhisperConfig,
  decoder: OnnxMetadata | undefined,
): Omit<ModelFeature, 'name'> {
  if (!decoder) return { supported: 'unknown', reason: `${file} tells, and is not fetched yet` };
  const has = (output: string): boolean => decoder.outputs.some(({ name }) => name === output);
  if (layout === 'fast' || layout === 'sherpa') {
    const output = layout === 'fast' ? 'alignment' : 'cross_attention_weights';
    return has(output)
      ? { supported: true, reason: `${file} gives ${output}` }
      : { supported: false, reason: `${file} has no output "${output}"` };
  }
  if (!has('cross_attentions.0')) {
    return {
      supported: false,
      reason: `${file} has no "cross_attentions" outputs: use an export with attentions`,
    };
  }
  return config.alignmentHeads?.length
    ? {
        supported: true,
        reason: `${file} gives cross_attentions, generation_config.json has alignment_heads`,
      }
    : { supported: false, reason: 'generation_config.json has no alignment_heads' };
}
