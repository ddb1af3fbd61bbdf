/**
 * Transcribes one telephone call: `tsx main.ts [recording]`. It listens for RTP on a port of this machine (PORT, or any that
 * is free). With a recording it also makes the call.
 */
import { AsrError, loadModel } from '@org/asr-node';
import whisperTinyEn from '@org/asr-model-whisper-tiny-en';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { receiveCall } from './call.js';
import { call } from './caller.js';
import { SAMPLE_RATE } from './rtp.js';

/** npm and pnpm run scripts in the package's folder; INIT_CWD is where the user typed the command. */
const typedIn = process.env['INIT_CWD'] ?? process.cwd();

async function main(recording: string | undefined): Promise<void> {
  await using model = await loadModel(whisperTinyEn);
  const socket = createSocket('udp4').bind(Number(process.env['PORT'] ?? 0), '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address();
  console.log(`waiting for a call on udp://127.0.0.1:${port}`);
  const calling = recording === undefined ? undefined : call(port, resolve(typedIn, recording));
  try {
    const format = { sampleRate: SAMPLE_RATE, encoding: 'mulaw' } as const;
    for await (const event of model.stream(receiveCall(socket), { format })) {
      if (event.type !== 'segment') continue;
      const { start, end, text } = event.segment;
      console.log(`${start.toFixed(2)} – ${end.toFixed(2)}  ${text}`);
    }
    await calling;
  } finally {
    socket.close();
  }
}

try {
  await main(process.argv[2]);
} catch (error) {
  if (!AsrError.isInstance(error)) throw error;
  console.error(`${error.code}: ${error.message}`);
  process.exitCode = 1;
}
