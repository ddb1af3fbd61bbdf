import type { ModelFiles } from '../../../hub/model-files.js';
import type { JsonObject } from '../../../text/json-file.js';
import type { Detection, Family } from '../../family.js';
import { chooseSingleGraph, findSingleGraph } from '../../graph-files.js';
import type { CtcModelConfig } from '../config.js';
import { inspectGraph } from '../inspect-graph.js';
import type { CtcModelPlan, PlanContext } from '../open-model.js';
import { planFamily } from './plan-family.js';
import { GraphFacts } from './graph-facts.js';
import { doesNotMatch, matches, readBytes, readJson } from './read-files.js';

/** Files of a model and what its graph says, for a family that describes it. */
export interface GraphParts {
  readonly facts: GraphFacts;
  /** Names of all files. */
  readonly names: readonly string[];
  /** Where the model comes from, for messages. */
  readonly origin: string;
  /** Name of the file with the labels. */
  readonly labelFile: string;
  /** The bytes of a file. @throws AsrError `MODEL_NOT_FOUND` */
  readonly bytes: (name: string) => Promise<Uint8Array>;
  /** A JSON file where there is one. @throws AsrError `MODEL_INVALID` */
  readonly json: (name: string) => Promise<JsonObject | undefined>;
}

/** What tells one family of CTC models from another: one graph, told by its signature, and a file of labels beside it. */
export interface GraphSignature {
  /** Becomes `model.info.family`. */
  readonly name: string;
  /** The file with the labels, under any of these names; the first that is there. */
  readonly labelFiles: readonly string[];
  /** Whether that file may lie in a folder of its own. */
  readonly inFolders?: boolean;
  /** What of the inputs and outputs makes it one of the family: `takes x and gives y`; undefined when it is none. */
  readonly recognise: (facts: GraphFacts) => string | undefined;
  /** What `recognise` looks for, for messages: `not x`. */
  readonly expected: string;
  /** How such a model is run. @throws AsrError `MODEL_INVALID`, `MODEL_NOT_FOUND`, `MODEL_UNSUPPORTED` */
  readonly describe: (parts: GraphParts) => Promise<GraphDescription>;
}

/** How a model is run, and by which layout of its family. */
export interface GraphDescription {
  readonly layout: string;
  readonly config: CtcModelConfig;
}

/** The family of a signature. */
export function singleGraphFamily(signature: GraphSignature): Family {
  return planFamily({
    name: signature.name,
    detect: (files, signal) => detect(signature, files, signal),
    plan: (context) => plan(signature, context),
  });
}

async function detect(
  { labelFiles, inFolders, recognise, expected }: GraphSignature,
  files: ModelFiles,
  signal: AbortSignal | undefined,
): Promise<Detection> {
  const names = await files.list(signal);
  const labels = findLabels(names, labelFiles, inFolders);
  if (labels === undefined) return doesNotMatch(`there is no ${labelFiles.join(' or ')}`);
  const found = findSingleGraph(names);
  if (found.graph === undefined) return doesNotMatch(found.reason);
  const facts = new GraphFacts(await inspectGraph(files, found.graph, signal));
  const reason = recognise(facts);
  return reason === undefined
    ? doesNotMatch(`${found.graph} takes ${facts.inputNames}, ${expected}`)
    : matches(`${labels} lies beside ${found.graph}, which ${reason}`);
}

async function plan(
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

function findLabels(
  names: readonly string[],
  wanted: readonly string[],
  inFolders = false,
): string | undefined {
  for (const file of wanted) {
    const found = inFolders ? findFile(names, file) : names.find((name) => name === file);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** A file by its name, in whatever folder it lies. */
export function findFile(names: readonly string[], wanted: string): string | undefined {
  return names.find((name) => name === wanted || name.endsWith(`/${wanted}`));
}
