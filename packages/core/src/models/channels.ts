import { channelsOf, checkPcm, type AudioInput, type Pcm } from '../audio/pcm.js';
import { prepareAudio, readAudio, type AudioPlatform } from '../audio/read-audio.js';
import type { TranscribeOptions } from '../speech-model.js';
import type { Transcript } from '../transcript/transcript.js';

/** What to do with the channels of audio that has several. */
export type ChannelMode = 'mix' | 'separate';

/** @throws TypeError when `channels` is neither of its values. */
export function checkChannelMode(channels: string | undefined): ChannelMode {
  if (channels === undefined || channels === 'mix') return 'mix';
  if (channels === 'separate') return channels;
  throw new TypeError(`channels: expected mix or separate, found ${channels}`);
}

/**
 * The channels to transcribe, at `sampleRate`: the average of all, or each of them.
 *
 * @throws TypeError, RangeError for malformed audio; AsrError `AUDIO_INVALID` for samples that are no audio;
 *   `signal.reason` when aborted.
 */
export async function prepareChannels(
  pcm: Pcm,
  sampleRate: number,
  mode: ChannelMode,
  signal?: AbortSignal,
): Promise<readonly Float32Array[]> {
  if (mode === 'mix') return [await prepareAudio(pcm, sampleRate, signal)];
  checkPcm(pcm);
  const channels: Float32Array[] = [];
  for (const samples of channelsOf(pcm)) {
    channels.push(await prepareAudio({ ...pcm, samples }, sampleRate, signal));
  }
  return channels;
}

/**
 * Reads audio and gives the channels to transcribe, at `sampleRate`.
 *
 * @throws what reading the audio and {@link prepareChannels} throw; `signal.reason` when aborted.
 */
export async function readChannels(
  audio: AudioInput,
  platform: AudioPlatform,
  sampleRate: number,
  mode: ChannelMode,
  signal: AbortSignal | undefined,
): Promise<readonly Float32Array[]> {
  const pcm = await readAudio(audio, platform, signal);
  const channels = await prepareChannels(pcm, sampleRate, mode, signal);
  signal?.throwIfAborted();
  return channels;
}

/** Transcribes one channel; tells `report` how many of its seconds are done. */
type TranscribeChannel = (
  samples: Float32Array,
  duration: number,
  report: (seconds: number) => void,
) => Promise<Transcript>;

/** The transcript of a recording whose channels are transcribed one after the other. */
export async function transcribeInTurn(
  channels: readonly Float32Array[],
  sampleRate: number,
  mode: ChannelMode,
  onProgress: TranscribeOptions['onProgress'],
  transcribe: TranscribeChannel,
): Promise<Transcript> {
  const transcripts: Transcript[] = [];
  for (const [i, samples] of channels.entries()) {
    const duration = samples.length / sampleRate;
    // What is done of one channel is only a part of the whole.
    const report = (seconds: number): void =>
      onProgress?.({ seconds: (i * duration + seconds) / channels.length, duration });
    transcripts.push(await transcribe(samples, duration, report));
  }
  if (mode !== 'separate') return transcripts[0]!;
  const { joinChannels } = await import('./join-channels.js');
  return joinChannels(transcripts);
}
