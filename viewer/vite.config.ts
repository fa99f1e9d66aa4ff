/** Builds the web pages into dist/viewer. One entry per page; the server serves index.html at `/`. */
import { defineConfig } from 'vite'

const here = new URL('.', import.meta.url).pathname

export default defineConfig({
  root: here,
  base: '/',
  build: {
    outDir: '../dist/viewer',
    emptyOutDir: true,
    target: 'es2022',
    // Nothing becomes a data: URL, so that the page runs under a strict Content-Security-Policy.
    assetsInlineLimit: 0,
    // The lockstep worker carries the physics engine (its wasm is text inside the module); it is loaded on demand only.
    chunkSizeWarningLimit: 4_000,
    reportCompressedSize: false,
    rolldownOptions: {
      input: { index: `${here}index.html` },
      // The page needs definitions and codecs of the simulation, never its engine: modules of ours do nothing when loaded.
      treeshake: { moduleSideEffects: (id) => !/\/(sim|protocol|netcode)\/[^?]*\.ts$|@dimforge/.test(id) },
    },
  },
  worker: { format: 'es' },
})
