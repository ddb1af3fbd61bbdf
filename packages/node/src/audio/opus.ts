import { AsrError } from '@org/asr-core';
import { type ChannelPcm, decodePaced, incomplete } from './paced.js';

/** Packets decoded without a pause (20 ms each as a rule). */
const PACKETS_AT_ONCE = 100;

/**
 * Decodes the packets of an Ogg Opus stream (RFC 7845) to 48 kHz: head and tags packets first, then audio.
 * @param endGranule Position of the stream's end in 48 kHz samples, pre-skip included, to cut the last frame's padding.
 */
export async function decodeOpusPackets(
  packets: readonly Uint8Array[],
  endGranule: number | undefined,
  signal: AbortSignal | undefined,
): Promise<ChannelPcm> {
  const head = readHead(packets[0] ?? new Uint8Array(0));
  const audio = packets.slice(2).filter((packet) => packet.length > 0);
  const { OpusDecoder } = await import('opus-decoder');
  const decoder = new OpusDecoder({ ...head.decoder });
  try {
    await decoder.ready;
    const parts = function* () {
      for (let at = 0; at < audio.length; at += PACKETS_AT_ONCE) {
        yield decoder.decodeFrames(audio.slice(at, at + PACKETS_AT_ONCE));
      }
    };
    const { pcm, problems } = await decodePaced('Opus', parts(), signal, amplify(head.gain));
    const found = pcm.samples[0]?.length ?? 0;
    const stated = endGranule === undefined ? found : endGranule - head.decoder.preSkip;
    if (problems.length > 0) throw incomplete('Opus', found, stated, problems);
    const samples = pcm.samples.map((channel) => channel.subarray(0, Math.max(0, stated)));
    return { samples, sampleRate: pcm.sampleRate };
  } finally {
    decoder.free();
  }
}

function amplify(gain: number): ((samples: Float32Array) => void) | undefined {
  if (gain === 1) return undefined;
  return (samples) => {
    for (let i = 0; i < samples.length; i++) samples[i]! *= gain;
  };
}

interface OpusHead {
  /** Linear factor that the file asks players to apply. */
  readonly gain: number;
  readonly decoder: {
    readonly channels: number;
    readonly preSkip: number;
    readonly streamCount: number;
    readonly coupledStreamCount: number;
    readonly channelMappingTable: number[];
  };
}

function readHead(packet: Uint8Array): OpusHead {
  const channels = packet[9] ?? 0;
  const family = packet[18] ?? 0;
  if (packet.length < 19 || channels === 0 || (family !== 0 && packet.length < 21 + channels)) {
    throw new AsrError(
      'AUDIO_INVALID',
      `Opus: header packet of ${packet.length} bytes for ${channels} channels`,
    );
  }
  if (family === 0 && channels > 2) {
    throw new AsrError('AUDIO_INVALID', `Opus: ${channels} channels without a channel mapping`);
  }
  const view = new DataView(packet.buffer, packet.byteOffset, packet.byteLength);
  const mapping =
    family === 0
      ? {
          streamCount: 1,
          coupledStreamCount: channels - 1,
          channelMappingTable: channels === 2 ? [0, 1] : [0],
        }
      : {
          streamCount: packet[19]!,
          coupledStreamCount: packet[20]!,
          channelMappingTable: [...packet.subarray(21, 21 + channels)],
        };
  return {
    gain: 10 ** (view.getInt16(16, true) / 256 / 20),
    decoder: { channels, preSkip: view.getUint16(10, true), ...mapping },
  };
}
