import { Option } from '@commander-js/extra-typings';
import type { Command, OptionValues } from '@commander-js/extra-typings';
import type { TranscribeOptions } from '@org/asr-node';
import { withSearchOptions, type SearchFlags, type SearchResources } from './search-options.js';

const TIMESTAMPS = ['none', 'segment', 'word'] as const;
const TASKS = ['transcribe', 'translate'] as const;
const CHANNELS = ['mix', 'separate'] as const;

/** Options of how a model listens: those of `stream` of the library. */
export function withListeningOptions<A extends unknown[], O extends OptionValues, G extends OptionValues>(
  command: Command<A, O, G>,
) {
  return withSearchOptions(withCommonOptions(command));
}

/** Options of how a model transcribes: those of `transcribe` of the library. */
export function withTranscribeOptions<A extends unknown[], O extends OptionValues, G extends OptionValues>(
  command: Command<A, O, G>,
) {
  const listening = withCommonOptions(command).addOption(
    new Option('--channels <mode>', 'average them, or each by itself (default: mix)').choices(CHANNELS),
  );
  return withSearchOptions(listening);
}

function withCommonOptions<A extends unknown[], O extends OptionValues, G extends OptionValues>(
  command: Command<A, O, G>,
) {
  return command
    .optionsGroup('Decoding:')
    .option('-l, --language <language>', 'code or English name, or auto')
    .addOption(new Option('--task <task>', 'translate is into English').choices(TASKS))
    .addOption(
      new Option('--timestamps <kind>', 'how fine times are (default: segment)').choices(TIMESTAMPS),
    );
}

/** Values of {@link withListeningOptions}. */
export interface ListeningFlags extends SearchFlags {
  readonly language?: string | undefined;
  readonly task?: (typeof TASKS)[number] | undefined;
  readonly timestamps?: (typeof TIMESTAMPS)[number] | undefined;
}

/** Values of {@link withTranscribeOptions}. */
export interface TranscribeFlags extends ListeningFlags {
  readonly channels?: (typeof CHANNELS)[number] | undefined;
}

/** The options for a model's `transcribe` that do not depend on its family. */
export function commonOptions(flags: TranscribeFlags, { vad }: SearchResources): TranscribeOptions {
  const { language, task, timestamps, channels, prompt, vadThreshold } = flags;
  return {
    ...(language !== undefined && { language }),
    ...(task !== undefined && { task }),
    ...(timestamps !== undefined && { timestamps }),
    ...(channels !== undefined && { channels }),
    ...(prompt !== undefined && { prompt }),
    ...(vad && { vad: vadThreshold === undefined ? vad : { model: vad, threshold: vadThreshold } }),
  };
}
