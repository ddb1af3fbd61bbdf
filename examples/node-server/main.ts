/** Starts the server: `tsx main.ts [model folder]`. PORT is 8080 unless set. */
import { loadModel } from '@org/asr-node';
import whisperTinyEn from '@org/asr-model-whisper-tiny-en';
import { createTranscriptionServer } from './server.js';

const folder = process.argv[2];
const port = Number(process.env['PORT'] ?? 8080);

// Loaded once, before the first request. It lives as long as the process.
const model = await loadModel(folder === undefined ? whisperTinyEn : { path: folder });
const server = createTranscriptionServer(model);
server.listen(port, () => console.log(`POST a recording to http://localhost:${port}/transcribe`));

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    server.close(() => void model.dispose());
    server.closeIdleConnections();
  });
}
