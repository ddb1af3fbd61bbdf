import { createRequire } from 'node:module';

/** Version of this package. */
export function packageVersion(): string {
  // `src/cli` and `dist` are at different depths; the package can be asked by its name from both.
  const { version } = createRequire(import.meta.url)('@org/asr-node/package.json') as {
    readonly version: string;
  };
  return version;
}
