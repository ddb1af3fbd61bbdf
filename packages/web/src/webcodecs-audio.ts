import { joinFloats, readMp3Header } from '@org/asr-core';
import type { Pcm } from '@org/asr-core';
import {
  ADTS,
  AudioSampleSink,
  BufferSource,
  FLAC,
  Input,
  MATROSKA,
  MP3,
  MP4,
  OGG,
  QTFF,
  WAVE,
  WEBM,
} from 'mediabunny';
import type { AudioSample } from 'mediabunny';

/** Samples that every MP3 decoder is late by. */
const MP3_DECODER_DELAY = 529;
const FORMATS = [MP4, QTFF, MATROSKA, WEBM, OGG, MP3, FLAC, ADTS, WAVE];

/**
 * Decodes compressed audio with WebCodecs, which workers have too; mediabunny takes the files apart. At the rate of the file,
 * channels kept.
 *
 * @throws Error that says why it can't: a container or a codec that is not known here, damaged content.
 */
export async function decodeWithWebCodecs(bytes: Uint8Array, signal?: AbortSignal): Promise<Pcm> {
  const input = new Input({ source: new BufferSource(bytes), formats: FORMATS });
  try {
    const track = await input.getPrimaryAudioTrack();
    if (!track) throw new Error('it holds no sound');
    if (!(await track.canDecode())) throw new Error(`there is no decoder for ${track.codec ?? 'its codec'}`);
    const pieces: (readonly Float32Array[])[] = [];
    for await (const sample of new AudioSampleSink(track).samples()) {
      pieces.push(takeChannels(sample));
      signal?.throwIfAborted();
    }
    const samples = joinChannels(pieces);
    return {
      samples: track.codec === 'mp3' ? trimMp3(samples, bytes) : samples,
      sampleRate: track.sampleRate,
    };
  } finally {
    input.dispose();
  }
}

/** What is to be heard of a piece: a codec's run-up has times below 0. */
function takeChannels(sample: AudioSample): readonly Float32Array[] {
  try {
    const { numberOfChannels, numberOfFrames, sampleRate, timestamp } = sample;
    const early = Math.min(numberOfFrames, Math.max(0, Math.round(-timestamp * sampleRate)));
    return Array.from({ length: numberOfChannels }, (_, planeIndex) => {
      const channel = new Float32Array(numberOfFrames);
      sample.copyTo(channel, { planeIndex, format: 'f32-planar' });
      return channel.subarray(early);
    });
  } finally {
    sample.close();
  }
}

function joinChannels(pieces: readonly (readonly Float32Array[])[]): readonly Float32Array[] {
  const [first] = pieces;
  if (!first) throw new Error('it holds no sound');
  if (pieces.some((piece) => piece.length !== first.length)) {
    throw new Error('the number of its channels changes on the way');
  }
  return first.map((_, channel) => joinFloats(pieces.map((piece) => piece[channel]!)));
}

/** Leaves out what the encoder added at both ends, where the file says how much: 50 ms and more at the start. */
function trimMp3(samples: readonly Float32Array[], bytes: Uint8Array): readonly Float32Array[] {
  const { delay = 0, statedSamples = 0 } = readMp3Header(bytes) ?? {};
  if (delay === 0) return samples;
  const start = delay + MP3_DECODER_DELAY;
  return samples.map((channel) => channel.subarray(start, start + statedSamples));
}
