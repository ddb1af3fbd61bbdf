import type { Command } from '@commander-js/extra-typings';
import { inspectModel } from '@org/asr-node';
import type { CliContext } from '../context.js';
import { withExamples } from '../examples.js';
import { describeInspection } from '../inspect/describe-inspection.js';
import { resolveModel } from '../model-argument.js';
import { downloadOptions, dtypeOption, withDownloadOptions } from '../model-options.js';
import { ProgressBoard } from '../progress.js';

/** `asr inspect`: what a model is, before it is loaded. */
export function registerInspect(program: Command, context: CliContext): void {
  const command = program
    .command('inspect')
    .description('Say what a model is and what it can do, without loading it.')
    .argument('<model>', 'hub id, folder, address or npm package')
    .addOption(dtypeOption())
    .option('--fetch-graphs', 'fetch graphs of a remote model to read what they say')
    .option('--json', 'print JSON');
  withDownloadOptions(command).action(async (model, flags) => {
    using board = new ProgressBoard(context);
    const found = await inspectModel(await resolveModel(model, context.process.cwd), {
      download: downloadOptions(flags),
      signal: context.signal,
      onProgress: board.onLoadProgress(),
      ...(flags.dtype && { quantization: flags.dtype }),
      ...(flags.fetchGraphs && { fetchGraphs: true }),
    });
    if (flags.json) context.printJson(found);
    else context.print(describeInspection(found, (title) => context.style('bold', title)));
  });
  withExamples(command, [
    ['asr inspect onnx-community/whisper-base', 'a model of the hub; only small files are fetched'],
    ['asr inspect ./my-model --dtype fp32 --json', 'a folder, for programs'],
  ]);
}
