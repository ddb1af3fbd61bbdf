import { defineConfig } from 'vite';
import type { Plugin } from 'vite';

/** What makes the page cross-origin isolated, which gives ONNX Runtime's wasm its threads. Servers in production need the same. */
const headers = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

/** Tells the service worker which files the build has; the model's are kept when they are first used. */
function offlineFiles(): Plugin {
  return {
    name: 'offline-files',
    generateBundle(_, bundle) {
      const worker = bundle['service-worker.js'];
      if (worker?.type !== 'chunk') throw new Error('the build has no service worker');
      const others = Object.keys(bundle).filter(
        (name) => name !== worker.fileName && name !== 'index.html' && !name.endsWith('.map'),
      );
      const isModel = (name: string): boolean => /\.onnx$|\/tokenizer-/.test(name);
      const page = ['./', ...others.filter((name) => !isModel(name))];
      const files = { page, model: others.filter(isModel) };
      worker.code = worker.code.replace(/["'`]OFFLINE_FILES["'`]/, JSON.stringify(files));
    },
  };
}

export default defineConfig({
  base: './',
  plugins: [offlineFiles()],
  server: { headers },
  preview: { headers },
  worker: { format: 'es' },
  build: {
    target: 'es2022',
    rollupOptions: {
      input: { index: 'index.html', 'service-worker': 'src/service-worker.ts' },
      output: {
        // A service worker rules the folder that it lies in, under a name that stays.
        entryFileNames: ({ name }) => (name === 'service-worker' ? '[name].js' : 'assets/[name]-[hash].js'),
      },
    },
  },
});
