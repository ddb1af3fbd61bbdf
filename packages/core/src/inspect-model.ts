import { AsrError } from './errors.js';
import type { DownloadOptions } from './hub/download-options.js';
import type { ModelFile, ModelFiles, ModelSource } from './hub/model-files.js';
import { askFamilies, pickFamily } from './load-model.js';
import { readOnnxMetadata } from './models/onnx-metadata.js';
import type { OnnxMetadata } from './models/onnx-metadata.js';
import type { Family } from './models/family.js';
import type { FamilyInspection, InspectedFile, InspectedSignature } from './models/inspection.js';
import type { Platform } from './platform.js';
import type { LoadProgress, Quantization } from './speech-model.js';

/** Options of `inspectModel`. */
export interface InspectOptions {
  /** As in `LoadOptions`. */
  readonly quantization?: Quantization;
  /**
   * Reads graphs that would have to be fetched for it. Default false: of a remote model that is not in the cache only
   * small files are fetched, and what a graph would tell is `unknown`. Some families are recognised by their graph alone,
   * which is fetched in any case.
   */
  readonly fetchGraphs?: boolean;
  /** How files are fetched. */
  readonly download?: DownloadOptions;
  /** Aborts listing and fetching; the call rejects with `signal.reason`. */
  readonly signal?: AbortSignal;
  /** Told how many bytes of which file have come. */
  readonly onProgress?: (progress: LoadProgress) => void;
}

/** What a model is and what it can do, found out without loading it. Plain data. */
export interface ModelInspection extends Omit<FamilyInspection, 'graphs' | 'externalData'> {
  /** Where the files are. */
  readonly origin: string;
  /** `whisper`, … */
  readonly family: string;
  /** Every family's answer, with its reason. */
  readonly candidates: readonly {
    readonly family: string;
    readonly matches: boolean;
    readonly reason: string;
  }[];
  /** All files of the source, and what they are for. */
  readonly files: readonly InspectedFile[];
  /** Bytes of the files in use, where all their sizes are known. */
  readonly size?: number;
  /** Inputs and outputs of the graphs that could be read. */
  readonly graphs: readonly InspectedSignature[];
}

/** Says what a model is without loading it. */
export type InspectModel = (source: ModelSource, options?: InspectOptions) => Promise<ModelInspection>;

/**
 * Binds `inspectModel` to a platform and the families it may recognise.
 *
 * The function it returns rejects as `loadModel` does when no family, or more than one, recognises the files, or when
 * files are missing or damaged: the error names what was looked for.
 */
export function createInspectModel(platform: Platform, families: readonly Family[]): InspectModel {
  return async (source, options = {}) => {
    const { signal, quantization, onProgress, download, fetchGraphs = false } = options;
    signal?.throwIfAborted();
    const opened = await platform.openModel(source, {
      ...(signal && { signal }),
      ...(onProgress && { onProgress }),
      ...(download && { download }),
    });
    const observed = observe(opened);
    const answers = await askFamilies(observed.files, families, signal);
    const family = await pickFamily(observed.files, answers, signal);
    if (!family.inspect) {
      throw new AsrError(
        'OPTION_UNSUPPORTED',
        `the family ${family.name} can't be inspected; load the model instead.`,
      );
    }
    const graphs = new Map<string, OnnxMetadata>();
    const readGraph = async (name: string): Promise<OnnxMetadata | undefined> => {
      const known = graphs.get(name);
      if (known || !(fetchGraphs || (await isLocal(opened, name)))) return known;
      const metadata = readOnnxMetadata(await (await opened.open(name, signal)).bytes(signal), name);
      graphs.set(name, metadata);
      return metadata;
    };
    observed.names.clear();
    const {
      graphs: graphNames,
      externalData,
      ...found
    } = await family.inspect({
      files: observed.files,
      options: { ...(quantization && { quantization }), ...(signal && { signal }) },
      readGraph,
    });
    for (const name of graphNames) await readGraph(name);
    const files = await describeFiles(opened, graphNames, externalData, observed.names, signal);
    const size = totalSize(files);
    return {
      origin: opened.origin,
      family: family.name,
      ...found,
      candidates: answers.map(({ family: { name }, detection }) => ({ family: name, ...detection })),
      files,
      ...(size !== undefined && { size }),
      graphs: [...graphs].map(([name, { inputs, outputs }]) => ({ name, inputs, outputs })),
    };
  };
}

/** Notes which files are opened, and puts off fetching graphs until their bytes are asked for. */
function observe(files: ModelFiles): { readonly files: ModelFiles; readonly names: Set<string> } {
  const names = new Set<string>();
  const open = async (name: string, signal?: AbortSignal): Promise<ModelFile> => {
    names.add(name);
    if (!name.endsWith('.onnx') || (await isLocal(files, name))) return files.open(name, signal);
    return { name, bytes: async (later) => (await files.open(name, later)).bytes(later) };
  };
  return { files: { ...files, open }, names };
}

async function isLocal(files: ModelFiles, name: string): Promise<boolean> {
  return files.isLocal ? files.isLocal(name) : true;
}

async function describeFiles(
  files: ModelFiles,
  graphs: readonly string[],
  externalData: readonly string[],
  read: ReadonlySet<string>,
  signal: AbortSignal | undefined,
): Promise<readonly InspectedFile[]> {
  const describe = (name: string): Pick<InspectedFile, 'used' | 'reason'> => {
    if (graphs.includes(name)) return { used: true, reason: 'a graph that is run' };
    if (externalData.includes(name)) return { used: true, reason: 'weights of a graph that is run' };
    if (name.endsWith('.onnx'))
      return { used: false, reason: 'a graph of another precision, layout or purpose' };
    if (read.has(name)) return { used: true, reason: 'configuration or vocabulary' };
    return { used: false, reason: 'nothing that this family reads' };
  };
  return Promise.all(
    (await files.list(signal)).map(async (name) => {
      const isThere = await isLocal(files, name);
      const size = files.sizes?.get(name) ?? (isThere ? (await files.open(name, signal)).size : undefined);
      return { name, ...(size !== undefined && { size }), ...describe(name) };
    }),
  );
}

function totalSize(files: readonly InspectedFile[]): number | undefined {
  let total = 0;
  for (const { used, size } of files) {
    if (used && size === undefined) return undefined;
    if (used) total += size!;
  }
  return total;
}
