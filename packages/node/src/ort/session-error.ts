import { AsrError } from '@org/asr-core';
import { messageOf } from './runtime.js';

/** What ONNX Runtime says about files that are no ONNX graph or contradict themselves. */
const INVALID_MODEL =
  /protobuf parsing failed|does not have a graph|data pointer is null|invalid model|invalid graph|missing opset|Type Error:|ShapeInferenceError|unsupported model IR version|initializer .* (?:out of bounds|size)|external (?:data|initializer)|external_data/i;

/**
 * The `AsrError` for a graph that ONNX Runtime refused because of its content; undefined when the reason lies
 * elsewhere (a provider, memory, an operator that this runtime lacks).
 *
 * @param head First bytes of the file.
 */
export function invalidModelError(model: string, cause: unknown, head: Uint8Array): AsrError | undefined {
  const message = messageOf(cause);
  if (!INVALID_MODEL.test(message)) return undefined;
  const looks = describeHead(head);
  return new AsrError(
    'MODEL_INVALID',
    `${model} is not a loadable ONNX graph: ${looks === undefined ? message : `${looks} (${message})`}`,
    { cause },
  );
}

/** `BACKEND_FAILED` for everything else that goes wrong while a session is made. */
export function sessionFailed(model: string, cause: unknown): AsrError {
  return new AsrError('BACKEND_FAILED', `${model}: ONNX Runtime can't load this graph: ${messageOf(cause)}`, {
    cause,
  });
}

/** Recognises what is commonly found in place of a model. */
function describeHead(head: Uint8Array): string | undefined {
  const text = new TextDecoder('latin1').decode(head);
  if (text.startsWith('version https://git-lfs')) {
    return 'it is a Git LFS pointer, not the file itself; fetch it with "git lfs pull"';
  }
  if (/^\s*<(?:!doctype|html|\?xml)/i.test(text)) return 'it is a web page; the download went wrong';
  if (/^[\t\n\r\x20-\x7e]+$/.test(text))
    return `it is a text file that starts with ${JSON.stringify(text.slice(0, 32))}`;
  return undefined;
}
