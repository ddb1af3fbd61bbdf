/** Finds the commands that the documentation shows. */
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { markdownFiles } from '../../../scripts/markdown-files.js';
import { root } from '../../../scripts/package-manager.mjs';

/** A line that calls `asr`, or one beside it in the same block. */
export interface DocumentedCommand {
  readonly line: string;
  /** Where it is shown, from the top of the repository, with `/`. */
  readonly files: readonly string[];
}

const CALL = /(?:^|[|&] ?|RUN )(?:npx )?(?:asr|@org\/asr-node) /mu;
/** A whole command in running text; a name alone, as in "`asr compare` says", is none. */
const INLINE = /(?<!`)`(?<code>(?:npx )?(?:asr|@org\/asr-node) [a-z]+ [^`<…]+)`(?!`)/gu;
const BLOCK = /^```(?<language>\w*)\n(?<code>[\s\S]*?)^```/gmu;

/** Every command of every Markdown file, each once: of blocks in which one line calls `asr`, and in running text. */
export function documentedCommands(): readonly DocumentedCommand[] {
  const places = new Map<string, Set<string>>();
  for (const path of markdownFiles()) {
    const file = relative(root, path).replaceAll('\\', '/');
    for (const line of commandsOf(readFileSync(path, 'utf8'))) {
      places.set(line, (places.get(line) ?? new Set()).add(file));
    }
  }
  return [...places].map(([line, files]) => ({ line, files: [...files] }));
}

/** The commands of one document, in its order: blocks first. */
export function commandsOf(markdown: string): readonly string[] {
  const inBlocks = [...markdown.matchAll(BLOCK)].flatMap(({ groups }) => {
    const { language, code } = groups as { readonly language: string; readonly code: string };
    if (!['', 'sh', 'bash', 'text', 'dockerfile'].includes(language) || !CALL.test(code)) return [];
    const lines = code.split('\n').map((line) => line.replace(/(?:^|\s+)# .*$/u, ''));
    return language === 'dockerfile'
      ? lines.filter((line) => CALL.test(line)).map((line) => line.replace(/^RUN /u, ''))
      : lines.filter((line) => line !== '' && !line.startsWith('npm ') && !isUsage(line));
  });
  const running = markdown.replaceAll(BLOCK, '');
  const inline = [...running.matchAll(INLINE)].map(({ groups }) => groups!['code']!);
  return [...inBlocks, ...inline];
}

/** `asr align [options] <recording>` says what a command looks like. */
function isUsage(line: string): boolean {
  return /\[options\]|<[a-z]+(?:\.{3})?>/u.test(line);
}
