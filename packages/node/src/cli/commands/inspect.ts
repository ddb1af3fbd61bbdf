import type { Command } from '@commander-js/extra-typings';
import { inspectModel } from '@org/asr-node';
import type { CliContext } from '../context.js';
import { resolveModel } from '../model-argument.js';
import { downloadOptions, dtypeOption, withDownloadOptions } from '../model-options.js';

/** `asr inspect`: what a model is, before it is loaded. */
export function registerInspect(program: Command, context: CliContext): void {
  withDownloadOptions(program.command('inspect'))
    .description('Say what a model is and what it can do, without loading it.')
    .argument('<model>', 'hub id, folder, address or npm package')
    .addOption(dtypeOption())
    .option('--fetch-graphs', 'fetch graphs of a remote model to read what they say')
    .option('--json', 'print JSON')
    .action(async (model, flags) => {
      const found = await inspectModel(await resolveModel(model, context.process.cwd), {
        download: downloadOptions(flags),
        signal: context.signal,
        ...(flags.dtype && { quantization: flags.dtype }),
        ...(flags.fetchGraphs && { fetchGraphs: true }),
      });
      if (flags.json) context.printJson(found);
      else context.print(`${found.family}, ${found.layout}`);
    });
}
