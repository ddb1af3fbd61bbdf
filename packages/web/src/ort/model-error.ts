import { AsrError } from '@org/asr-core';
import { messageOf } from './messages.js';

/**
 * What ONNX Runtime says of files that are no ONNX graph or contradict themselves. The codes are its own
 * (`onnxruntime/core/common/status.h`): 7 is INVALID_PROTOBUF, 10 INVALID_GRAPH.
 */
const INVALID_MODEL =
  /ERROR_CODE: (?:7|10)\b|protobuf parsing failed|does not have a graph|invalid model|invalid graph|missing opset|Type Error:|ShapeInferenceError|unsupported model IR version|external data|external_data/i;

/** What it says when its own wasm could not be fetched or started. */
const NO_RUNTIME = /no available backend found|initWebAssembly/;

/**
 * The error for a graph that no session could be made of: `MODEL_INVALID` for its content, `BACKEND_UNAVAILABLE` when
 * the runtime itself didn't start, else `BACKEND_FAILED`.
 */
export function sessionError(model: string, cause: unknown, bytes: Uint8Array): AsrError {
  const message = messageOf(cause);
  if (NO_RUNTIME.test(message)) {
    return new AsrError(
      'BACKEND_UNAVAILABLE',
      `ONNX Runtime's wasm could not be started: ${message}. Check that ort-wasm-simd-threaded.wasm and .mjs can be ` +
        'fetched (see the wasmPaths option) and that the Content-Security-Policy allows wasm, then load the page again',
      { cause },
    );
  }
  if (!INVALID_MODEL.test(message)) {
    return new AsrError('BACKEND_FAILED', `${model}: ONNX Runtime can't load this graph: ${message}`, {
      cause,
    });
  }
  const instead = describeInstead(bytes.subarray(0, 64));
  return new AsrError(
    'MODEL_INVALID',
    `${model} is not a loadable ONNX graph: ${instead === undefined ? message : `${instead} (${message})`}`,
    { cause },
  );
}

/** Recognises what servers and checkouts deliver in place of a model. */
function describeInstead(head: Uint8Array): string | undefined {
  const text = new TextDecoder('latin1').decode(head);
  if (text.startsWith('version https://git-lfs')) {
    return 'it is a Git LFS pointer, not the file itself; fetch it with "git lfs pull"';
  }
  if (/^\s*<(?:!doctype|html|\?xml)/i.test(text)) {
    return 'it is a web page: the server answered with its start page or an error page';
  }
  if (/^[\t\n\r\x20-\x7e]+$/.test(text))
    return `it is a text file that starts with ${JSON.stringify(text.slice(0, 32))}`;
  return undefined;
}
