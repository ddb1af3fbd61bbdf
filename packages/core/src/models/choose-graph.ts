import { AsrError } from '../errors.js';
import type { Quantization } from '../speech-model.js';
import { candidates, fileName, findExternalData, rank } from './graph-files.js';

/** One graph of a model that consists of one, in one of its precisions. */
export interface GraphChoice {
  readonly graph: string;
  readonly externalData: readonly string[];
  readonly quantization: Quantization;
  /** Half a sentence: why this precision. */
  readonly reason: string;
}

/**
 * Picks the graph of a model that consists of one.
 *
 * @throws AsrError `MODEL_NOT_FOUND` when there is none, or none in the precision asked for; `MODEL_UNSUPPORTED` when
 * there are several models.
 */
export function chooseSingleGraph(
  names: readonly string[],
  origin: string,
  options: { readonly stem?: string; readonly quantization?: Quantization | undefined } = {},
): GraphChoice {
  const { quantization, stem } = options;
  const found = candidates(names, stem);
  const [first] = found;
  if (!first) {
    throw new AsrError('MODEL_NOT_FOUND', `${origin}: there is no ${stem ?? '<model>'}.onnx.`);
  }
  const rival = found.find((other) => fileName(other.stem) !== fileName(first.stem));
  if (rival) {
    throw new AsrError(
      'MODEL_UNSUPPORTED',
      `${origin}: ${first.name} and ${rival.name} look like two models; keep the files of one, or name the graph ` +
        'with `ctc: { graph }`.',
    );
  }
  const pool = quantization ? found.filter((one) => one.quantization === quantization) : found;
  const [best] = pool.toSorted((a, b) => rank(a) - rank(b));
  if (!best) {
    const there = found.map((one) => `${one.quantization} (${one.name})`).join(', ');
    throw new AsrError(
      'MODEL_NOT_FOUND',
      `${origin}: no graph in precision ${quantization}; there are ${there}. Ask for one of these, or leave ` +
        '`quantization` out.',
    );
  }
  const reason = quantization
    ? `${quantization} was asked for`
    : found.length === 1
      ? `${best.name} is its only graph`
      : `${best.quantization} is preferred to ${found
          .filter((one) => one !== best)
          .map((one) => one.quantization)
          .join(', ')}`;
  return {
    graph: best.name,
    externalData: findExternalData(names, best.name),
    quantization: best.quantization,
    reason,
  };
}
