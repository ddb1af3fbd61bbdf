import { joinFloats, writeWav } from '@org/asr-web';
import type { LiveAudio, Pcm, SpeechModel, StreamEvent, Transcript } from '@org/asr-web';
import { clock, element } from './elements.js';
import { chosenLanguage } from './session.js';
import type { TranscriptView } from './transcript-view.js';

/** What was said, and the sound of it. */
export interface Heard {
  readonly transcript: Transcript;
  readonly recording: File;
}

/** Transcribes while somebody speaks, until the audio is stopped. */
export async function listen(
  model: SpeechModel,
  audio: LiveAudio,
  view: TranscriptView,
  signal: AbortSignal,
): Promise<Heard> {
  const chunks: Pcm[] = [];
  element('status').textContent = 'Listening…';
  for await (const event of model.stream(keep(audio, chunks), {
    timestamps: 'word',
    ...chosenLanguage(),
    signal,
  })) {
    if (event.type === 'end') return { transcript: event.transcript, recording: recordingOf(chunks) };
    show(event, view);
  }
  throw new Error('the stream ended without an end');
}

function show(event: StreamEvent, view: TranscriptView): void {
  if (event.type === 'partial') {
    view.showPartial(event.text, event.confirmed);
    element('status').textContent = `Listening: ${clock(event.end)}`;
  } else if (event.type === 'segment') {
    view.add(event.segment);
    view.showPartial('');
  } else if (event.type === 'lag' && event.seconds > 0) {
    element('status').textContent = `${event.seconds.toFixed(0)} s behind: this device is slower than speech`;
  }
}

/** Passes audio on and keeps it. Leaving it leaves the microphone too. */
async function* keep(audio: LiveAudio, chunks: Pcm[]): AsyncGenerator<Pcm> {
  for await (const chunk of audio) {
    chunks.push(chunk);
    yield chunk;
  }
}

function recordingOf(chunks: readonly Pcm[]): File {
  const mono = chunks.map(({ samples }) => samples as Float32Array);
  const wav = writeWav({ samples: joinFloats(mono), sampleRate: chunks[0]?.sampleRate ?? 48_000 });
  const name = `recording ${new Date().toISOString().slice(0, 16).replaceAll(':', '-')}.wav`;
  return new File([wav], name, { type: 'audio/wav' });
}
