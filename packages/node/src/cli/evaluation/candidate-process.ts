import { fork } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { CandidateReply, CandidateRequest } from './candidate-messages.js';
import type { CandidateSpec, Measurement, MeasureHooks, MeasureTask } from './measurement.js';

/** Characters of a dead process's last words that are kept. */
const LAST_WORDS = 2000;

/** A candidate could not be measured. */
export class CandidateError extends Error {
  override readonly name = 'CandidateError';
}

/**
 * Measures a candidate in a process of its own.
 *
 * @throws CandidateError when it fails, also by killing its process; `signal.reason` when aborted, and the process is ended.
 */
export async function measureInProcess(
  spec: CandidateSpec,
  task: MeasureTask,
  { signal, onDownload, onProgress }: MeasureHooks,
): Promise<Measurement> {
  signal?.throwIfAborted();
  const child = fork(entryFile(), { stdio: ['ignore', 'ignore', 'pipe', 'ipc'], execArgv: [] });
  const stop = (): void => void child.kill('SIGKILL');
  signal?.addEventListener('abort', stop, { once: true });
  let lastWords = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    lastWords = (lastWords + text).slice(-LAST_WORDS);
  });
  try {
    return await new Promise<Measurement>((resolve, reject) => {
      child.once('error', (cause) => {
        reject(new CandidateError(`its process did not start: ${cause.message}`, { cause }));
      });
      child.once('close', (code, killedBy) => {
        if (signal?.aborted) reject(signal.reason);
        else reject(new CandidateError(describeDeath(code, killedBy, lastWords)));
      });
      child.on('message', (reply: CandidateReply) => {
        if (reply.type === 'done') resolve(reply.measurement);
        else if (reply.type === 'failed') reject(new CandidateError(reply.message));
        else if (reply.type === 'progress') onProgress?.(reply.done);
        else onDownload?.({ ...reply, total: reply.total });
      });
      const request: CandidateRequest = { spec, task };
      child.send(request);
    });
  } finally {
    signal?.removeEventListener('abort', stop);
    stop();
  }
}

function describeDeath(code: number | null, killedBy: NodeJS.Signals | null, lastWords: string): string {
  const how = killedBy === null ? `with code ${code}` : `by ${killedBy}`;
  const why = killedBy === 'SIGKILL' ? ', as systems do when memory runs out' : '';
  const said = lastWords.trim() === '' ? '' : `: ${lastWords.trim()}`;
  return `its process was ended ${how}${why}${said}`;
}

/** `dist/candidate.js`; found by the package's name, because `src/` and `dist/` are at different depths. */
function entryFile(): string {
  const manifest = createRequire(import.meta.url).resolve('@org/asr-node/package.json');
  return join(dirname(manifest), 'dist/candidate.js');
}
