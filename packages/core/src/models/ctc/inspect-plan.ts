import type { FrontEndConfig } from '../../features/front-end-config.js';
import type { FamilyInspection, ModelFeature } from '../inspection.js';
import type { CtcModelPlan } from './open-model.js';

/** The same for all: what CTC and this SDK's decoders can do. */
const FEATURES: readonly ModelFeature[] = [
  { name: 'segment timestamps', supported: true, reason: 'words are grouped at pauses' },
  { name: 'word timestamps', supported: true, reason: 'every label has the time of its frame' },
  {
    name: 'language detection',
    supported: false,
    reason: 'CTC models write what they hear and know no languages',
  },
  { name: 'translation', supported: false, reason: 'CTC models write what they hear' },
  { name: 'prompt', supported: false, reason: 'CTC models take no text; use hotwords or a language model' },
  { name: 'hotwords', supported: true, reason: 'with weights, in beam search' },
  { name: 'language model', supported: true, reason: 'with beam search' },
  { name: 'text alignment', supported: true, reason: 'by forced alignment of the labels' },
];

/** Says what a CTC model is, from the plan that it would be loaded by. */
export function inspectCtcPlan({
  layout,
  detection,
  graph,
  externalData,
  quantization,
  config,
}: CtcModelPlan): FamilyInspection {
  return {
    layout,
    detection,
    ...(quantization !== undefined && { quantization }),
    graphs: [graph.name],
    externalData,
    frontEnd: describeFrontEnd(config.frontEnd),
    sampleRate: config.frontEnd.sampleRate,
    vocabulary: { kind: 'labels', size: config.vocabulary.labels.length },
    features: [...FEATURES, streaming(config.execution?.type === 'stateful')],
  };
}

function streaming(isStateful: boolean): ModelFeature {
  const reason = isStateful
    ? 'the graph carries its state from piece to piece, so every piece is heard once'
    : 'the graph carries no state, so speech under way is read again as it grows';
  return { name: 'streaming', supported: true, reason };
}

/** A front end in a few words. */
export function describeFrontEnd(frontEnd: FrontEndConfig): string {
  if (frontEnd.type === 'wave') return frontEnd.normalize ? 'waveform, normalised' : 'waveform';
  const { filters, cepstrum, fftLength } = frontEnd;
  const bins = filters ? `${filters.bins} ${filters.scale} mel bins` : `${fftLength / 2 + 1} spectrum bins`;
  return cepstrum ? `cepstrum of ${bins}` : `log energies of ${bins}`;
}
