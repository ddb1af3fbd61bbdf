import type { ModelSource, SpeechModel, Transcript, TranscribeOptions } from '@org/asr-web';
import { DownloadProgress } from './download-progress.js';
import { clock, element, hideProgress, select, showProgress } from './elements.js';
import type { Engine } from './engine.js';
import type { TranscriptView } from './transcript-view.js';

/** Loads the model, with its progress on the page, and offers its languages. */
export async function loadWithProgress(engine: Engine, source: ModelSource): Promise<SpeechModel> {
  const download = new DownloadProgress();
  showProgress('download', undefined, '');
  try {
    const model = await engine.load(source, (progress) => {
      download.add(progress);
      const megabytes = (download.loaded / 1e6).toFixed(1);
      showProgress(
        'download',
        download.fraction,
        progress.type === 'download' ? `${megabytes} MB` : 'Starting…',
      );
    });
    offerLanguages(model.info.languages ?? []);
    return model;
  } finally {
    hideProgress('download');
  }
}

/** The option for what is chosen; none where the model finds it out. */
export function chosenLanguage(): Pick<TranscribeOptions, 'language'> {
  const language = select('language').value;
  return language === 'auto' ? {} : { language };
}

/** English-only models have nothing to choose. */
function offerLanguages(languages: readonly string[]): void {
  const list = select('language');
  if (list.length === languages.length + 1) return;
  const names = new Intl.DisplayNames(['en'], { type: 'language' });
  const nameOf = (code: string): string => names.of(code) ?? code;
  const sorted = [...languages].sort((a, b) => nameOf(a).localeCompare(nameOf(b)));
  const choices =
    languages.length > 1
      ? [new Option('Detect', 'auto'), ...sorted.map((code) => new Option(nameOf(code), code))]
      : [new Option('English', 'auto')];
  list.replaceChildren(...choices);
  list.disabled = languages.length <= 1;
}

/** Transcribes a recording, its segments and progress on the page as they come. */
export async function transcribe(
  model: SpeechModel,
  recording: Blob,
  view: TranscriptView,
  signal: AbortSignal,
): Promise<Transcript> {
  const options: TranscribeOptions = {
    timestamps: 'word',
    ...chosenLanguage(),
    signal,
    onProgress: ({ seconds, duration }) =>
      showProgress('transcribe', seconds / duration, `${clock(seconds)} of ${clock(duration)}`),
  };
  showProgress('transcribe', undefined, '');
  const started = performance.now();
  try {
    const transcript = await model.transcribe(recording, options);
    for (const segment of transcript.segments) view.add(segment);
    showSpeed(model, transcript.duration, (performance.now() - started) / 1000);
    return transcript;
  } finally {
    hideProgress('transcribe');
  }
}

/** Says how long it took and what it ran on. @param seconds that it took; absent where that was as long as somebody spoke */
export function showSpeed(model: SpeechModel, duration: number, seconds?: number): void {
  const { provider, backend, threads } = model.info;
  const speed = seconds && ` in ${seconds.toFixed(1)} s: ${(duration / seconds).toFixed(1)} × real time`;
  const device =
    provider === 'webgpu'
      ? 'the GPU'
      : `the CPU, ${threads?.threads === 1 ? 'one thread' : `${threads?.threads} threads`}`;
  element('status').textContent = `${clock(duration)} of audio${speed ?? ''}, on ${device} (${backend})`;
  element('status').title = threads?.reason ?? '';
}
