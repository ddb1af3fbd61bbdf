import type { ModelFile } from '../../hub/model-files.js';
import type { SessionOptions } from '../../inference/backend.js';
import type { Quantization } from '../../speech-model.js';
import type { FamilyContext } from '../family.js';
import { runtimeInfo } from '../runtime-info.js';
import type { CtcModelConfig } from './config.js';
import { CtcGraph } from './ctc-graph.js';
import { CtcModel } from './ctc-model.js';

/** What a family has found out about a model. */
export interface CtcModelPlan {
  readonly family: string;
  readonly layout: string;
  /** Why; one sentence. */
  readonly detection: string;
  /** The graph's file. */
  readonly graph: ModelFile;
  /** Names of files that hold its weights. */
  readonly externalData: readonly string[];
  /** What the graph's name says of its precision. */
  readonly quantization?: Quantization;
  readonly config: CtcModelConfig;
  /** Whether the caller wrote `config`, whose mistakes then are the caller's. */
  readonly described?: boolean;
}

/** What a plan is made from. */
export type PlanContext = Pick<FamilyContext, 'files'> & {
  readonly options: Pick<FamilyContext['options'], 'quantization' | 'signal'>;
};

/** Opens the graph and puts the model together. */
export async function openCtcModel(context: FamilyContext, plan: CtcModelPlan): Promise<CtcModel> {
  const { files, backend, release, platform, options } = context;
  const { signal } = options;
  const { config, graph: file } = plan;
  const externalData = await Promise.all(plan.externalData.map((name) => files.open(name, signal)));
  const sessionOptions: SessionOptions = {
    ...(externalData.length > 0 && { externalData }),
    ...(signal && { signal }),
    ...(config.execution?.type === 'stateful' && {
      deviceOutputs: config.execution.states.map((state) => state.output),
    }),
  };
  const session = await backend.createSession(file, sessionOptions);
  try {
    const graph = plan.described
      ? new CtcGraph(session, config, file.name)
      : CtcGraph.ofFiles(session, config, file.name);
    const info = {
      family: plan.family,
      layout: plan.layout,
      origin: files.origin,
      files: [file.name, ...plan.externalData],
      detection: plan.detection,
      ...runtimeInfo(backend, [session]),
    };
    return new CtcModel({ info, graph, audio: platform, release });
  } catch (error) {
    await session.dispose();
    throw error;
  }
}
