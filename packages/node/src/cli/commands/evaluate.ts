import type { Command } from '@commander-js/extra-typings';
import type { CliContext } from '../context.js';
import { withEvaluationOptions } from '../evaluation/evaluation-options.js';
import { openEvaluationSet } from '../evaluation/evaluation-set.js';
import { measureCandidate } from '../evaluation/measurement.js';
import { finishReport, measureAll } from '../evaluation/run-evaluation.js';
import { DEFAULT_MODEL } from '../model-argument.js';
import { loadOptions, modelOption, withModelOptions } from '../model-options.js';

/** `asr evaluate`: how many errors a model makes on recordings with transcripts. */
export function registerEvaluate(program: Command, context: CliContext): void {
  withEvaluationOptions(withModelOptions(program.command('evaluate')))
    .description('Count the errors of a model on recordings with transcripts.')
    .argument('<sets...>', 'folder or manifest; en=folder says its language')
    .addOption(modelOption())
    .action(async (sets, flags) => {
      const { cwd } = context.process;
      const set = await openEvaluationSet(sets, flags, cwd);
      const { signal: _, ...load } = loadOptions(flags, context);
      const model = flags.model ?? DEFAULT_MODEL;
      const outcomes = await measureAll(
        [{ name: model, model, cwd, load }],
        set,
        flags,
        context,
        measureCandidate,
      );
      const [outcome] = outcomes;
      if (outcome?.result instanceof Error) throw outcome.result;
      await finishReport(outcomes, set, flags, context);
    });
}
