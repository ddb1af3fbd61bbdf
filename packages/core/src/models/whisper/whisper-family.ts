import type { ModelFiles } from '../../hub/model-files.js';
import { parseJsonObject } from '../../text/json-file.js';
import type { Detection, Family } from '../family.js';
import { detectWhisper } from './choose-files.js';

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

  replicable: true,

  load: async (context) => (await import('./load-whisper.js')).loadWhisper(context),
};
