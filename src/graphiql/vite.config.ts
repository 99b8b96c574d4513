import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { preloadEditor } from './vite/preload-editor.ts';
import { splitFonts } from './vite/split-fonts.ts';

/**
 * Builds the explorer into `dist/graphiql`; `npm run build` runs it. Paths are relative to this folder.
 * `npx vite src/graphiql` serves the sources instead, before a gateway at its default address.
 */
export default defineConfig({
  base: '/graphiql/',
  plugins: [react(), splitFonts(), preloadEditor()],
  build: {
    outDir: '../../dist/graphiql',
    emptyOutDir: true,
    target: 'es2023',
    // The page's policy forbids what Vite would inline: scripts, and workers out of a blob.
    assetsInlineLimit: 0,
    // The editor is one chunk of megabytes, and needed at once.
    chunkSizeWarningLimit: 8_000,
    reportCompressedSize: false,
  },
  // The optimizer of `vite` cannot read their imports of workers by `?worker`.
  optimizeDeps: { exclude: ['graphiql/setup-workers/vite', '@graphiql/react/setup-workers/vite'] },
  server: {
    proxy: {
      '/graphql': { target: 'http://127.0.0.1:4000', ws: true },
      '/graphiql/settings.json': 'http://127.0.0.1:4000',
    },
  },
});
