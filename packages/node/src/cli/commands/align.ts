import { Option } from '@commander-js/extra-typings';
import type { Command } from '@commander-js/extra-typings';
import { ALIGN_FORMATS } from '../align/formats.js';
import { runAlign } from '../align/run-align.js';
import type { CliContext } from '../context.js';
import { withExamples } from '../examples.js';
import { withModelOptions } from '../model-options.js';

/** `asr align`: when the words of a known text are said. */
export function registerAlign(program: Command, context: CliContext): void {
  const command = program
    .command('align')
    .description('Find when each word of a known text is said, with a CTC model.')
    .argument('<recording>', 'file, address, or - for stdin')
    .addOption(
      new Option('-m, --model <model>', 'CTC model: hub id, folder, address or npm package')
        .env('ASR_MODEL')
        .makeOptionMandatory(),
    )
    .addOption(new Option('-t, --text <text>', 'what is said').conflicts('textFile'))
    .option('--text-file <file>', 'a file with what is said; its lines are subtitles')
    .addOption(
      new Option('-f, --format <format>', 'how to write it').choices(ALIGN_FORMATS).default('tsv' as const),
    )
    .option('-o, --output <file>', 'write there instead of stdout');
  withModelOptions(command).action((recording, flags) => runAlign(recording, flags, context));
  withExamples(command, [
    ['asr align talk.wav --model ./english-ctc --text "hello world"', 'a table of words and times'],
    [
      'asr align talk.wav --model ./english-ctc --text-file talk.txt --format srt --output talk.srt',
      'a script as subtitles, one per line',
    ],
    [
      'asr align talk.wav --model ./english-ctc --text-file talk.txt --format textgrid --output talk.TextGrid',
      'for Praat, down to characters',
    ],
  ]);
}
