import { joinFloats, writeWav } from '@org/asr-web';
import type { LiveAudio, Pcm, SpeechModel, StreamEvent, TimedChunk, Transcript } from '@org/asr-web';
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
  const heard: Pcm[] = [];
  element('status').textContent = 'Listening…';
  for await (const event of model.stream(keep(audio, heard), {
    timestamps: 'word',
    ...chosenLanguage(),
    signal,
  })) {
    if (event.type === 'end') return { transcript: event.transcript, recording: recordingOf(heard) };
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

/** Seconds of a gap that are kept: nobody wants to see two hours of a closed laptop, nor has the memory for them. */
const LONGEST_GAP = 60;

/**
 * Passes audio on and keeps it, with silence where some is missing, so that the transcript's times are those of the recording.
 * Leaving it leaves the microphone too.
 */
async function* keep(audio: LiveAudio, heard: Pcm[]): AsyncGenerator<TimedChunk> {
  let due: number | undefined;
  let left = 0;
  for await (const chunk of audio) {
    const { samples, sampleRate } = chunk.audio;
    const missing = chunk.time - (due ?? chunk.time);
    const filled = Math.round(Math.min(missing, LONGEST_GAP) * sampleRate);
    left += Math.max(0, missing - LONGEST_GAP);
    if (filled > 0) heard.push({ samples: new Float32Array(filled), sampleRate });
    heard.push(chunk.audio);
    due = chunk.time + samples.length / sampleRate;
    yield { audio: chunk.audio, time: chunk.time - left };
  }
}

function recordingOf(heard: readonly Pcm[]): File {
  const mono = heard.map(({ samples }) => samples as Float32Array);
  const wav = writeWav({ samples: joinFloats(mono), sampleRate: heard[0]?.sampleRate ?? 48_000 });
  const name = `recording ${new Date().toISOString().slice(0, 16).replaceAll(':', '-')}.wav`;
  return new File([wav], name, { type: 'audio/wav' });
}
