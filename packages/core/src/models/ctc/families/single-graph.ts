import type { ModelFiles } from '../../../hub/model-files.js';
import type { JsonObject } from '../../../text/json-file.js';
import type { Detection, Family } from '../../family.js';
import { findSingleGraph } from '../../graph-files.js';
import type { CtcModelConfig } from '../config.js';
import { planFamily } from './plan-family.js';
import type { GraphFacts } from './graph-facts.js';
import { doesNotMatch } from './read-files.js';

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
    plan: async (context) => (await import('./single-graph-plan.js')).planSingleGraph(signature, context),
  });
}

async function detect(
  signature: GraphSignature,
  files: ModelFiles,
  signal: AbortSignal | undefined,
): Promise<Detection> {
  const { labelFiles, inFolders } = signature;
  const names = await files.list(signal);
  const labels = findLabels(names, labelFiles, inFolders);
  if (labels === undefined) return doesNotMatch(`there is no ${labelFiles.join(' or ')}`);
  const found = findSingleGraph(names);
  if (found.graph === undefined) return doesNotMatch(found.reason);
  const { recogniseGraph } = await import('./single-graph-plan.js');
  return recogniseGraph(signature, files, found.graph, labels, signal);
}

/** The file with the labels, where there is one. */
export function findLabels(
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
