import type { Command } from '@commander-js/extra-typings';
import { basename } from 'node:path';
import type { CliContext } from '../context.js';
import { withEvaluationOptions } from '../evaluation/evaluation-options.js';
import { openEvaluationSet } from '../evaluation/evaluation-set.js';
import { measureCandidate } from '../evaluation/measurement.js';
import { finishReport, measureAll } from '../evaluation/run-evaluation.js';
import { withExamples } from '../examples.js';
import { DEFAULT_MODEL, resolveModelOrDefault } from '../model-argument.js';
import { loadOptions, modelOption, withModelOptions } from '../model-options.js';
import { readSearchFlags, searchFlags, withSearchOptions } from '../search-options.js';

/** `asr evaluate`: how many errors a model makes on recordings with transcripts. */
export function registerEvaluate(program: Command, context: CliContext): void {
  const base = program
    .command('evaluate')
    .description('Count the errors of a model on recordings with transcripts.')
    .argument('<sets...>', 'folder or manifest; en=folder says its language')
    .addOption(modelOption());
  const command = withModelOptions(
    withSearchOptions(withEvaluationOptions(base).optionsGroup('Decoding:')),
  ).action(async (sets, flags) => {
    const { cwd } = context.process;
    await resolveModelOrDefault(flags.model, cwd);
    const set = await openEvaluationSet(sets, flags, cwd);
    await readSearchFlags(flags, cwd);
    const { signal: _, ...load } = loadOptions(flags, context);
    const model = flags.model ?? DEFAULT_MODEL;
    const spec = { name: basename(model), model, cwd, load, search: searchFlags(flags) };
    const outcomes = await measureAll([spec], set, flags, context, measureCandidate);
    const [outcome] = outcomes;
    if (outcome?.result instanceof Error) throw outcome.result;
    await finishReport(outcomes, set, flags, context);
  });
  withExamples(command, [
    ['asr evaluate prompts.json', 'the packaged model on a list of recordings'],
    [
      'asr evaluate recordings --language en --model ./whisper-base --output report',
      'a folder of a.wav, a.txt; with a page',
    ],
    ['asr evaluate en=prompts.json --model ./english-ctc --beam 64 --lm en.arpa.gz', 'with a language model'],
    ['asr evaluate prompts.json --noise white,pink --snr 20,10,5,0', 'how it stands noise'],
  ]);
}
