import type { InferenceBackend } from '../../inference/backend.js';
import type { SpeechModel } from '../../speech-model.js';
import type { FamilyContext } from '../family.js';
import { runtimeInfo } from '../runtime-info.js';
import { loadWhisperTokenizer } from './load-tokenizer.js';
import { openWhisperGraphs, type OpenedWhisperGraphs } from './open-graphs.js';
import { WhisperModel } from './whisper-model.js';

/** Opens the graphs, as many copies as there are backends, and the tokenizer and puts the model together. */
export async function loadWhisper({
  files,
  backend,
  moreBackends,
  release,
  platform,
  options,
}: FamilyContext): Promise<SpeechModel> {
  const { quantization, signal } = options;
  const common = signal ? { signal } : {};
  const open = (on: InferenceBackend): Promise<OpenedWhisperGraphs> =>
    openWhisperGraphs(files, on, { ...common, ...(quantization !== undefined && { quantization }) });
  const [graphs, ...copies] = await Promise.all([open(backend), ...moreBackends.map(open)]);
  const tokenizer = await loadWhisperTokenizer(files, {
    ...common,
    modelVocabularySize: graphs.vocabularySize,
  });
  const [encoder, ...decoders] = graphs.sessions;
  const { encoder: encoderFile, decoder, decoderWithPast } = graphs.files;
  const info = {
    family: 'whisper',
    layout: graphs.layout,
    origin: files.origin,
    files: [encoderFile, decoder, ...(decoderWithPast === undefined ? [] : [decoderWithPast])],
    detection: graphs.files.reason,
    ...runtimeInfo(backend, [encoder!, ...decoders]),
    languages: tokenizer.special.multilingual ? [...tokenizer.special.languages.keys()] : ['en'],
  };
  const all =
    copies.length === 0
      ? graphs
      : new (await import('./replicated-graphs.js')).ReplicatedGraphs([graphs, ...copies]);
  return new WhisperModel({ info, graphs: all, tokenizer, audio: platform, release });
}
