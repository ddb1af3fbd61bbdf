/**
 * Everything that CI runs, step by step: `pnpm check [--only=lint,types] [--count]`.
 * All steps run, whatever fails; a failing step prints its output. `--count` ends with the
 * line that CI reads: `N passed, N failed`.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { checkGuides } from './check-guides.js';
import { pnpm, root } from './package-manager.mjs';
import { cacheFolder, commandPath, node, workspacePackages } from './workspace.js';
import type { CommandResult } from './workspace.js';

interface Step {
  readonly name: string;
  readonly what: string;
  run(): Promise<CommandResult>;
}

/** The part of Vitest's JSON report that is read here. */
interface TestResults {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly testResults: readonly {
    readonly status: string;
    readonly assertionResults: readonly { readonly status: string }[];
  }[];
}

const { values } = parseArgs({ options: { only: { type: 'string' }, count: { type: 'boolean' } } });
const tarballs = join(cacheFolder, 'tarballs');
const testResults = join(cacheFolder, 'test-results.json');
rmSync(testResults, { force: true });

const steps: readonly Step[] = [
  {
    name: 'format',
    what: 'prettier; mend with: pnpm format',
    run: () => node([commandPath('prettier'), '--check', '--cache', '--log-level', 'warn', '.']),
  },
  { name: 'lint', what: 'oxlint, type-aware', run: () => node([commandPath('oxlint'), '--deny-warnings']) },
  { name: 'types', what: 'tsc on every project', run: checkTypes },
  {
    name: 'guides',
    what: 'snippets of Markdown files compile, their links lead somewhere',
    run: checkGuides,
  },
  {
    name: 'cli',
    what: 'the reference of the command line is what the code says',
    run: () => node(['--import', 'tsx', 'scripts/cli-reference.ts']),
  },
  { name: 'build', what: 'tsup', run: () => node(['--import', 'tsx', 'scripts/build.ts']) },
  { name: 'packages', what: 'publint and "are the types wrong" on the packed files', run: checkPackages },
  {
    name: 'unused',
    what: 'knip: files, exports and dependencies nobody uses',
    run: () => node([commandPath('knip'), '--no-config-hints']),
  },
  {
    name: 'size',
    what: 'size-limit: budgets in .size-limit.json',
    run: () => node([commandPath('size-limit')]),
  },
  { name: 'api', what: 'API reports in etc/', run: () => node(['--import', 'tsx', 'scripts/api-report.ts']) },
  {
    name: 'docs',
    what: 'typedoc: every export is documented',
    run: () => node([commandPath('typedoc'), '--logLevel', 'Warn']),
  },
  { name: 'test', what: 'vitest, all projects', run: runTests },
];

const only = values.only?.split(',');
const unknown = only?.filter((name) => !steps.some((step) => step.name === name)) ?? [];
if (unknown.length > 0) {
  throw new Error(`no step ${unknown.join(', ')}; there are: ${steps.map(({ name }) => name).join(', ')}`);
}

const failed: string[] = [];
for (const step of steps) {
  if (only && !only.includes(step.name)) continue;
  const started = Date.now();
  const result = await attempt(step);
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  console.log(`${result.ok ? '✓' : '✗'} ${step.name.padEnd(9)} ${seconds.padStart(6)} s  ${step.what}`);
  if (result.ok) continue;
  failed.push(step.name);
  console.log(result.output.replaceAll(/^/gm, '    '));
}
console.log(failed.length === 0 ? 'All checks pass.' : `Failed: ${failed.join(', ')}`);
if (values.count === true) console.log(countResults());
process.exitCode = failed.length === 0 ? 0 : 1;

async function attempt(step: Step): Promise<CommandResult> {
  try {
    return await step.run();
  } catch (error) {
    return { ok: false, output: error instanceof Error ? error.message : String(error) };
  }
}

/** Runs jobs two at a time: each is one busy core, and CI machines have two. */
async function all(jobs: readonly (() => Promise<CommandResult>)[]): Promise<CommandResult> {
  const results: CommandResult[] = [];
  const queue = [...jobs];
  const work = async (): Promise<void> => {
    for (let job = queue.shift(); job; job = queue.shift()) results.push(await job());
  };
  await Promise.all([work(), work()]);
  const bad = results.filter(({ ok }) => !ok);
  return { ok: bad.length === 0, output: bad.map(({ output }) => output).join('\n') };
}

function checkTypes(): Promise<CommandResult> {
  const projects = [
    ...workspacePackages.map(({ folder }) => `packages/${folder}`),
    'tests/browser',
    'tests/types',
    'examples/web',
    '.',
  ];
  return all(projects.map((project) => () => node([commandPath('typescript', 'tsc'), '-p', project])));
}

function checkPackages(): Promise<CommandResult> {
  rmSync(tarballs, { recursive: true, force: true });
  mkdirSync(tarballs, { recursive: true });
  const jobs = workspacePackages.map(
    ({ folder, typesProfile, scripts = [] }) =>
      async (): Promise<CommandResult> => {
        const destination = join(tarballs, folder);
        pnpm(['pack', '--pack-destination', destination], { cwd: join(root, 'packages', folder) });
        const tarball = join(destination, readdirSync(destination)[0] ?? '');
        const excluded = scripts.length > 0 ? ['--exclude-entrypoints', ...scripts] : [];
        const attw = commandPath('@arethetypeswrong/cli', 'attw');
        return all([
          () => node([commandPath('publint'), 'run', tarball, '--strict']),
          () => node([attw, tarball, '--profile', typesProfile, ...excluded]),
        ]);
      },
  );
  return all(jobs);
}

/** Tests print as they go: they take the longest and their reporter is readable by itself. */
function runTests(): Promise<CommandResult> {
  const reporters = ['default', './scripts/skip-report.ts', 'json'].map((name) => `--reporter=${name}`);
  const { status, error } = spawnSync(
    process.execPath,
    [commandPath('vitest'), 'run', ...reporters, `--outputFile.json=${testResults}`],
    { cwd: root, stdio: 'inherit' },
  );
  return Promise.resolve({ ok: status === 0, output: error?.message ?? 'see above' });
}

/** Tests that passed and failed. A file that failed as a whole counts as one, and so does every failed step. */
function countResults(): string {
  const results = existsSync(testResults)
    ? (JSON.parse(readFileSync(testResults, 'utf8')) as TestResults)
    : undefined;
  const broken = results?.testResults.filter(
    ({ status, assertionResults }) =>
      status === 'failed' && !assertionResults.some((test) => test.status === 'failed'),
  );
  const inTests = (results?.numFailedTests ?? 0) + (broken?.length ?? 0);
  const steps = failed.filter((name) => name !== 'test' || inTests === 0).length;
  return `${results?.numPassedTests ?? 0} passed, ${inTests + steps} failed`;
}
