/** The process of one candidate of `asr compare`: its load time and memory are nobody else's. */
import { describeError } from '../errors.js';
import type { CandidateReply, CandidateRequest } from './candidate-messages.js';
import { measureCandidate } from './measurement.js';

function reply(message: CandidateReply): void {
  process.send?.(message);
}

// Ctrl+C reaches all processes of a terminal; the parent decides what ends.
process.on('SIGINT', () => {});
process.once('disconnect', () => process.exit(1));
process.once('message', ({ spec, task }: CandidateRequest) => {
  void measureCandidate(spec, task, {
    onDownload: (progress) => {
      if (progress.type !== 'download') return;
      const { file, loaded, total } = progress;
      reply({ type: 'download', file, loaded, ...(total !== undefined && { total }) });
    },
    onProgress: (done) => reply({ type: 'progress', done }),
  })
    .then(
      (measurement) => reply({ type: 'done', measurement }),
      (error: unknown) => reply({ type: 'failed', message: describeError(error) }),
    )
    // What was sent is delivered before the channel closes.
    .then(() => {
      process.removeAllListeners('disconnect');
      process.disconnect();
    });
});
