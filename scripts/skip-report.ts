import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import type { Reporter, TestModule, Vitest } from 'vitest/node';
import { findChromium } from './chromium.js';
import { root } from './package-manager.mjs';

/** What a test may need beyond Node, by the name of the constant that guards it. */
const guards: Readonly<Record<string, string>> = {
  ASR_WHISPER_FP32: 'float32 Whisper weights are missing (ASR_WHISPER_FP32, see tests/reference/README.md)',
  hasTestData: 'the extended test data is missing (ASR_TEST_DATA, by default ../shared)',
  hasExporterPython:
    'Python lacks what the exporter needs (pip install "./tools/export-whisper[test]"; ASR_PYTHON names another Python)',
  hasFfmpeg: 'ffmpeg is not on the PATH',
  'process.platform': 'it is about another operating system',
  hasRegistry: 'the npm registry cannot be reached',
  hasChromium: 'no Chromium or Chrome was found (set CHROMIUM_PATH to its program file)',
};

/** Prints, after the other reporters, which tests did not run here and why, and which passed at the second attempt only. */
export default class SkipReport implements Reporter {
  #filtered = false;

  onInit(vitest: Vitest): void {
    const { testNamePattern, project } = vitest.config;
    // A run that was narrowed on purpose leaves out tests for that reason alone.
    this.#filtered = testNamePattern !== undefined || [project].flat().some((name) => name !== '*');
  }

  onTestRunEnd(modules: readonly TestModule[]): void {
    if (this.#filtered) return;
    const skipped = new Map<string, Map<string, number>>();
    for (const module of modules) {
      for (const test of module.children.allTests('skipped')) {
        const result = test.result();
        const note = result.state === 'skipped' ? result.note : undefined;
        const reason = note ?? reasonOf(module.moduleId);
        const files = skipped.get(reason) ?? new Map<string, number>();
        const file = relative(root, module.moduleId);
        skipped.set(reason, files.set(file, (files.get(file) ?? 0) + 1));
      }
    }
    const lines: string[] = [];
    for (const [reason, files] of skipped) {
      const total = [...files.values()].reduce((sum, count) => sum + count, 0);
      lines.push(
        `  ${total} tests: ${reason}`,
        ...[...files].map(([file, count]) => `    ${file} (${count})`),
      );
    }
    if (findChromium() === undefined) {
      lines.push('  tests/browser: no Chromium or Chrome was found (set CHROMIUM_PATH to its program file)');
    }
    console.log(lines.length === 0 ? '\nNothing was skipped.' : `\nSkipped here:\n${lines.join('\n')}`);
    const unsteady = modules.flatMap(unsteadyTests);
    if (unsteady.length > 0) console.log(`\nPassed at the second attempt only:\n${unsteady.join('\n')}`);
  }
}

function unsteadyTests(module: TestModule): string[] {
  const file = relative(root, module.moduleId);
  return [...module.children.allTests('passed')]
    .filter((test) => test.diagnostic()?.flaky)
    .map((test) => `  ${file} > ${test.fullName}`);
}

function reasonOf(file: string): string {
  const source = readFileSync(file, 'utf8');
  const conditions = [...source.matchAll(/\b(?:skipIf|runIf)\((.*)\)/g)].map(([, condition]) => condition);
  const reasons = Object.entries(guards).filter(([guard]) => source.includes(guard));
  if (reasons.length > 0) return reasons.map(([, reason]) => reason).join(', or ');
  return `no reason stated (${conditions.join('; ') || 'no condition'}); scripts/skip-report.ts can tell more`;
}
