import { toLogProbs } from '../../decoding/ctc/log-probs.js';
import type { TransducerScorer } from '../../decoding/transducer/transducer-scorer.js';
import type { InferenceSession } from '../../inference/backend.js';
import { createTensor, disposeTensors } from '../../inference/tensor.js';

/** Outputs of the decoder that are remembered: a text comes back to the same few contexts. */
const REMEMBERED = 4096;

/** Scores labels by the decoder and the joiner of a stateless transducer (sherpa-onnx's names). */
export class GraphScorer implements TransducerScorer<Float32Array> {
  readonly contextSize: number;
  readonly #decoder: InferenceSession;
  readonly #joiner: InferenceSession;
  /** Output of the decoder by context, as onnx-asr and sherpa-onnx keep it. */
  readonly #known = new Map<string, Float32Array>();

  constructor(decoder: InferenceSession, joiner: InferenceSession, contextSize: number) {
    this.#decoder = decoder;
    this.#joiner = joiner;
    this.contextSize = contextSize;
  }

  async score(frame: Float32Array, contexts: readonly (readonly number[])[]): Promise<Float32Array> {
    const count = contexts.length;
    const width = frame.length;
    const decoded = new Float32Array(count * width);
    const encoded = new Float32Array(count * width);
    for (const [i, context] of contexts.entries()) {
      decoded.set(await this.#decode(context), i * width);
      encoded.set(frame, i * width);
    }
    const outputs = await this.#joiner.run(
      {
        encoder_out: createTensor('float32', encoded, [count, width]),
        decoder_out: createTensor('float32', decoded, [count, width]),
      },
      ['logit'],
    );
    try {
      const logits = outputs['logit']!;
      // A copy: the tensor's memory is the runtime's.
      const rows = Float32Array.from((await logits.read()) as Float32Array);
      toLogProbs(rows, logits.dims.at(-1)!, 'logits');
      return rows;
    } finally {
      disposeTensors(outputs);
    }
  }

  /** Output of the decoder behind a context. */
  async #decode(context: readonly number[]): Promise<Float32Array> {
    const key = context.join(' ');
    const known = this.#known.get(key);
    if (known) return known;
    const labels = BigInt64Array.from(context, BigInt);
    const outputs = await this.#decoder.run({ y: createTensor('int64', labels, [1, context.length]) }, [
      'decoder_out',
    ]);
    try {
      const values = Float32Array.from((await outputs['decoder_out']!.read()) as Float32Array);
      if (this.#known.size >= REMEMBERED) this.#known.clear();
      this.#known.set(key, values);
      return values;
    } finally {
      disposeTensors(outputs);
    }
  }
}
