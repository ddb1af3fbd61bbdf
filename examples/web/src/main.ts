import { AsrError, microphone, modelFromFolder } from '@org/asr-web';
import type { LiveAudio, ModelSource, Transcript } from '@org/asr-web';
import { button, element, hideProgress, input, select } from './elements.js';
import { Engine } from './engine.js';
import { listen } from './live.js';
import { modelChoices } from './models.js';
import { workOffline } from './offline.js';
import { Player } from './player.js';
import { saveTranscript } from './save-transcript.js';
import { loadWithProgress, showSpeed, transcribe } from './session.js';
import { TranscriptView } from './transcript-view.js';

const engine = new Engine();
const view: TranscriptView = new TranscriptView((seconds) => player.playFrom(seconds));
const player = new Player((seconds) => view.highlight(seconds));
const sample = new URL('../../../tests/fixtures/audio/jfk.wav', import.meta.url);

let source: ModelSource = modelChoices[0]!.source!;
let result: { readonly name: string; readonly transcript: Transcript } | undefined;
let live: LiveAudio | undefined;
let running: AbortController | undefined;

/** Transcribes a recording. One that comes meanwhile takes its place. */
async function open(recording: File): Promise<void> {
  await run(async (signal) => {
    player.show(recording);
    const model = await loadWithProgress(engine, source);
    signal.throwIfAborted();
    const transcript = await transcribe(model, recording, view, signal);
    if (transcript.text === '') view.showPartial('Nobody speaks in this recording.');
    return { name: recording.name, transcript };
  });
}

/** Transcribes what is said until the button is pressed again. */
async function record(): Promise<void> {
  await run(async (signal) => {
    player.hide();
    const model = await loadWithProgress(engine, source);
    signal.throwIfAborted();
    live = microphone({ signal });
    showRecording(true);
    try {
      const { transcript, recording } = await listen(model, live, view, signal);
      player.show(recording);
      view.showPartial(transcript.text === '' ? 'Nobody spoke.' : '');
      showSpeed(model, transcript.duration);
      return { name: recording.name, transcript };
    } finally {
      live = undefined;
      showRecording(false);
    }
  });
}

/** What is common to both: one at a time, and errors on the page. */
async function run(work: (signal: AbortSignal) => Promise<typeof result>): Promise<void> {
  running?.abort();
  const abort = new AbortController();
  running = abort;
  clear();
  element('result').hidden = false;
  setBusy(true);
  try {
    const done = await work(abort.signal);
    if (abort.signal.aborted) return;
    result = done;
    element('downloads').hidden = done?.transcript.text === '';
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
  select('model').disabled = busy;
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
  return error instanceof Error ? error.message : String(error);
}

function showRecording(active: boolean): void {
  button('record').setAttribute('aria-pressed', String(active));
  element('record-label').textContent = active ? 'Stop' : 'Record';
}

function chooseModel(): void {
  const choice = modelChoices.find(({ id }) => id === select('model').value);
  if (choice?.source) void use(choice.source);
  else input('folder').click();
}

/** Loads a model at once, so that the languages it knows can be chosen before it is used. */
async function use(chosen: ModelSource | Promise<ModelSource>): Promise<void> {
  element('error').hidden = true;
  select('model').disabled = true;
  try {
    source = await chosen;
    await loadWithProgress(engine, source);
  } catch (error) {
    showError(error);
  } finally {
    select('model').disabled = false;
  }
}

select('model').append(...modelChoices.map(({ id, label }) => new Option(label, id)));
select('language').append(new Option('English', 'auto'));
select('model').addEventListener('change', chooseModel);
input('folder').addEventListener('change', () => void use(modelFromFolder(input('folder').files!)));
input('file').addEventListener('change', () => {
  const [file] = input('file').files ?? [];
  if (file) void open(file);
});
button('record').addEventListener('click', () => void (live ? live.stop() : record()));
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

/** A folder is a model, anything else a recording. */
function openDropped(dropped: DataTransfer): void {
  const [file] = dropped.files;
  if (dropped.items[0]?.webkitGetAsEntry()?.isDirectory) {
    select('model').value = 'folder';
    void use(modelFromFolder(dropped));
  } else if (file) void open(file);
}

const drop = element('drop');
for (const type of ['dragover', 'dragleave', 'drop'] as const) {
  drop.addEventListener(type, (event) => {
    event.preventDefault();
    drop.classList.toggle('over', type === 'dragover');
    const dropped = type === 'drop' && event.dataTransfer;
    if (dropped) openDropped(dropped);
  });
}

void workOffline();
