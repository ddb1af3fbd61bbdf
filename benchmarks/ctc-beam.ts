/**
 * CTC beam search with a language model: time and word error rate on the log-probabilities of `english-ctc`, beside
 * pyctcdecode on the same matrices, in turn.
 *
 * Run, with a Python that has numpy, onnxruntime, pyctcdecode and kenlm:
 *   python benchmarks/ctc-beam.py dump ../shared <folder> en en-unseen
 *   npx tsx benchmarks/ctc-beam.ts --data <folder> [--python <python> --arpa <en-us.pruned.arpa>] …
 *
 *   --set        recordings: en-unseen (default) or en (the model was trained on en)
 *   --lm         language model; default lm/en-us.pruned.trie.bin of the extended test data
 *   --beam, --alpha, --beta, --gap, --min-token, --prune   settings; several values with commas are all tried
 *   --rounds     passes over the set, in turn with pyctcdecode; default 5
 *   --details    also print the texts
 */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import {
  createCtcVocabulary,
  decodeCtcGreedy,
  LanguageModelScorer,
  loadNgramModel,
  measureWords,
  mergeTexts,
  PrefixBeamDecoder,
  type CtcVocabulary,
  type LogProbMatrix,
  type NgramModel,
} from '@org/asr-core';
import { testData } from '@org/asr-testkit';
import { machine, median } from './interleaved.js';

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    set: { type: 'string', default: 'en-unseen' },
    lm: { type: 'string', default: testData('lm/en-us.pruned.trie.bin') },
    python: { type: 'string' },
    arpa: { type: 'string' },
    beam: { type: 'string', default: '100' },
    alpha: { type: 'string', default: '0.5' },
    beta: { type: 'string', default: '1.5' },
    gap: { type: 'string', default: '10' },
    'min-token': { type: 'string', default: '-5' },
    prune: { type: 'string', default: 'prefix,ending' },
    rounds: { type: 'string', default: '5' },
    details: { type: 'boolean', default: false },
  },
});

interface Recording {
  readonly file: string;
  readonly text: string;
  readonly seconds: number;
  readonly frames: number;
}

interface Setting {
  readonly beamWidth: number;
  readonly alpha: number;
  readonly beta: number;
  readonly maxScoreGap: number;
  readonly minTokenLogProb: number;
  readonly pruneBy: 'prefix' | 'ending';
}

