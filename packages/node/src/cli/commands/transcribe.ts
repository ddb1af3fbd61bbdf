import { Option } from '@commander-js/extra-typings';
import type { Command, OptionValues } from '@commander-js/extra-typings';
import type { CliContext } from '../context.js';
import { withExamples } from '../examples.js';
import { modelOption, withModelOptions } from '../model-options.js';
import { listOf, wholeNumber } from '../option-values.js';
import { withTranscribeOptions } from '../transcribe-options.js';
import { FORMATS } from '../transcribe/formats.js';
import { runTranscribe } from '../transcribe/run-transcribe.js';

/** `asr transcribe`: recordings to text. */
export function registerTranscribe(program: Command, context: CliContext): void {
  const command = program
    .command('transcribe')
    .description('Write down what is said in recordings.')
    .argument('<inputs...>', 'files, folders, patterns, addresses; - reads stdin')
    .addOption(modelOption())
    .addOption(
      new Option(
        '-f, --format <formats>',
        `${FORMATS.join(', ')}; several, separated by commas, with --output-dir`,
      )
        .argParser(listOf(FORMATS))
        .default(['txt'] as const, 'txt'),
    )
    .option('-o, --output-dir <folder>', 'write files there; what is done is not done again')
    .option('--keep-extension', 'name files talk.mp3.srt instead of talk.srt')
    .option('--force', 'do everything again, and overwrite files that were edited since')
    .addOption(
      new Option('--workers <number>', 'recordings at a time (default: one per core, up to 4)').argParser(
        wholeNumber(1, 64),
      ),
    );
  withSubtitleOptions(withModelOptions(withTranscribeOptions(command))).action((inputs, flags) =>
    runTranscribe(inputs, flags, context),
  );
  withExamples(command, [
    ['asr transcribe talk.mp3', 'text to the terminal'],
    ['asr transcribe talk.mp3 --format srt --timestamps word --max-line-width 42 > talk.srt', 'subtitles'],
    ['asr transcribe recordings --output-dir texts --format txt,json', 'a folder, and all below it'],
    ['asr transcribe call.wav --model onnx-community/whisper-base --language de', 'a model of the hub'],
    ['ffmpeg -i film.mkv -f wav - | asr transcribe - --vad', 'what another program writes'],
  ]);
}

function withSubtitleOptions<A extends unknown[], O extends OptionValues, G extends OptionValues>(
  command: Command<A, O, G>,
) {
  const limit = <const F extends string>(flags: F, what: string) =>
    new Option(flags, what).argParser(wholeNumber(1));
  return command
    .optionsGroup('Subtitles (need --timestamps word):')
    .addOption(limit('--max-line-width <number>', 'characters in a line of subtitles'))
    .addOption(limit('--max-line-count <number>', 'lines in a subtitle'))
    .addOption(limit('--max-words-per-line <number>', 'words in a subtitle'))
    .option('--highlight-words', 'underline words as they are said');
}
