import { createNodePlatform, loadModel, microphone, playRecording, readAudio } from '@org/asr-node';
import type { AudioStreamSource, StreamEvent, StreamOptions } from '@org/asr-node';
import { findAudio } from '../find-audio.js';
import type { CliContext } from '../context.js';
import { transcribeOptionsFor } from '../decoding-options.js';
import { UsageError } from '../errors.js';
import { resolveModelOrDefault } from '../model-argument.js';
import { downloadOptions, loadOptions, type ModelFlags } from '../model-options.js';
import { openAudio } from '../open-audio.js';
import { ProgressBoard } from '../progress.js';
import { loadSearchResources } from '../search-options.js';
import type { ListeningFlags } from '../transcribe-options.js';
import { Screen } from './screen.js';

/** Values of the options of `asr listen`. */
export interface ListenFlags extends ModelFlags, ListeningFlags {
  readonly model?: string | undefined;
  readonly device?: string | undefined;
  readonly file?: string | undefined;
  readonly pace?: 'realtime' | 'fast' | undefined;
  readonly mode?: 'dictation' | 'utterance' | undefined;
  readonly silenceWithoutSpeech?: number | undefined;
  readonly silenceAfterSpeech?: number | undefined;
  readonly maxLength?: number | undefined;
  /** `false` for `--no-endpoint`. */
  readonly endpoint: boolean;
  readonly partials: boolean;
  readonly json?: true | undefined;
}

/** `asr listen`. */
export async function runListen(flags: ListenFlags, context: CliContext): Promise<void> {
  checkCombination(flags);
  const { cwd } = context.process;
  using board = new ProgressBoard(context);
  const source = await resolveModelOrDefault(flags.model, cwd);
  await using resources = await loadSearchResources(flags, {
    cwd,
    download: downloadOptions(flags),
    signal: context.signal,
  });
  await using model = await loadModel(source, {
    ...loadOptions(flags, context),
    onProgress: board.onLoadProgress(),
  });
  for (const { provider, reason } of model.info.fallbacks) {
    board.note(`${provider} can't be used: ${reason}`);
  }
  board[Symbol.dispose]();
  const options: StreamOptions = {
    ...transcribeOptionsFor(model, flags, resources),
    endpoint: endpointOf(flags),
    partials: flags.partials,
    ...(flags.mode !== undefined && { mode: flags.mode }),
  };
  const show = presenter(flags, context);
  const events =
    flags.file === undefined
      ? model.stream(hear(flags, context), options)
      : model.stream(await play(flags.file, flags, context), { ...options, signal: context.signal });
  for await (const event of events) show(event);
}

/** How events are shown. */
function presenter(flags: ListenFlags, context: CliContext): (event: StreamEvent) => void {
  if (flags.json) return (event) => context.print(JSON.stringify(event));
  const screen = new Screen(context);
  return (event) => screen.show(event);
}

/** The microphone. The first Ctrl+C ends what is heard, and what was said last is still written: that is how one stops. */
function hear({ device }: ListenFlags, context: CliContext): AudioStreamSource {
  const audio = microphone(device === undefined ? {} : { device });
  context.signal.throwIfAborted();
  context.signal.addEventListener('abort', () => void audio.stop(), { once: true });
  context.note('Listening; Ctrl+C ends.');
  return audio;
}

async function play(
  file: string,
  { pace = 'realtime' }: ListenFlags,
  context: CliContext,
): Promise<AudioStreamSource> {
  const [audio, ...others] = await findAudio([file], context.process.cwd);
  if (others.length > 0) throw new UsageError('one recording is played at a time; name one file');
  const recording = await readAudio(openAudio(audio!, context), createNodePlatform(), context.signal);
  return playRecording(recording, { pace, signal: context.signal });
}

function endpointOf(flags: ListenFlags): NonNullable<StreamOptions['endpoint']> {
  if (!flags.endpoint) return false;
  const { silenceWithoutSpeech, silenceAfterSpeech, maxLength } = flags;
  return {
    ...(silenceWithoutSpeech !== undefined && { silenceWithoutSpeech }),
    ...(silenceAfterSpeech !== undefined && { silenceAfterSpeech }),
    ...(maxLength !== undefined && { maxLength }),
  };
}

/** @throws UsageError for options that don't go together. */
function checkCombination(flags: ListenFlags): void {
  const { endpoint, file, device, pace, mode, silenceAfterSpeech, silenceWithoutSpeech, maxLength } = flags;
  if (pace !== undefined && file === undefined) throw new UsageError('--pace is for --file');
  if (device !== undefined && file !== undefined)
    throw new UsageError('--device is for the microphone, not for --file');
  if (endpoint) return;
  if ([silenceAfterSpeech, silenceWithoutSpeech, maxLength].some((value) => value !== undefined)) {
    throw new UsageError('--no-endpoint leaves no endpoint that --silence-… and --max-length could set');
  }
  if (mode === 'utterance')
    throw new UsageError('--mode utterance ends at an endpoint, and --no-endpoint has none');
}
