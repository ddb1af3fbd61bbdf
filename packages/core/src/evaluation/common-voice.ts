import { checkUtterances, datasetError, manifestLines } from './dataset-error.js';
import type { Utterance } from './utterance.js';

/**
 * Reads a table of Common Voice (`test.tsv`, `validated.tsv`): tab-separated, without quoting, columns found by the
 * names of the first line. `path` and `sentence` are needed; `client_id` and `locale` are used where they are there.
 * Audio lies in `clips/` beside the table.
 *
 * @param file Name for messages.
 * @throws AsrError `DATASET_INVALID` for a missing column, a line with too few or too many columns, an empty table.
 */
export function parseCommonVoice(content: string, file: string): Utterance[] {
  const [header, ...lines] = manifestLines(content, file);
  if (!header) throw datasetError({ file }, 'it is empty; expected a line with the names of the columns.');
  const columns = header.text.split('\t');
  for (const name of ['path', 'sentence']) {
    if (!columns.includes(name)) {
      throw datasetError(header, `there is no column "${name}"; found ${columns.join(', ').slice(0, 200)}.`);
    }
  }
  const placed = lines.map((line) => {
    const values = line.text.split('\t');
    if (values.length !== columns.length) {
      throw datasetError(line, `expected ${columns.length} columns, found ${values.length}.`);
    }
    const get = (name: string): string => (values[columns.indexOf(name)] ?? '').trim();
    const path = get('path');
    if (path === '') throw datasetError(line, 'the column "path" is empty.');
    // `zh-CN`, `sv-SE`: models go by the language alone.
    const language = get('locale').split('-')[0]!;
    const speaker = get('client_id');
    const utterance: Utterance = {
      id: path.replace(/\.[^./]+$/u, ''),
      audio: `clips/${path}`,
      text: get('sentence'),
      ...(language !== '' && { language }),
      ...(speaker !== '' && { speaker }),
    };
    return [line, utterance] as const;
  });
  return checkUtterances(placed, file);
}
