import { Option } from '@commander-js/extra-typings';
import type { Command } from '@commander-js/extra-typings';
import type { CliContext } from '../context.js';
import { withExamples } from '../examples.js';
import { runListen } from '../listen/run-listen.js';
import { modelOption, withModelOptions } from '../model-options.js';
import { realNumber } from '../option-values.js';
import { withListeningOptions } from '../transcribe-options.js';

/** `asr listen`: text while somebody speaks. */
export function registerListen(program: Command, context: CliContext): void {
  const seconds = <const F extends string>(flags: F, what: string) =>
    new Option(flags, what).argParser(realNumber(0));
  const command = program
    .command('listen')
    .description(
      'Write down what is said while it is said, into the microphone or in a recording that is played.',
    )
    .addOption(modelOption())
    .option('--device <name>', 'input, as arecord, rec or ffmpeg calls it (default: the usual one)')
    .option('--file <recording>', 'play this instead: a file, an address, or - for stdin')
    .addOption(
      new Option('--pace <pace>', 'how --file is played (default: realtime)').choices(['realtime', 'fast']),
    )
    .option('--no-partials', 'no text that may still change; models that do not stream work less')
    .option('--json', 'print every event, a JSON object a line')
    .optionsGroup('When an utterance ends:')
    .addOption(
      new Option('--mode <mode>', 'utterance: stop after the first (default: dictation)').choices([
        'dictation',
        'utterance',
      ]),
    )
    .addOption(
      seconds(
        '--silence-after-speech <seconds>',
        'silence after speech (default: 0.5; 1.2 for streaming CTC)',
      ),
    )
    .addOption(seconds('--silence-without-speech <seconds>', 'silence with nothing said (default: 2.4)'))
    .addOption(seconds('--max-length <seconds>', 'longest utterance (default: 20)'))
    .option('--no-endpoint', 'with the audio only');
  withModelOptions(withListeningOptions(command)).action((flags) => runListen(flags, context));
  withExamples(command, [
    ['asr listen', 'the microphone, until Ctrl+C'],
    ['asr listen --file talk.wav', 'a recording at its own pace, as if somebody spoke'],
    ['asr listen --file talk.wav --pace fast --no-partials > talk.txt', 'its segments, one a line'],
    ['asr listen --file call.wav --pace fast --mode utterance --json', 'the events up to the first endpoint'],
  ]);
}
