import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { AsrError } from '@org/asr-node';
import type { SpeechModel } from '@org/asr-node';

/** Limits of the server. */
export interface ServerOptions {
  /** Largest upload in bytes. Default 100 MB. */
  readonly maxBytes?: number;
  /** Requests that may be under way; further ones are told to come again. Default 8. */
  readonly maxPending?: number;
}

/** A refusal with its HTTP status. */
class HttpError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/**
 * Transcribes `POST /transcribe`: the body is an audio file of any format, `?language=` and `?timestamps=` are options.
 * The answer has one JSON object per line, a segment each, sent as soon as it is final. A client that hangs up ends the
 * work on its request.
 */
export function createTranscriptionServer(model: SpeechModel, options: ServerOptions = {}): Server {
  const { maxBytes = 100_000_000, maxPending = 8 } = options;
  let pending = 0;
  return createServer((request, response) => {
    pending++;
    answer(request, response)
      .catch((error: unknown) => fail(response, error))
      .finally(() => pending--);
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
    if (pathname !== '/transcribe') throw new HttpError(404, 'POST a recording to /transcribe');
    if (request.method !== 'POST') throw new HttpError(405, 'POST a recording');
    if (pending > maxPending) throw new HttpError(503, 'busy; try again later');

    const hungUp = new AbortController();
    response.once('close', () => hungUp.abort());
    const language = searchParams.get('language');
    const timestamps = searchParams.get('timestamps');
    if (timestamps !== null && timestamps !== 'segment' && timestamps !== 'word') {
      throw new HttpError(400, 'timestamps must be "segment" or "word"');
    }
    const segments = model.segments(limited(request, maxBytes), {
      signal: hungUp.signal,
      ...(language !== null && { language }),
      ...(timestamps !== null && { timestamps }),
    });
    // Nothing is sent before the first segment is there, so that what is wrong with the audio can still be a status.
    for (let next = await segments.next(); !next.done; next = await segments.next()) {
      if (!response.headersSent) response.writeHead(200, { 'Content-Type': 'application/x-ndjson' });
      response.write(`${JSON.stringify(next.value)}\n`);
    }
    if (!response.headersSent) response.writeHead(200, { 'Content-Type': 'application/x-ndjson' });
    response.end();
  }
}

/** The bytes of an upload, which may not be longer than this. */
async function* limited(request: IncomingMessage, maxBytes: number): AsyncGenerator<Uint8Array, void> {
  let received = 0;
  for await (const chunk of request as AsyncIterable<Uint8Array>) {
    received += chunk.byteLength;
    if (received > maxBytes) throw new HttpError(413, `a recording may have ${maxBytes} bytes`);
    yield chunk;
  }
}

function fail(response: ServerResponse, error: unknown): void {
  if (response.destroyed) return;
  // Too late for a status: an answer that is cut off is no complete one.
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const [status, message] = describe(error);
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8', Connection: 'close' });
  response.end(`${message}\n`);
}

/** What a client may know of an error. */
function describe(error: unknown): readonly [status: number, message: string] {
  if (error instanceof HttpError) return [error.status, error.message];
  if (AsrError.isInstance(error)) {
    if (error.code === 'AUDIO_UNSUPPORTED' || error.code === 'AUDIO_INVALID') return [415, error.message];
    if (error.code === 'OPTION_UNSUPPORTED') return [400, error.message];
  }
  // Options are the client's; an unknown language is out of range.
  if (error instanceof RangeError) return [400, error.message];
  console.error(error);
  return [500, 'the transcription failed'];
}
