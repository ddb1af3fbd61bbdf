import { Option } from '@commander-js/extra-typings';
import type { Command, OptionValues } from '@commander-js/extra-typings';
import type { DatasetFormat, TextNormalizerName } from '@org/asr-node';
import { InvalidArgumentError } from 'commander';
import { realNumber, wholeNumber } from '../option-values.js';

const FORMATS = [
  'librispeech',
  'kaldi',
  'common-voice',
  'json',
  'text-files',
] as const satisfies readonly DatasetFormat[];

const NORMALIZERS = ['whisper', 'english', 'basic', 'none'] as const satisfies readonly TextNormalizerName[];

/** Options of the commands that count errors over sets of recordings. */
export function withEvaluationOptions<A extends unknown[], O extends OptionValues, G extends OptionValues>(
  command: Command<A, O, G>,
) {
  return command
    .addOption(
      new Option('--format <layout>', 'how the sets are laid out (default: found out)').choices(FORMATS),
    )
    .option('--language <code>', 'language of recordings that the set names none of')
    .option('--detect-language', 'let models detect languages that the set says')
    .addOption(
      new Option('--normalizer <name>', 'what makes texts comparable')
        .choices(NORMALIZERS)
        .default('whisper' as const),
    )
    .addOption(
      new Option('--sample <number>', 'take so many recordings, by chance').argParser(wholeNumber(1)),
    )
    .addOption(
      new Option('--noise <kinds>', 'also add noise: white, pink, babble, or audio files of noise').argParser(
        commaList,
      ),
    )
    .addOption(
      new Option('--snr <dB>', 'signal-to-noise ratios (default: 20,10,5,0)').argParser((text) =>
        commaList(text).map(realNumber(-100, 100)),
      ),
    )
    .addOption(
      new Option('--seed <number>', 'of noise, samples and intervals').argParser(wholeNumber(0)).default(0),
    )
    .addOption(
      new Option('--confidence <part>', 'of the intervals, between 0 and 1')
        .argParser(realNumber(0.5, 0.9999))
        .default(0.95),
    )
    .option(
      '-o, --output <folder>',
      'write report.html and report.json there, and go on where an earlier run stopped',
    )
    .option('--json', 'print JSON');
}

/** Values of {@link withEvaluationOptions}. */
export interface EvaluationFlags {
  readonly format?: DatasetFormat | undefined;
  readonly language?: string | undefined;
  readonly detectLanguage?: true | undefined;
  readonly normalizer: TextNormalizerName;
  readonly sample?: number | undefined;
  readonly noise?: readonly string[] | undefined;
  readonly snr?: readonly number[] | undefined;
  readonly seed: number;
  readonly confidence: number;
  readonly output?: string | undefined;
  readonly json?: true | undefined;
}

/** Reads values separated by commas. */
export function commaList(text: string): string[] {
  const items = text.split(',').map((item) => item.trim());
  if (items.includes('')) throw new InvalidArgumentError('Expected values separated by commas.');
  return items;
}
