import { kaldiFbankPreset } from '../../features/presets/kaldi.js';
import { describeFrontEnd } from '../ctc/inspect-plan.js';
import { readBytes } from '../ctc/families/read-files.js';
import { parseTokenLines } from '../ctc/label-files.js';
import type { FamilyInspection, InspectContext, ModelFeature } from '../inspection.js';
import { choosePart } from './choose-part.js';
import { PARTS } from './files.js';

const FEATURES: readonly ModelFeature[] = [
  { name: 'segment timestamps', supported: true, reason: 'words are grouped at pauses' },
  { name: 'word timestamps', supported: true, reason: 'every label has the time of its frame' },
  {
    name: 'language detection',
    supported: false,
    reason: 'transducers write what they hear and know no languages',
  },
  { name: 'translation', supported: false, reason: 'transducers write what they hear' },
  { name: 'prompt', supported: false, reason: 'transducers take no text' },
  { name: 'language model', supported: false, reason: 'n-gram models are for CTC models' },
  { name: 'text alignment', supported: false, reason: 'alignment is for CTC models' },
  { name: 'hotwords', supported: false, reason: 'the search has none; CTC models take them' },
  { name: 'streaming', supported: false, reason: 'the encoder hears whole utterances' },
];

/** Says what a transducer is, from the files that it would be loaded from. */
export async function inspectTransducer({ files, options }: InspectContext): Promise<FamilyInspection> {
  const { signal } = options;
  const names = await files.list(signal);
  const choices = PARTS.map((part) => choosePart(names, part, files.origin, options));
  const labels = parseTokenLines(await readBytes(files, 'tokens.txt', signal), 'tokens.txt');
  const frontEnd = kaldiFbankPreset();
  const [encoder] = choices;
  return {
    layout: 'sherpa',
    detection: `${encoder!.graph}, a decoder and a joiner lie beside tokens.txt; ${encoder!.reason}`,
    quantization: encoder!.quantization,
    graphs: choices.map(({ graph }) => graph),
    externalData: choices.flatMap(({ externalData }) => externalData),
    frontEnd: describeFrontEnd(frontEnd),
    sampleRate: frontEnd.sampleRate,
    vocabulary: { kind: 'labels', size: labels.length },
    features: FEATURES,
  };
}
