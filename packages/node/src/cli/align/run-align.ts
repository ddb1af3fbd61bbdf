import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { isCtcModel, loadModel } from '@org/asr-node';
import { writeFileAtomically } from '../atomic-file.js';
import { findAudio } from '../find-audio.js';
import { openAudio } from '../open-audio.js';
import type { CliContext } from '../context.js';
import { UsageError } from '../errors.js';
import { resolveModel } from '../model-argument.js';
import { loadOptions, type ModelFlags } from '../model-options.js';
import { ProgressBoard } from '../progress.js';
import { formatAlignment, type AlignFormat } from './formats.js';

/** Values of the options of `asr align`. */
export interface AlignFlags extends ModelFlags {
  readonly model: string;
  readonly text?: string | undefined;
  readonly textFile?: string | undefined;
  readonly format: AlignFormat;
  readonly output?: string | undefined;
}

/** `asr align`. */
export async function runAlign(recording: string, flags: AlignFlags, context: CliContext): Promise<void> {
  const { cwd } = context.process;
  const text = await readText(flags, cwd);
  const [audio, ...others] = await findAudio([recording], cwd);
  if (others.length > 0) throw new UsageError('a text is aligned with one recording; name one file');
  using board = new ProgressBoard(context);
  await using model = await loadModel(await resolveModel(flags.model, cwd), {
    ...loadOptions(flags, context),
    onProgress: board.onLoadProgress(),
  });
  if (!isCtcModel(model)) {
    throw new UsageError(`${flags.model} is a ${model.info.family} model; aligning needs a CTC model`);
  }
  const alignment = await model.align(openAudio(audio!, context), text, { signal: context.signal });
  const content = formatAlignment(alignment, text, flags.format);
  if (flags.output === undefined) board.print(content);
  else await writeFileAtomically(resolve(cwd, flags.output), content);
  board.note(`${alignment.words.length} words, mean score ${alignment.score.toFixed(2)}`);
}

async function readText({ text, textFile }: AlignFlags, cwd: string): Promise<string> {
  if (text !== undefined) return text;
  if (textFile === undefined) throw new UsageError('what is said? Give --text or --text-file');
  return readFile(resolve(cwd, textFile), 'utf8').catch((cause: unknown) => {
    throw new UsageError(`--text-file: ${(cause as Error).message}`, { cause });
  });
}
