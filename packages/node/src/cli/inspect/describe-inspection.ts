import type { InspectedSignature, ModelInspection } from '@org/asr-node';
import { formatBytes, formatTable } from '../format.js';

/** What `inspectModel` found, for people. @param bold Marks up titles. */
export function describeInspection(found: ModelInspection, bold: (title: string) => string): string {
  const { origin, family, layout, detection, candidates, graphs } = found;
  const sections: (readonly [title: string, rows: string])[] = [
    ['Model', formatTable(facts(found))],
    [
      'Features',
      formatTable(found.features.map(({ name, supported, reason }) => [name, sign(supported), reason])),
    ],
    ['Files', formatTable(fileRows(found), ['left', 'right'])],
  ];
  if (graphs.length > 0) sections.push(['Graphs', graphs.map(describeSignature).join('\n')]);
  const others = candidates.filter(({ matches }) => !matches);
  sections.push(['Not taken for', formatTable(others.map(({ family, reason }) => [family, reason]))]);
  const text = sections.map(([title, rows]) => `${bold(title)}\n${rows.replaceAll(/^/gmu, '  ')}`);
  return [`${bold(`${family}, ${layout}`)}: ${detection}\n${origin}`, ...text].join('\n\n');
}

function facts({
  quantization,
  size,
  frontEnd,
  sampleRate,
  vocabulary,
  languages,
}: ModelInspection): string[][] {
  return [
    ['precision', quantization ?? 'its file names do not tell'],
    ['size', size === undefined ? 'not known before it is fetched' : formatBytes(size)],
    ['audio', `${sampleRate} Hz`],
    ['front end', frontEnd],
    ['vocabulary', vocabulary ? `${vocabulary.kind}, ${vocabulary.size}` : 'not known before it is fetched'],
    ['languages', languages ? `${languages.length}: ${languages.join(' ')}` : 'it knows no languages'],
  ];
}

function sign(supported: boolean | 'unknown'): string {
  return supported === 'unknown' ? 'unknown' : supported ? 'yes' : 'no';
}

function fileRows({ files }: ModelInspection): string[][] {
  const used = files.filter((file) => file.used);
  const left = files.filter((file) => !file.used);
  return [...used, ...left].map(({ name, size, used, reason }) => [
    name,
    size === undefined ? '?' : formatBytes(size),
    used ? 'used' : 'left',
    reason,
  ]);
}

function describeSignature({ name, inputs, outputs }: InspectedSignature): string {
  const row = (kind: string, { name, type, dims }: InspectedSignature['inputs'][number]): string[] => [
    kind,
    name,
    type ?? '?',
    dims ? `[${dims.join(', ')}]` : '?',
  ];
  const rows = [...inputs.map((one) => row('in', one)), ...outputs.map((one) => row('out', one))];
  return `${name}\n${formatTable(rows).replaceAll(/^/gmu, '  ')}`;
}
