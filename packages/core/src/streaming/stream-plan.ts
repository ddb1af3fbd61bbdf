import { checkStreamOptionNames } from '../call-options.js';
import { OptionReader } from '../option-reader.js';
import { readChunkFormat } from './chunk-format.js';
import type { EndpointRules } from './endpointer.js';
import type { StreamOptions } from './stream-options.js';

/** Options of a stream that mean the same for all models, checked. */
export interface StreamPlan {
  readonly mode: 'dictation' | 'utterance';
  readonly partials: boolean;
  /** Undefined: utterances end with the audio and with `flush()`. */
  readonly endpoint: EndpointRules | undefined;
}

/**
 * Checks the names of all options of a stream, and the values of those that are not the model's.
 *
 * @throws TypeError, RangeError naming the option.
 */
export function planStream(options: StreamOptions): StreamPlan {
  checkStreamOptionNames(options);
  const { mode, partials, endpoint, format } = options;
  if (format !== undefined) readChunkFormat(format);
  const read = new OptionReader('options', { mode, partials });
  return {
    mode: read.choice('mode', ['dictation', 'utterance']),
    partials: read.boolean('partials', true),
    endpoint: endpoint === false ? undefined : planEndpoint(endpoint),
  };
}

function planEndpoint(endpoint: StreamOptions['endpoint']): EndpointRules {
  const read = new OptionReader('endpoint', endpoint ?? {});
  const rules = {
    silenceWithoutSpeech: read.number('silenceWithoutSpeech', 2.4, { above: 0 }),
    silenceAfterSpeech: read.number('silenceAfterSpeech', 0.5, { above: 0 }),
    maxLength: read.number('maxLength', 20, { above: 0 }),
  };
  read.finish();
  return rules;
}
