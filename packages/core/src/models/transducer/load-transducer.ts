import { createCtcVocabulary } from '../../decoding/ctc/vocabulary.js';
import { AsrError } from '../../errors.js';
import type { InferenceSession } from '../../inference/backend.js';
import type { SpeechModel } from '../../speech-model.js';
import { CtcGraph } from '../ctc/ctc-graph.js';
import { GraphFacts } from '../ctc/families/graph-facts.js';
import { icefallEncoder } from '../ctc/families/icefall.js';
import { readBytes } from '../ctc/families/read-files.js';
import { inspectGraph } from '../ctc/inspect-graph.js';
import { parseTokenLines } from '../ctc/label-files.js';
import type { FamilyContext } from '../family.js';
import { runtimeInfo } from '../runtime-info.js';
import { choosePart } from './choose-part.js';
import { PARTS } from './files.js';
import { TransducerModel } from './transducer-model.js';

/** Stateless decoders see two labels; a damaged number must not fill memory. */
const MAX_CONTEXT = 64;

/** Opens the three graphs and puts the model together. */
export async function loadTransducer(context: FamilyContext): Promise<SpeechModel> {
  const { files, options, platform, release, backend } = context;
  const { signal } = options;
  const names = await files.list(signal);
  const choices = PARTS.map((part) => choosePart(names, part, files.origin, options));
  const [encoderFacts, decoderFacts] = await Promise.all(
    choices.map(async ({ graph }) => new GraphFacts(await inspectGraph(files, graph, signal))),
  );
  const labels = parseTokenLines(await readBytes(files, 'tokens.txt', signal), 'tokens.txt');
  const vocabulary = createCtcVocabulary(labels);
  const sessions: InferenceSession[] = [];
  try {
    for (const { graph, externalData } of choices) {
      const data = await Promise.all(externalData.map((name) => files.open(name, signal)));
      sessions.push(
        await backend.createSession(await files.open(graph, signal), {
          ...(data.length > 0 && { externalData: data }),
          ...(signal && { signal }),
        }),
      );
    }
    const [session, decoder, joiner] = sessions as [InferenceSession, InferenceSession, InferenceSession];
    const encoder = describeEncoder(session, encoderFacts!, choices[0]!.graph);
    checkLabels(joiner, labels.length, choices[2]!.graph);
    const unknown = labels.indexOf('<unk>');
    return new TransducerModel({
      info: {
        family: 'transducer',
        layout: 'sherpa',
        origin: files.origin,
        files: choices.flatMap(({ graph, externalData }) => [graph, ...externalData]),
        detection: `${choices[0]!.graph} takes x and gives encoder_out; ${choices[0]!.reason}`,
        ...runtimeInfo(backend, [session, decoder, joiner]),
      },
      encoder,
      decoder,
      joiner,
      contextSize: contextSizeOf(decoderFacts!),
      vocabulary,
      labels: { blank: vocabulary.blank, ...(unknown >= 0 && { unknown }) },
      audio: platform,
      release,
    });
  } catch (error) {
    await Promise.all(sessions.map((session) => session.dispose()));
    throw error;
  }
}

/** Labels that the decoder sees. @throws AsrError `MODEL_INVALID` when its metadata and its input contradict each other. */
function contextSizeOf(facts: GraphFacts): number {
  const fixed = facts.size('y', 1);
  const stated = facts.count('context_size');
  const size = stated ?? fixed ?? 2;
  if ((fixed === undefined || fixed === size) && size <= MAX_CONTEXT) return size;
  throw new AsrError(
    'MODEL_INVALID',
    `${facts.file}: its metadata says context_size ${size}, its input y takes ${fixed ?? 'any number'}; expected the ` +
      `same, at most ${MAX_CONTEXT}.`,
  );
}

/** The encoder is run as a CTC graph whose labels are the numbers that the joiner takes. */
function describeEncoder(session: InferenceSession, facts: GraphFacts, file: string): CtcGraph {
  if (!facts.has('inputs', 'x_lens')) {
    throw new AsrError(
      'MODEL_UNSUPPORTED',
      `${file}: a streaming encoder (it takes ${facts.inputNames}); only encoders of whole utterances are run.`,
    );
  }
  const width = session.outputs.find(({ name }) => name === 'encoder_out')?.dims?.at(-1);
  if (typeof width !== 'number') {
    throw new AsrError(
      'MODEL_INVALID',
      `${file}: it doesn't state the width of encoder_out; export it again.`,
    );
  }
  const { stride, ...encoder } = icefallEncoder(facts);
  return CtcGraph.ofFiles(
    session,
    {
      ...encoder,
      output: { name: 'encoder_out', kind: 'logProbs', stride, lengths: 'encoder_out_lens' },
      vocabulary: { labels: Array.from<string>({ length: width }).fill('') },
    },
    file,
  );
}

function checkLabels(joiner: InferenceSession, labels: number, file: string): void {
  const width = joiner.outputs.find(({ name }) => name === 'logit')?.dims?.at(-1);
  if (typeof width !== 'number' || width === labels) return;
  throw new AsrError(
    'MODEL_INVALID',
    `${file}: gives ${width} labels, tokens.txt has ${labels}; they don't belong together.`,
  );
}
