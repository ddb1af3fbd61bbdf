import { AsrError } from '@org/asr-web';
import type { ModelSource, Transcript } from '@org/asr-web';
import { button, element, hideProgress, input, select } from './elements.js';
import { Engine } from './engine.js';
import { folderSource, modelChoices } from './models.js';
import { workOffline } from './offline.js';
import { Player } from './player.js';
import { Recorder } from './recorder.js';
import { saveTranscript } from './save-transcript.js';
import { loadWithProgress, transcribe } from './session.js';
import { TranscriptView } from './transcript-view.js';

const engine = new Engine();
const view: TranscriptView = new TranscriptView((seconds) => player.playFrom(seconds));
const player = new Player((seconds) => view.highlight(seconds));
const sample = new URL('../../../tests/fixtures/audio/jfk.wav', import.meta.url);

let source: ModelSource = modelChoices[0]!.source!;
let result: { readonly name: string; readonly transcript: Transcript } | undefined;
let recorder: Recorder | undefined;
let running: AbortController | undefined;

/** Transcribes a recording. One that comes meanwhile takes its place. */
async function open(recording: File): Promise<void> {
  running?.abort();
  const abort = new AbortController();
  running = abort;
  clear();
  element('result').hidden = false;
  setBusy(true);
  try {
    player.show(recording);
    const model = await loadWithProgress(engine, source);
    abort.signal.throwIfAborted();
    const transcript = await transcribe(model, recording, view, abort.signal);
    result = { name: recording.name, transcript };
    if (transcript.text === '') view.showPartial('Nobody speaks in this recording.');
    element('downloads').hidden = transcript.text === '';
  } catch (error) {
    if (abort.signal.aborted) return;
    element('result').hidden = true;
    showError(error);
  } finally {
    if (running === abort) setBusy(false);
  }
}

function clear(): void {
  result = undefined;
  view.clear();
  element('error').hidden = true;
  element('downloads').hidden = true;
  element('status').textContent = '';
}

function setBusy(busy: boolean): void {
  button('cancel').hidden = !busy;
  element('result').setAttribute('aria-busy', String(busy));
  if (!busy) hideProgress('download', 'transcribe');
}

function showError(error: unknown): void {
  const message = element('error');
  message.hidden = false;
  message.textContent = describeError(error);
}

function describeError(error: unknown): string {
  if (AsrError.isInstance(error)) {
    if (error.code === 'AUDIO_UNSUPPORTED' || error.code === 'AUDIO_INVALID') {
      return `This file can't be read as audio: ${error.message}.`;
    }
    return `${error.message}.`;
  }
  if (error instanceof DOMException && error.name === 'NotAllowedError') {
    return 'The microphone may not be used. Allow it for this page in the browser, then press Record again.';
  }
  if (error instanceof DOMException && error.name === 'NotFoundError') return 'There is no microphone.';
  return error instanceof Error ? error.message : String(error);
}

async function toggleRecording(): Promise<void> {
  const record = button('record');
  try {
    if (recorder) {
      const stopped = recorder;
      recorder = undefined;
      showRecording(record, false);
      await open(await stopped.stop());
    } else {
      recorder = await Recorder.start();
      showRecording(record, true);
    }
  } catch (error) {
    showError(error);
  }
}

function showRecording(record: HTMLButtonElement, active: boolean): void {
  record.setAttribute('aria-pressed', String(active));
  element('record-label').textContent = active ? 'Stop' : 'Record';
}

function chooseModel(): void {
  const choice = modelChoices.find(({ id }) => id === select('model').value);
  if (choice?.source) source = choice.source;
  else input('folder').click();
}

select('model').append(...modelChoices.map(({ id, label }) => new Option(label, id)));
select('language').append(new Option('English', 'auto'));
select('model').addEventListener('change', chooseModel);
input('folder').addEventListener('change', () => {
  source = folderSource(input('folder').files ?? []);
});
input('file').addEventListener('change', () => {
  const [file] = input('file').files ?? [];
  if (file) void open(file);
});
button('record').addEventListener('click', () => void toggleRecording());
button('sample').addEventListener('click', () => {
  void fetch(sample)
    .then((response) => response.blob())
    .then((blob) => open(new File([blob], 'kennedy.wav')), showError);
});
button('cancel').addEventListener('click', () => {
  running?.abort();
  running = undefined;
  setBusy(false);
});
button('copy').addEventListener('click', () => {
  if (result) void navigator.clipboard.writeText(result.transcript.text);
});
for (const save of document.querySelectorAll<HTMLButtonElement>('[data-format]')) {
  save.addEventListener('click', () => {
    if (result) saveTranscript(result.transcript, result.name, save.dataset['format']!);
  });
}

const drop = element('drop');
for (const type of ['dragover', 'dragleave', 'drop'] as const) {
  drop.addEventListener(type, (event) => {
    event.preventDefault();
    drop.classList.toggle('over', type === 'dragover');
    const [file] = (type === 'drop' && event.dataTransfer?.files) || [];
    if (file) void open(file);
  });
}

void workOffline();
