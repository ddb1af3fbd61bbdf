import { AsrError } from '../errors.js';
import { finish, finishInTurns, type Steps } from '../steps.js';
import type { Pcm } from './pcm.js';
import { type WavEncoding, type WavFormat, readWavFormat } from './wav-format.js';
import { decodeWavSamples } from './wav-samples.js';

/** Audio of a WAV file, with what the file says about itself. */
export interface WavAudio extends Pcm {
  /** One array per channel. */
  readonly samples: readonly Float32Array[];
  /** How samples are stored in the file. */
  readonly encoding: WavEncoding;
  /** Bits of a sample in the file. */
  readonly bitsPerSample: number;
  /** Whether the file states more sample data than it holds; `samples` is then what is there. */
  readonly truncated: boolean;
}

/** A size that a writer could not know: ffmpeg writes all ones to a pipe, sox just under 2 GiB. */
const UNKNOWN_SIZE = 0xffff_ffff;
const SOX_UNKNOWN_SIZE = 0x7fff_0000;

interface DataChunk {
  readonly start: number;
  /** `undefined` if the writer did not know: up to the end of the file. */
  readonly size: number | undefined;
}

/**
 * Reads a WAV file: RIFF, RF64 and BW64, with PCM of 8, 16, 24 or 32 bits, float of 32 or 64 bits, A-law or µ-law,
 * plain or extensible headers. Data of unknown size (streamed by ffmpeg or sox) reaches to the end of the file.
 * Memory use is at most four times the file's size.
 *
 * @param bytes The whole file. A file without samples is valid and gives empty channels.
 * @throws AsrError `AUDIO_INVALID` for bytes that are no WAV file or a damaged one, `AUDIO_UNSUPPORTED` for other
 *   codecs and big-endian (RIFX) files; the message says what was found at which byte.
 */
export function readWav(bytes: Uint8Array): WavAudio {
  return finish(readWavSteps(bytes));
}

/**
 * {@link readWav} with turns of the event loop in between, for long files.
 * @throws What `readWav` throws; `signal.reason` when aborted.
 */
export function readWavInTurns(bytes: Uint8Array, signal?: AbortSignal): Promise<WavAudio> {
  return finishInTurns(readWavSteps(bytes), signal);
}

function* readWavSteps(bytes: Uint8Array): Steps<WavAudio> {
  const file = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  checkHeader(file);
  const { format, data } = findChunks(file);
  const available = file.byteLength - data.start;
  const size = Math.min(data.size ?? available, available);
  const frames = Math.floor(size / (format.channels * format.bytesPerSample));
  return {
    samples: yield* decodeWavSamples(
      new DataView(bytes.buffer, bytes.byteOffset + data.start, size),
      format,
      frames,
    ),
    sampleRate: format.sampleRate,
    encoding: format.encoding,
    bitsPerSample: format.bitsPerSample,
    truncated: (data.size ?? 0) > available,
  };
}

function checkHeader(file: DataView): void {
  if (file.byteLength < 12) {
    throw invalid(`the file has ${file.byteLength} bytes; even an empty one has 44`);
  }
  const container = fourCC(file, 0);
  if (container === 'RIFX') {
    throw new AsrError('AUDIO_UNSUPPORTED', 'WAV: big-endian file ("RIFX" at byte 0); convert it to RIFF');
  }
  if (!['RIFF', 'RF64', 'BW64'].includes(container) || fourCC(file, 8) !== 'WAVE') {
    throw invalid(
      `expected "RIFF" at byte 0 and "WAVE" at byte 8; found "${container}" and "${fourCC(file, 8)}"`,
    );
  }
}

/** Walks the chunks until format and data are known, in either order. */
function findChunks(file: DataView): { readonly format: WavFormat; readonly data: DataChunk } {
  let format: WavFormat | undefined;
  let data: DataChunk | undefined;
  let longDataSize: number | undefined;
  let at = 12;
  while (at + 8 <= file.byteLength && (format === undefined || data === undefined)) {
    const id = fourCC(file, at);
    let size = file.getUint32(at + 4, true);
    const start = at + 8;
    const present = Math.min(size, file.byteLength - start);
    if (id === 'fmt ') {
      format = readWavFormat(new DataView(file.buffer, file.byteOffset + start, present), start);
    } else if (id === 'ds64' && present >= 16) {
      longDataSize = Number(file.getBigUint64(start + 8, true));
    } else if (id === 'data') {
      data = { start, size: dataSize(file, start, size, longDataSize) };
      size = data.size ?? file.byteLength - start;
    }
    // Chunks start at even offsets; the padding byte is not counted in the size.
    at = start + size + (size % 2);
  }
  if (format === undefined) throw invalid(`no "fmt " chunk in ${file.byteLength} bytes`);
  if (data === undefined) throw invalid(`no "data" chunk in ${file.byteLength} bytes`);
  return { format, data };
}

function dataSize(
  file: DataView,
  start: number,
  size: number,
  longSize: number | undefined,
): number | undefined {
  if (size === UNKNOWN_SIZE) return longSize === undefined || longSize === 0 ? undefined : longSize;
  if (size >= SOX_UNKNOWN_SIZE && size > file.byteLength) return undefined;
  // A header that was never completed (the writer stopped or could not seek back) counts no byte after itself.
  if (size === 0 && file.getUint32(4, true) + 8 <= start) return undefined;
  return size;
}

function fourCC(file: DataView, at: number): string {
  let text = '';
  for (let i = 0; i < 4; i++) {
    const code = file.getUint8(at + i);
    text +=
      code >= 0x20 && code < 0x7f ? String.fromCharCode(code) : `\\x${code.toString(16).padStart(2, '0')}`;
  }
  return text;
}

function invalid(found: string): AsrError {
  return new AsrError('AUDIO_INVALID', `WAV: ${found}`);
}
