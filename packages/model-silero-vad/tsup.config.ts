import { defineConfig } from 'tsup';

export default defineConfig({
  entry: ['src/index.ts'],
  format: ['esm', 'cjs'],
  target: 'es2022',
  // Types of the workspace's other packages come from their builds, as they will for users.
  dts: { compilerOptions: { paths: {} } },
  clean: true,
  sourcemap: true,
  // `import.meta.url` in the CommonJS build. tsup's own shim pastes the path into a URL, which goes wrong where a
  // folder has a "#", "?" or "%" in its name.
  esbuildOptions(options, { format }) {
    if (format !== 'cjs') return;
    options.define = { ...options.define, 'import.meta.url': 'importMetaUrl' };
    options.banner = { js: "const importMetaUrl = require('node:url').pathToFileURL(__filename).href;" };
  },
});
