/**
 * Writes the public surface of each package to `etc/<package>.api.md`, which reviewers read.
 * Without `--update` it only compares and fails where the committed report differs. Needs the builds.
 */
import { Extractor, ExtractorConfig, ExtractorLogLevel } from '@microsoft/api-extractor';
import type { IConfigFile } from '@microsoft/api-extractor';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './package-manager.mjs';
import { cacheFolder, workspacePackages } from './workspace.js';

const update = process.argv.includes('--update');
mkdirSync(join(root, 'etc'), { recursive: true });
const changed = workspacePackages
  .flatMap(({ folder }) => entriesOf(folder).map((entry) => ({ folder, entry })))
  .filter((surface) => !reportIsCurrent(surface))
  .map((surface) => `etc/${reportName(surface)}`);
if (changed.length > 0) {
  console.error(
    `${changed.join(', ')}: the public surface changed. Look at it, then record it: pnpm api:update`,
  );
  process.exitCode = 1;
}

/** What a package's users can import from it: an entry, as its file of types is named. */
interface Surface {
  readonly folder: string;
  readonly entry: string;
}

/** `index`, and the subpaths that have types of their own. */
function entriesOf(folder: string): readonly string[] {
  const file = join(root, 'packages', folder, 'package.json');
  const { exports } = JSON.parse(readFileSync(file, 'utf8')) as { readonly exports: unknown };
  const types = JSON.stringify(exports).matchAll(/dist\/(?<entry>[\w-]+)\.d\.ts/gu);
  return [...new Set([...types].map(({ groups }) => groups!['entry']!))];
}

function reportName({ folder, entry }: Surface): string {
  return `asr-${folder}${entry === 'index' ? '' : `-${entry}`}.api.md`;
}

function reportIsCurrent({ folder, entry }: Surface): boolean {
  const projectFolder = join(root, 'packages', folder);
  const configObject: IConfigFile = {
    projectFolder,
    mainEntryPointFilePath: join(projectFolder, `dist/${entry}.d.ts`),
    apiReport: {
      enabled: true,
      reportFileName: reportName({ folder, entry }),
      reportFolder: join(root, 'etc'),
      reportTempFolder: join(cacheFolder, 'api'),
    },
    // The same bytes on every system, and diffs that show what changed.
    newlineKind: 'lf',
    docModel: { enabled: false },
    dtsRollup: { enabled: false },
    tsdocMetadata: { enabled: false },
    compiler: {
      overrideTsconfig: {
        compilerOptions: {
          target: 'ES2022',
          module: 'ESNext',
          moduleResolution: 'Bundler',
          lib: ['ES2023', 'ESNext.Disposable', 'DOM', 'DOM.AsyncIterable'],
          types: folder === 'web' || folder === 'core' ? [] : ['node'],
          typeRoots: [join(root, 'node_modules/@types')],
          strict: true,
          skipLibCheck: true,
        },
        files: [join(projectFolder, `dist/${entry}.d.ts`)],
      },
    },
    messages: {
      compilerMessageReporting: { default: { logLevel: ExtractorLogLevel.Error } },
      extractorMessageReporting: {
        default: { logLevel: ExtractorLogLevel.Error },
        'ae-missing-release-tag': { logLevel: ExtractorLogLevel.None },
        // A type that others mention but nobody can import: shown in the report, for the reviewer to judge.
        'ae-forgotten-export': { logLevel: ExtractorLogLevel.Warning, addToApiReportFile: true },
        // TypeDoc checks links.
        'ae-unresolved-link': { logLevel: ExtractorLogLevel.None },
        'ae-undocumented': { logLevel: ExtractorLogLevel.None },
      },
      // TypeDoc reads the comments; its own check is stricter where it matters.
      tsdocMessageReporting: { default: { logLevel: ExtractorLogLevel.None } },
    },
  };
  if (!existsSync(configObject.mainEntryPointFilePath)) throw new Error(`${folder} is not built: pnpm build`);
  const config = ExtractorConfig.prepare({
    configObject,
    configObjectFullPath: undefined,
    packageJsonFullPath: join(projectFolder, 'package.json'),
  });
  const result = Extractor.invoke(config, {
    localBuild: update,
    messageCallback(message) {
      message.handled = message.logLevel !== ExtractorLogLevel.Error;
    },
  });
  if (result.errorCount > 0) throw new Error(`${folder}: API Extractor found ${result.errorCount} errors`);
  return update || !result.apiReportChanged;
}