/** Lower case without punctuation but apostrophes, as the figures of the model's README. */
function plain(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/[^a-z0-9' ]/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim();
}

function errorRate(recordings: readonly Recording[], texts: readonly string[]): string {
  const references = recordings.map(({ text }) => plain(text));
  const { wordErrorRate } = measureWords(references, texts.map(plain));
  return `WER ${(100 * wordErrorRate).toFixed(1)}`;
}

function load(folder: string, set: string) {
  const { labels, recordings } = JSON.parse(readFileSync(join(folder, `${set}.json`), 'utf8')) as {
    readonly labels: readonly string[];
    readonly recordings: readonly Recording[];
  };
  const bytes = readFileSync(join(folder, `${set}.f32`));
  const all = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
  let row = 0;
  const matrices = recordings.map(({ frames }): LogProbMatrix => {
    const data = all.slice(row * labels.length, (row + frames) * labels.length);
    row += frames;
    return { data, frames, vocabularySize: labels.length };
  });
  // The language model's words are lower case.
  const lower = labels.map((label) => (label.startsWith('<') ? label : label.toLowerCase()));
  return { vocabulary: createCtcVocabulary(lower), recordings, matrices };
}

function decodeAll(
  matrices: readonly LogProbMatrix[],
  vocabulary: CtcVocabulary,
  languageModel: NgramModel,
  setting: Setting,
): string[] {
  return matrices.map((matrix) => {
    const scorer = new LanguageModelScorer(vocabulary, { languageModel, ...setting });
    const decoder = new PrefixBeamDecoder({ blank: vocabulary.blank, vocabulary, ...setting }, scorer);
    decoder.push(matrix);
    return mergeTexts(decoder.finish(1), vocabulary)[0]?.text ?? '';
  });
}

interface Peer {
  decode(setting: Setting): Promise<{ readonly seconds: number; readonly texts: readonly string[] }>;
  close(): void;
}

async function startPeer(python: string, arpa: string, folder: string, set: string): Promise<Peer> {
  const script = join(import.meta.dirname, 'ctc-beam.py');
  const child = spawn(python, [script, 'serve', folder, set, arpa], { stdio: ['pipe', 'pipe', 'ignore'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  await lines.next();
  return {
    async decode({ alpha, beta, beamWidth }) {
      child.stdin.write(`${JSON.stringify({ alpha, beta, beamWidth })}\n`);
      const { value } = (await lines.next()) as { readonly value: string };
      return JSON.parse(value) as { seconds: number; texts: string[] };
    },
    close: () => child.stdin.end(),
  };
}

async function main(): Promise<void> {
  if (!values.data) throw new TypeError('--data: the folder that ctc-beam.py wrote is needed');
  const { vocabulary, recordings, matrices } = load(values.data, values.set);
  const model = await loadNgramModel(new Uint8Array(readFileSync(values.lm)), { name: values.lm });
  const peer =
    values.python && values.arpa
      ? await startPeer(values.python, values.arpa, values.data, values.set)
      : undefined;
  console.log(machine());
  const greedy = matrices.map((matrix) => {
    const hypothesis = decodeCtcGreedy(matrix, vocabulary);
    return mergeTexts([hypothesis], vocabulary)[0]?.text ?? '';
  });
  console.log(`${recordings.length} recordings of ${values.set}; greedy ${errorRate(recordings, greedy)}`);
  const numbers = (list: string): number[] => list.split(',').map(Number);
  for (const beamWidth of numbers(values.beam))
    for (const alpha of numbers(values.alpha))
      for (const beta of numbers(values.beta))
        for (const maxScoreGap of numbers(values.gap))
          for (const minTokenLogProb of numbers(values['min-token']))
            for (const pruneBy of values.prune.split(',') as ('prefix' | 'ending')[]) {
              const setting = { beamWidth, alpha, beta, maxScoreGap, minTokenLogProb, pruneBy };
              await measure(setting);
            }
  peer?.close();

  async function measure(setting: Setting): Promise<void> {
    const ours: number[] = [];
    const theirs: number[] = [];
    let texts: readonly string[] = [];
    let peerTexts: readonly string[] = [];
    for (let round = 0; round < Number(values.rounds) + 1; round++) {
      const before = process.cpuUsage();
      texts = decodeAll(matrices, vocabulary, model, setting);
      const { user, system } = process.cpuUsage(before);
      const answer = await peer?.decode(setting);
      if (round === 0 && Number(values.rounds) > 0) continue;
      ours.push((user + system) / 1000 / matrices.length);
      if (answer) theirs.push((1000 * answer.seconds) / matrices.length);
      peerTexts = answer?.texts ?? [];
    }
    const { beamWidth, alpha, beta, maxScoreGap, minTokenLogProb, pruneBy } = setting;
    console.log(
      `beam ${beamWidth} by ${pruneBy}, alpha ${alpha}, beta ${beta}, gap ${maxScoreGap}, min ${minTokenLogProb}: ` +
        `${errorRate(recordings, texts)}, ${median(ours).toFixed(2)} ms an utterance` +
        (peer
          ? `; pyctcdecode ${errorRate(recordings, peerTexts)}, ${median(theirs).toFixed(2)} ms, ${(median(theirs) / median(ours)).toFixed(1)}×`
          : ''),
    );
    if (values.details)
      texts.forEach((text, i) =>
        console.log(`  ${text}\n  ${peerTexts[i] ?? ''}\n  = ${plain(recordings[i]!.text)}`),
      );
  }
}

await main();
