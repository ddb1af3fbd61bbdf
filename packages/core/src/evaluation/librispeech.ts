import { checkUtterances, datasetError, manifestLines } from './dataset-error.js';
import type { Utterance } from './utterance.js';

/**
 * Reads a transcript file of LibriSpeech (`1089-134686.trans.txt`): a line is an id and what was said. The audio of
 * `1089-134686-0000` is `1089-134686-0000.flac` beside the file; the first number is the speaker's.
 *
 * @param file Name for messages.
 * @throws AsrError `DATASET_INVALID` for a line that begins with no id, an id that is there twice, an empty file.
 */
export function parseLibriSpeech(content: string, file: string): Utterance[] {
  const placed = manifestLines(content, file).map((line) => {
    const [, id, text] = /^(\S+)(?:\s+(.*))?$/su.exec(line.text) ?? [];
    if (id === undefined) {
      throw datasetError(
        line,
        'expected an utterance id and its text, found a line that begins with a space.',
      );
    }
    const speaker = /^(\d+)-\d+-\d+$/u.exec(id)?.[1];
    return [
      line,
      { id, audio: `${id}.flac`, text: text?.trim() ?? '', ...(speaker !== undefined && { speaker }) },
    ] as const;
  });
  return checkUtterances(placed, file);
}
