/** Writes the subtitles of a recording to standard output: `tsx main.ts <audio file> [--format srt] [--model folder]`. */
import { AsrError, loadModel, toJson, toLrc, toPlainText, toSrt, toTsv, toVtt } from '@org/asr-node';
import type { SubtitleOptions, Transcript } from '@org/asr-node';
import whisperTinyEn from '@org/asr-model-whisper-tiny-en';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';

/** Two lines of 42 characters, as broadcasters commonly ask for. */
const LAYOUT: SubtitleOptions = { maxLineWidth: 42, maxLineCount: 2 };

const WRITERS: Readonly<Record<string, (transcript: Transcript) => string>> = {
  srt: (transcript) => toSrt(transcript, LAYOUT),
  vtt: (transcript) => toVtt(transcript, LAYOUT),
  lrc: (transcript) => toLrc(transcript),
  tsv: toTsv,
  txt: toPlainText,
  json: toJson,
};

const USAGE = `usage: tsx main.ts <audio file> [--format ${Object.keys(WRITERS).join('|')}] [--model folder] [--language code]`;

/** npm and pnpm run scripts in the package's folder; INIT_CWD is where the user typed the command. */
const typedIn = process.env['INIT_CWD'] ?? process.cwd();

async function main(): Promise<string> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      format: { type: 'string', default: 'srt' },
      model: { type: 'string' },
      language: { type: 'string' },
    },
  });
  const [file, ...more] = positionals;
  const write = Object.hasOwn(WRITERS, values.format) ? WRITERS[values.format] : undefined;
  if (file === undefined || more.length > 0 || !write) throw new TypeError(USAGE);

  const source = values.model === undefined ? whisperTinyEn : { path: resolve(typedIn, values.model) };
  await using model = await loadModel(source);
  const transcript = await model.transcribe(resolve(typedIn, file), {
    timestamps: 'word',
    ...(values.language !== undefined && { language: values.language }),
    onProgress: ({ seconds, duration }) => {
      if (process.stderr.isTTY) process.stderr.write(`\r${seconds.toFixed(0)} of ${duration.toFixed(0)} s `);
    },
  });
  return write(transcript);
}

try {
  process.stdout.write(await main());
} catch (error) {
  if (!AsrError.isInstance(error) && !(error instanceof TypeError)) throw error;
  console.error(AsrError.isInstance(error) ? `${error.code}: ${error.message}` : error.message);
  process.exitCode = 1;
}
