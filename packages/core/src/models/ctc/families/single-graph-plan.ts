import type { ModelFiles } from '../../../hub/model-files.js';
import { chooseSingleGraph } from '../../choose-graph.js';
import type { Detection } from '../../family.js';
import { inspectGraph } from '../inspect-graph.js';
import type { CtcModelPlan, PlanContext } from '../open-model.js';
import { GraphFacts } from './graph-facts.js';
import { doesNotMatch, matches, readBytes, readJson } from './read-files.js';
import { findLabels, type GraphSignature } from './single-graph.js';

/** Whether a graph with labels beside it is one of the family. */
export async function recogniseGraph(
  { recognise, expected }: GraphSignature,
  files: ModelFiles,
  graph: string,
  labels: string,
  signal: AbortSignal | undefined,
): Promise<Detection> {
  const facts = new GraphFacts(await inspectGraph(files, graph, signal));
  const reason = recognise(facts);
  return reason === undefined
    ? doesNotMatch(`${graph} takes ${facts.inputNames}, ${expected}`)
    : matches(`${labels} lies beside ${graph}, which ${reason}`);
}

/** How to run a model that was recognised. */
export async function planSingleGraph(
  { name, labelFiles, inFolders, recognise, describe }: GraphSignature,
  { files, options }: PlanContext,
): Promise<CtcModelPlan> {
  const { signal, quantization } = options;
  const names = await files.list(signal);
  const choice = chooseSingleGraph(names, files.origin, { quantization });
  const graph = await inspectGraph(files, choice.graph, signal);
  const facts = new GraphFacts(graph);
  const labelFile = findLabels(names, labelFiles, inFolders)!;
  const { layout, config } = await describe({
    facts,
    names,
    origin: files.origin,
    labelFile,
    bytes: (file) => readBytes(files, file, signal),
    json: (file) => readJson(files, names, file, signal),
  });
  return {
    family: name,
    layout,
    detection: `${labelFile} lies beside ${choice.graph}, which ${recognise(facts)}; ${choice.reason}`,
    graph: graph.file,
    externalData: choice.externalData,
    quantization: choice.quantization,
    config,
  };
}
