import { AsrError } from '../../../errors.js';
import { orAbort } from '../../../or-abort.js';
import type { WhisperLayout } from '../layouts/layout.js';

/**
 * Puts an encoder that takes windows of any length in the place of one that takes 30 s alone. That one is disposed when no run uses it
 * any more: a full window is the same to both, and weights are not held twice.
 *
 * @param name Of the layout, for messages.
 * @param signal Ends the wait.
 * @throws AsrError `OPTION_UNSUPPORTED` where that can't be done, and what opening throws; all is as it was then.
 */
export async function freeEncoder(layout: WhisperLayout, name: string, signal?: AbortSignal): Promise<void> {
  const { encoder } = layout;
  // One after the other: what failed may be tried again, and what is done isn't done twice.
  const replaced = (encoder.freeing ?? Promise.resolve()).then(() => replaceEncoder(layout, name));
  encoder.freeing = replaced.catch(() => {});
  await orAbort(replaced, signal);
}

async function replaceEncoder({ encoder, sessions }: WhisperLayout, name: string): Promise<void> {
  if (sessions.length === 0) throw disposed();
  const { openFreed, session: loaded, frames } = encoder;
  if (!openFreed) {
    if (frames.fixed === undefined && frames.max !== undefined) return;
    throw new AsrError(
      'OPTION_UNSUPPORTED',
      `decoding.audioContext: this encoder (layout ${name}) takes 30 s only; tools/export-whisper makes others`,
    );
  }
  const freed = await openFreed();
  if (sessions.length === 0) {
    await freed.dispose();
    throw disposed();
  }
  sessions.push(freed);
  encoder.session = freed;
  encoder.frames = { max: frames.fixed };
  delete encoder.openFreed;
  await loaded.dispose();
}

function disposed(): AsrError {
  return new AsrError('DISPOSED', 'these Whisper graphs have been disposed');
}
