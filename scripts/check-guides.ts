/**
 * Checks what Markdown files show: every `ts` block compiles as strictly as the packages do, and every relative link
 * leads to a file, and to a heading where it names one. Every error code has a chapter in the guide on errors.
 *
 * A block is a module of its own. A comment right above it, which readers don't see, may change that:
 * - `<!-- snippet: continues -->` puts the block before it (and what that one continues) in front of it;
 * - `<!-- snippet: given const x: string -->` declares a name that the text explains but the block doesn't make.
 */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import ts from 'typescript';
import { markdownFiles } from './markdown-files.js';
import { root } from './package-manager.mjs';
import type { CommandResult } from './workspace.js';

/** One `ts` block of a Markdown file. */
interface Snippet {
  readonly file: string;
  /** Line of its first line of code, from 1. */
  readonly line: number;
  /** What is compiled before it: blocks that it continues, names that are given. */
  readonly before: string;
  readonly code: string;
}

/** Checks all Markdown files of the repository. */
export function checkGuides(): Promise<CommandResult> {
  const files = markdownFiles();
  const snippets = files.flatMap((file) => snippetsOf(file, readFileSync(file, 'utf8')));
  const problems = [...compile(snippets), ...files.flatMap(brokenLinks), ...unexplainedCodes()];
  return Promise.resolve({
    ok: problems.length === 0 && snippets.length > 0,
    output: [...problems, `${snippets.length} blocks of ${files.length} files`].join('\n'),
  });
}

function snippetsOf(file: string, text: string): Snippet[] {
  const snippets: Snippet[] = [];
  const lines = text.split('\n');
  for (let at = 0; at < lines.length; at++) {
    const fence = /^(\s*)```(\w*)/.exec(lines[at]!);
    if (!fence) continue;
    const end = lines.findIndex((line, index) => index > at && line.startsWith(`${fence[1]}\`\`\``));
    if (end < 0) throw new Error(`${relative(root, file)}:${at + 1}: a code block never ends`);
    if (fence[2] === 'ts') {
      const code = lines.slice(at + 1, end).join('\n');
      snippets.push({ file, line: at + 2, before: contextOf(lines, at, snippets.at(-1)), code });
    }
    at = end;
  }
  return snippets;
}

/** Reads the comments right above a block. */
function contextOf(lines: readonly string[], fence: number, previous: Snippet | undefined): string {
  let context = '';
  for (let at = fence - 1; at >= 0; at--) {
    const line = lines[at]!.trim();
    if (line === '') continue;
    const comment = /^<!-- snippet: (.*) -->$/.exec(line)?.[1];
    if (comment === undefined) break;
    if (comment.startsWith('given ')) context = `declare ${comment.slice('given '.length)};\n${context}`;
    else if (comment === 'continues' && previous) {
      context = `${previous.before}\n${previous.code}\n${context}`;
    } else throw new Error(`line ${at + 1}: unknown comment "${comment}"`);
  }
  return context;
}

/** Type-checks all blocks in one program. Positions are those in the Markdown file. */
function compile(snippets: readonly Snippet[]): string[] {
  const config = ts.readConfigFile(join(root, 'tsconfig.base.json'), (path) => ts.sys.readFile(path));
  const { options } = ts.parseJsonConfigFileContent(config.config, ts.sys, root);
  // Guides are for Node and for browsers.
  const lib = ['es2023', 'esnext.disposable', 'dom', 'dom.iterable', 'dom.asynciterable'];
  const settings = { ...options, lib: lib.map((name) => `lib.${name}.d.ts`), types: ['node'], noEmit: true };
  const sources = new Map(
    snippets.map((snippet, index) => [join(root, 'tests', `snippet-${index}.ts`), snippet] as const),
  );
  const textOf = ({ before, code }: Snippet): string => `${before}\n${code}\nexport {};\n`;
  const disk = ts.createCompilerHost(settings);
  const host: ts.CompilerHost = {
    ...disk,
    fileExists: (path) => sources.has(path) || disk.fileExists(path),
    readFile(path) {
      const snippet = sources.get(path);
      return snippet ? textOf(snippet) : disk.readFile(path);
    },
    getSourceFile(path, version) {
      const snippet = sources.get(path);
      return snippet
        ? ts.createSourceFile(path, textOf(snippet), version, true)
        : disk.getSourceFile(path, version);
    },
  };
  const program = ts.createProgram([...sources.keys()], settings, host);
  return [...sources].flatMap(([path, snippet]) => {
    const source = program.getSourceFile(path);
    const found = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
    return found.map((diagnostic) => describe(snippet, diagnostic));
  });
}

function describe(snippet: Snippet, { file, start = 0, messageText }: ts.Diagnostic): string {
  const row = file?.getLineAndCharacterOfPosition(start).line ?? 0;
  const line = snippet.line + row - snippet.before.split('\n').length;
  const where = line < snippet.line ? ' (in what it continues)' : '';
  const message = ts.flattenDiagnosticMessageText(messageText, ' ');
  return `${relative(root, snippet.file)}:${Math.max(line, snippet.line)}${where}: ${message}`;
}

/** Relative links of a file that lead nowhere. */
function brokenLinks(file: string): string[] {
  const text = withoutCode(readFileSync(file, 'utf8'));
  const problems: string[] = [];
  for (const [, address = ''] of text.matchAll(/\[[^\]]*\]\(([^)\s]+)\)/g)) {
    if (/^[a-z]+:/i.test(address)) continue;
    const [path = '', heading] = decodeURI(address).split('#');
    const target = path === '' ? file : join(dirname(file), path);
    const problem = !existsSync(target)
      ? 'there is no such file'
      : heading !== undefined && !headingsOf(target).has(heading)
        ? 'there is no such heading'
        : undefined;
    if (problem !== undefined) problems.push(`${relative(root, file)}: link to ${address}: ${problem}`);
  }
  return problems;
}

/** Error codes of core that the guide doesn't explain. */
function unexplainedCodes(): string[] {
  const guide = 'docs/guides/errors.md';
  const source = readFileSync(join(root, 'packages/core/src/errors.ts'), 'utf8');
  const codes = [...source.matchAll(/^ +\| '([A-Z_]+)'/gm)].map(([, code = '']) => code);
  if (codes.length === 0) return ['packages/core/src/errors.ts: found no error codes'];
  const chapters = headingsOf(join(root, guide));
  return codes
    .filter((code) => !chapters.has(code.toLowerCase()))
    .map((code) => `${guide}: there is no chapter on ${code}`);
}

function withoutCode(text: string): string {
  return text.replaceAll(/^\s*```[\s\S]*?^\s*```/gm, '').replaceAll(/`[^`\n]*`/g, '');
}

/** Names that GitHub gives to headings. */
function headingsOf(file: string): ReadonlySet<string> {
  const text = readFileSync(file, 'utf8').replaceAll(/^\s*```[\s\S]*?^\s*```/gm, '');
  const names = [...text.matchAll(/^#+ (.*)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}_ -]/gu, '')
      .replaceAll(' ', '-'),
  );
  return new Set(names);
}
