// The live page in dist/viewer: index.html, its script, workers and styles bundled by esbuild, and viewer/public
// unchanged. All addresses in it are relative, so that any path can serve it.
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { build } from 'esbuild'

const PAGE = 'viewer/index.html'
/** References in index.html, by source. */
const ENTRIES = ['viewer/main.ts', 'viewer/styles/page.css']
/** Started by `new Worker(new URL('./NAME.ts', import.meta.url))`. */
const WORKERS = ['viewer/app/lockstep-worker.ts', 'viewer/api/bytes-worker.ts']

/** The page needs definitions and codecs of the simulation, never its engine. Our modules have no side effects. */
const withoutSideEffects = {
  name: 'modules without side effects',
  setup(building) {
    building.onResolve({ filter: /^\.|^@dimforge\// }, async ({ path, pluginData, ...options }) => {
      if (pluginData === withoutSideEffects) return undefined
      const resolved = await building.resolve(path, { ...options, pluginData: withoutSideEffects })
      return /\/(sim|protocol|packages|http-contract|http|netcode)\/[^?]*\.ts$|@dimforge/.test(resolved.path)
        ? { ...resolved, sideEffects: false }
        : resolved
    })
  },
}

/** Replaces the workers' source names by the names of built workers. `built`: by source. */
const builtWorkers = (built) => ({
  name: 'workers by their built names',
  setup(building) {
    building.onLoad({ filter: /[\\/]viewer[\\/].*\.ts$/ }, ({ path }) => {
      const contents = readFileSync(path, 'utf8').replace(
        /new URL\('\.\/([\w-]+\.ts)', import\.meta\.url\)/g,
        (_, name) => {
          const source = WORKERS.find((file) => basename(file) === name)
          if (source === undefined)
            throw new Error(
              `${path} starts the worker ${name}, which WORKERS in scripts/build/bundle-page.mjs does not name`,
            )
          return `new URL('./${built[source].file}', import.meta.url)`
        },
      )
      return { contents, loader: 'ts' }
    })
  },
})

/**
 * Bundles into assets/NAME-HASH.EXT of `outdir`; the files by their sources. `splitting`: what `import()` names is loaded
 * on demand, and what it shares with the page is a file of its own.
 */
async function bundle(entryPoints, outdir, plugins, splitting = false) {
  const { metafile } = await build({
    entryPoints,
    outdir: join(outdir, 'assets'),
    entryNames: '[name]-[hash]',
    plugins,
    bundle: true,
    splitting,
    chunkNames: '[name]-[hash]',
    minify: true,
    platform: 'browser',
    target: 'es2022',
    format: 'esm',
    metafile: true,
    logLevel: 'warning',
  })
  return Object.fromEntries(
    Object.entries(metafile.outputs).flatMap(([file, { entryPoint, imports }]) =>
      entryPoint === undefined ? [] : [[entryPoint, { file: basename(file), chunks: chunksIn(imports) }]],
    ),
  )
}

/** The files that a script needs before it runs. */
const chunksIn = (imports) =>
  imports.filter(({ kind }) => kind === 'import-statement').map(({ path }) => basename(path))

export async function bundlePage(outdir) {
  rmSync(outdir, { recursive: true, force: true })
  const workers = await bundle(WORKERS, outdir, [withoutSideEffects])
  const files = await bundle(ENTRIES, outdir, [withoutSideEffects, builtWorkers(workers)], true)
  cpSync('viewer/public', outdir, { recursive: true })
  const html = ENTRIES.reduce(
    (text, source) => text.replace(`./${source.slice('viewer/'.length)}`, `./assets/${files[source].file}`),
    readFileSync(PAGE, 'utf8'),
  )
  // The browser loads shared files together with the script that imports them, not after it.
  const preloads = files['viewer/main.ts'].chunks.map((file) => `<link rel="modulepreload" href="./assets/${file}" />`)
  writeFileSync(join(outdir, 'index.html'), html.replace('</head>', `${preloads.join('')}</head>`))
}
