/**
 * Copies of the simulation: bundled from its sources and run in a host of your choice, each with its own modules. All
 * copies share the physics engine of this process.
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { compileFunction } from 'node:vm'
import { build, type Plugin } from 'esbuild'
import { packageRoot } from '../../server/package-root.ts'
import * as engineModule from '../../sim/engine.ts'
import { physicsOf, type Physics } from './physics.ts'
import { hostileHost, type Host } from './hosts.ts'

/** A change of one source file. `find` must occur exactly once in it. */
export interface SourceEdit {
  /** Path from the root of the repository. */
  readonly file: string
  readonly find: string
  readonly replace: string
}

/** The edits do not fit the sources: one of them was changed, and the edit with it must be. */
export class EditError extends Error {
  override readonly name = 'EditError'
}

const ENTRY = 'testing/physics/physics.ts'
/** The module that copies share. */
const SHARED = 'sim/engine.ts'

/** The source after all of the edits of its file. Throws EditError. */
export function edited(file: string, source: string, edits: readonly SourceEdit[]): string {
  return edits
    .filter((edit) => edit.file === file)
    .reduce((text, { find, replace }) => {
      const count = text.split(find).length - 1
      if (count !== 1)
        throw new EditError(
          `${file} contains the text to replace ${count} times; it must once: ${JSON.stringify(find)}`,
        )
      return text.replace(find, () => replace)
    }, source)
}

const applying = (root: string, edits: readonly SourceEdit[]): Plugin => ({
  name: 'edited sources',
  setup(building) {
    building.onResolve({ filter: /\/engine\.ts$/ }, () => ({ path: SHARED, external: true }))
    for (const file of new Set(edits.map((edit) => edit.file)))
      building.onLoad({ filter: new RegExp(`/${file.replaceAll('.', '\\.')}$`) }, ({ path }) => ({
        contents: edited(file, readFileSync(path, 'utf8'), edits),
        loader: 'ts',
      }))
    building.onStart(() => {
      for (const { file } of edits)
        if (!existsSync(join(root, file))) throw new EditError(`there is no file ${file} to edit`)
    })
  },
})

/** The simulation as one script, after `edits`. Takes about 0.1 s. */
export async function bundleSimulation(edits: readonly SourceEdit[] = []): Promise<string> {
  const root = packageRoot()
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: [ENTRY],
    bundle: true,
    write: false,
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    logLevel: 'silent',
    plugins: [applying(root, edits)],
  })
  return outputFiles[0]?.text ?? ''
}

/** Runs a bundled simulation in a host. */
export function copyOf(script: string, engine: engineModule.Engine, host: Host): Physics {
  const names = Object.keys(host)
  const run = compileFunction(script, ['module', 'require', ...names]) as (...args: unknown[]) => void
  const module: { exports: { physicsOf?: typeof physicsOf } } = { exports: {} }
  const load = (name: string): unknown => {
    if (name === SHARED) return engineModule
    throw new Error(`the bundled simulation needs ${name}; only ${SHARED} is shared`)
  }
  run(module, load, ...names.map((name) => host[name as keyof Host]))
  const { physicsOf: make } = module.exports
  if (!make) throw new Error(`the bundled simulation does not export physicsOf`)
  return make(engine)
}

/** The simulations that a property compares. */
export interface Lab {
  /** The simulation under test. */
  readonly plain: Physics
  /** Another copy of it, in a hostile host. */
  readonly hostile: Physics
}

let loaded: Promise<Lab> | undefined

/** The simulation of this process, and a copy of it in a hostile host. Made once. */
export function loadLab(): Promise<Lab> {
  loaded ??= makeLab()
  return loaded
}

async function makeLab(): Promise<Lab> {
  const [engine, script] = await Promise.all([engineModule.loadEngine(), bundleSimulation()])
  return { plain: physicsOf(engine), hostile: copyOf(script, engine, hostileHost()) }
}
