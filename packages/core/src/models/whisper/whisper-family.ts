import type { ModelFiles } from '../../hub/model-files.js';
import type { InferenceSession, ProviderFallback } from '../../inference/backend.js';
import type { SpeechModel } from '../../speech-model.js';
import { parseJsonObject } from '../../text/json-file.js';
import type { Detection, Family, FamilyContext } from '../family.js';
import { detectWhisper } from './choose-files.js';
import { loadWhisperTokenizer } from './load-tokenizer.js';
import { openWhisperGraphs } from './open-graphs.js';
import { WhisperModel } from './whisper-model.js';

/** What the graphs passed over: as a rule the same for all of them, and then said once. */
function joinFallbacks(sessions: readonly InferenceSession[]): readonly ProviderFallback[] {
  const all = sessions.flatMap((session) => session.fallbacks);
  const isSame = (a: ProviderFallback, b: ProviderFallback): boolean =>
    a.provider === b.provider && a.reason === b.reason;
  return all.filter((one, i) => all.findIndex((other) => isSame(one, other)) === i);
}

/** openai/whisper and everything fine-tuned or distilled from it, in any of the known ONNX layouts. */
export const whisperFamily: Family = {
  name: 'whisper',

  async detect(files: ModelFiles, signal?: AbortSignal): Promise<Detection> {
    const names = await files.list(signal);
    const config = names.includes('config.json')
      ? parseJsonObject(await (await files.open('config.json', signal)).bytes(signal), 'config.json')
      : undefined;
    return detectWhisper(names, config);
  },

  inspect: async (context) => (await import('./inspect.js')).inspectWhisper(context),

  async load({ files, backend, release, platform, options }: FamilyContext): Promise<SpeechModel> {
    const { quantization, signal } = options;
    const common = signal ? { signal } : {};
    const graphs = await openWhisperGraphs(files, backend, {
      ...common,
      ...(quantization !== undefined && { quantization }),
    });
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
      backend: backend.name,
      provider: encoder!.provider,
      fallbacks: joinFallbacks([encoder!, ...decoders]),
      languages: tokenizer.special.multilingual ? [...tokenizer.special.languages.keys()] : ['en'],
    };
    return new WhisperModel({ info, graphs, tokenizer, audio: platform, release });
  },
};
