/**
 * Transcribes one telephone call: `tsx main.ts [recording] [mulaw|alaw]`. It listens for RTP on a port of this machine (PORT, or
 * any that is free). With a recording it also makes the call.
 */
import { AsrError, loadModel } from '@org/asr-node';
import whisperTinyEn from '@org/asr-model-whisper-tiny-en';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { receiveCall } from './call.js';
import { call } from './caller.js';
import { SAMPLE_RATE, SILENCE, type Law } from './rtp.js';

/** npm and pnpm run scripts in the package's folder; INIT_CWD is where the user typed the command. */
const typedIn = process.env['INIT_CWD'] ?? process.cwd();

async function main(recording: string | undefined, law: Law): Promise<void> {
  await using model = await loadModel(whisperTinyEn);
  const socket = createSocket('udp4').bind(Number(process.env['PORT'] ?? 0), '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address();
  console.log(`waiting for a call on udp://127.0.0.1:${port}`);
  const calling = recording === undefined ? undefined : call(port, resolve(typedIn, recording), law);
  try {
    const received = await receiveCall(socket);
    if (!received) return;
    const format = { sampleRate: SAMPLE_RATE, encoding: received.law };
    for await (const event of model.stream(received.audio, { format })) {
      if (event.type !== 'segment') continue;
      const { start, end, text } = event.segment;
      console.log(`${start.toFixed(2)} – ${end.toFixed(2)}  ${text}`);
    }
    await calling;
  } finally {
    socket.close();
  }
}

const [, , recording, law = 'mulaw'] = process.argv;
try {
  if (!isLaw(law)) throw new RangeError(`the law is mulaw or alaw, not ${law}`);
  await main(recording, law);
} catch (error) {
  if (!(error instanceof Error)) throw error;
  console.error(AsrError.isInstance(error) ? `${error.code}: ${error.message}` : error.message);
  process.exitCode = 1;
}

function isLaw(text: string): text is Law {
  return text in SILENCE;
}
