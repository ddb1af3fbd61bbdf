import { Option } from '@commander-js/extra-typings';
import type { Command, OptionValues } from '@commander-js/extra-typings';
import type { CliContext } from '../context.js';
import { UsageError } from '../errors.js';
import type { RecommendationRequest } from '../evaluation/build-report.js';
import { measureInProcess } from '../evaluation/candidate-process.js';
import { checkCandidate, listCandidates } from '../evaluation/candidates.js';
import { commaList, withEvaluationOptions } from '../evaluation/evaluation-options.js';
import { openEvaluationSet, type EvaluationSet } from '../evaluation/evaluation-set.js';
import { finishReport, measureAll } from '../evaluation/run-evaluation.js';
import { withExamples } from '../examples.js';
import { DTYPES, PROVIDERS, withDownloadOptions } from '../model-options.js';
import { collect, listOf, realNumber, wholeNumber } from '../option-values.js';

/** `asr compare`: which of several models suits, on recordings of one's own. */
export function registerCompare(program: Command, context: CliContext): void {
  const base = program
    .command('compare')
    .description('Measure several models on the same recordings, and say which one suits.')
    .argument('<sets...>', 'folder or manifest; en=folder says its language')
    .addOption(
      new Option(
        '-m, --model <model>',
        'a model to compare; repeat it for each; in quotes, options of decoding may follow it',
      )
        .argParser(collect)
        .makeOptionMandatory(),
    )
    .addOption(
      new Option('--dtype <precisions>', 'each model in each of these precisions').argParser(listOf(DTYPES)),
    )
    .addOption(
      new Option('--provider <names>', 'each model on each of these providers').argParser(listOf(PROVIDERS)),
    )
    .addOption(
      new Option('--threads <number>', 'threads inside an operator; 0: the runtime chooses').argParser(
        wholeNumber(0, 1024),
      ),
    );
  const command = withDownloadOptions(
    withLimits(withEvaluationOptions(base.optionsGroup('Measuring:')).optionsGroup('Recommendation:')),
  ).action(async (sets, flags) => {
    const specs = listCandidates(flags, context.process.cwd);
    const set = await openEvaluationSet(sets, flags, context.process.cwd);
    for (const spec of specs) await checkCandidate(spec, context.signal);
    const request = recommendationRequest(flags, set);
    const outcomes = await measureAll(specs, set, flags, context, measureInProcess);
    await finishReport(outcomes, set, flags, context, request);
  });
  withExamples(command, [
    [
      'asr compare en=prompts.json -m ./whisper-tiny.en -m ./english-ctc --output report',
      'two models, with a page',
    ],
    [
      'asr compare en=prompts.json -m ./whisper-base -m ./english-ctc --max-memory 500 --min-speed 2',
      'within limits',
    ],
    [
      'asr compare en=prompts.json -m ./whisper-tiny.en -m ./english-ctc -m "./english-ctc --lm en.arpa.gz --beam 64"',
      'what a language model is worth',
    ],
    [
      'asr compare en=prompts.json fr=french -m ./whisper-base --dtype int8,fp32 --languages fr',
      'precisions, for French',
    ],
  ]);
}

/** Options of what is recommended. */
function withLimits<A extends unknown[], O extends OptionValues, G extends OptionValues>(
  command: Command<A, O, G>,
) {
  return command
    .addOption(new Option('--max-memory <MB>', 'recommend none that takes more').argParser(realNumber(0)))
    .addOption(
      new Option('--max-latency <seconds>', 'recommend none whose first result comes later').argParser(
        realNumber(0),
      ),
    )
    .addOption(
      new Option('--min-speed <times>', 'recommend none that is slower; 1 is as fast as speech').argParser(
        realNumber(0),
      ),
    )
    .addOption(
      new Option('--languages <codes>', 'recommend by recordings in these languages').argParser(commaList),
    );
}

function recommendationRequest(
  flags: {
    readonly maxMemory?: number | undefined;
    readonly maxLatency?: number | undefined;
    readonly minSpeed?: number | undefined;
    readonly languages?: readonly string[] | undefined;
  },
  { utterances }: EvaluationSet,
): RecommendationRequest {
  const { maxMemory, maxLatency, minSpeed, languages } = flags;
  const missing = languages?.find((code) => !utterances.some(({ language }) => language === code));
  if (missing !== undefined) {
    throw new UsageError(
      `--languages: no recording is known to be in ${missing}; --language or ${missing}=folder says so`,
    );
  }
  return {
    ...(maxMemory !== undefined && { maxMemory: 1e6 * maxMemory }),
    ...(maxLatency !== undefined && { maxLatency }),
    ...(minSpeed !== undefined && { minSpeed }),
    ...(languages && { languages }),
  };
}
