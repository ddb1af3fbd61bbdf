// Writes packages/core/src/text/english-spellings.ts from a `normalizer.json` (openai/whisper's
// `english.json`, MIT; Hugging Face checkpoints carry a copy):
//
//   node scripts/make-english-spellings.mjs path/to/normalizer.json
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const [input] = process.argv.slice(2);
if (!input) throw new Error('usage: node scripts/make-english-spellings.mjs path/to/normalizer.json');

/** change → stem → endings: a word is stem + change + ending. */
const changes = new Map();
let count = 0;
for (const [british, entry] of Object.entries(JSON.parse(readFileSync(input, 'utf8')))) {
  // "archaeology" has a piece of a web page behind it.
  const american = entry.replace(/<.*$/, '');
  // Hugging Face's copies add "mm", which the reference does not have; keys with spaces can match no word.
  if (british === 'mm' || !/^[a-z]+$/.test(british)) continue;
  let start = 0;
  while (start < Math.min(british.length, american.length) && british[start] === american[start]) start++;
  let end = 0;
  const longest = Math.min(british.length, american.length) - start;
  while (end < longest && british.at(-1 - end) === american.at(-1 - end)) end++;
  const change = `${british.slice(start, british.length - end)}>${american.slice(start, american.length - end)}`;
  const stem = british.slice(0, start);
  const stems = changes.get(change) ?? new Map();
  changes.set(change, stems);
  stems.set(stem, [...(stems.get(stem) ?? []), british.slice(british.length - end)]);
  count++;
}

const lines = [];
for (const [change, stems] of [...changes].sort((a, b) => b[1].size - a[1].size)) {
  let line = change;
  for (const [stem, endings] of stems) {
    const entry = `${stem}-${endings.join(',')}`;
    if (line.length + 1 + entry.length > 108) {
      lines.push(line);
      line = '';
    }
    line += ` ${entry}`;
  }
  lines.push(line);
}

writeFileSync(
  fileURLToPath(new URL('../packages/core/src/text/english-spellings.ts', import.meta.url)),
  `/**
 * ${count} British spellings and their American equals: data of openai/whisper, \`normalizers/english.json\`, packed
 * by \`scripts/make-english-spellings.mjs\`. One entry is mended: "archaeology", which upstream turns into
 * "archeology</span> archeology</span".
 *
 * @license
 * MIT License
 *
 * Copyright (c) 2022 OpenAI
 *
 * Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated
 * documentation files (the "Software"), to deal in the Software without restriction, including without limitation the
 * rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to
 * permit persons to whom the Software is furnished to do so, subject to the following conditions:
 *
 * The above copyright notice and this permission notice shall be included in all copies or substantial portions of the
 * Software.
 *
 * THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE
 * WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR
 * COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR
 * OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.
 */

/**
 * A line \`from>to stem-ending,ending …\` stands for the pairs stem + from + ending → stem + to + ending; an
 * indented line goes on with the change of the line above.
 */
const PACKED = \`
${lines.join('\n')}
\`;

let spellings: ReadonlyMap<string, string> | undefined;

/** British → American. Unpacked on first use. */
export function americanSpellings(): ReadonlyMap<string, string> {
  return (spellings ??= new Map(unpack(PACKED)));
}

function* unpack(packed: string): Generator<[british: string, american: string]> {
  let from = '';
  let to = '';
  for (const line of packed.trim().split('\\n')) {
    const [change, ...entries] = line.split(' ');
    if (change) [from = '', to = ''] = change.split('>');
    for (const entry of entries) {
      const [stem = '', endings = ''] = entry.split('-');
      for (const ending of endings.split(',')) yield [stem + from + ending, stem + to + ending];
    }
  }
}
`,
);
