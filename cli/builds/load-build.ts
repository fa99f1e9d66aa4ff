/** Loads the simulation of another installed Otherworld, or this one with another build of the physics engine. */
import { existsSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { BuildError, simulationOfModule, type Simulation } from '../../replay/index.ts'
import { DEFAULT_DEFINITION } from '../../sim/index.ts'
import { UsageError, type Arguments, type Option } from '../command.ts'

export interface Build {
  /** As the user named it. */
  readonly path: string
  readonly simulation: Simulation<unknown>
}

const MODULE = join('dist', 'node', 'simulation.mjs')
/** This program's own: two folders above this file, or beside the other bundles. */
const OWN_MODULE = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? '../../dist/node/simulation.mjs' : './simulation.mjs', import.meta.url),
)
let instances = 0

export const BUILD_OPTIONS: Readonly<Record<'build' | 'engine', Option>> = {
  build: {
    type: 'string',
    value: 'PATH',
    help: 'another Otherworld: its folder, built, or its dist/node/simulation.mjs',
  },
  engine: {
    type: 'string',
    value: 'PATH',
    help: 'this program with the Rapier of another file: a module of its package',
  },
}

/** The build that `--build` or `--engine` names; null without them. Throws UsageError. */
export async function buildOf(args: Arguments, ownModule = OWN_MODULE): Promise<Build | null> {
  const [build, engine] = [args.text('build'), args.text('engine')]
  if (build !== undefined && engine !== undefined)
    throw new UsageError('it takes --build or --engine, not both: an engine replaces the one of this program')
  if (build !== undefined) return await loadBuild(build)
  return engine === undefined ? null : await loadWithEngine(engine, ownModule)
}

/** `path`: the folder of a built Otherworld, or a simulation.mjs. Throws UsageError. */
export async function loadBuild(path: string): Promise<Build> {
  const found = statSync(path, { throwIfNoEntry: false })
  if (!found) throw new UsageError(`there is no build "${path}"; name the folder of a built Otherworld`)
  const file = found.isDirectory() ? join(path, MODULE) : path
  if (!existsSync(file))
    throw new UsageError(
      `"${path}" offers no simulation: it has no ${MODULE}; run \`npm run build\` there, or name a newer Otherworld`,
    )
  return { path, simulation: await simulationIn(file, path) }
}

async function loadWithEngine(path: string, ownModule: string): Promise<Build> {
  if (!statSync(path, { throwIfNoEntry: false })?.isFile())
    throw new UsageError(`there is no file "${path}"; --engine takes the main module of a Rapier package`)
  const physics = (await importFile(path)) as { readonly default?: object }
  const exported = { ...physics.default, ...physics }
  if (!('World' in exported && 'init' in exported))
    throw new UsageError(`"${path}" is not a build of Rapier: it exports no World and no init`)
  try {
    const simulation = await simulationIn(ownModule, path, exported)
    simulation.free(simulation.genesis(DEFAULT_DEFINITION))
    return { path, simulation }
  } catch (error) {
    throw new UsageError(
      `the physics engine "${path}" does not start: ${(error as Error).message}; --engine takes the main module of a -compat package of Rapier, whose init() loads the WebAssembly that is inside it`,
      { cause: error },
    )
  }
}

async function simulationIn(file: string, path: string, physics?: object): Promise<Simulation<unknown>> {
  try {
    return await simulationOfModule(await importFile(file), physics)
  } catch (error) {
    if (!(error instanceof BuildError)) throw error
    throw new UsageError(`the build "${path}" cannot be used: ${error.message}`, { cause: error })
  }
}

/** A fresh instance of a module. */
async function importFile(file: string): Promise<unknown> {
  const url = `${pathToFileURL(resolve(file)).href}?instance=${++instances}`
  try {
    return await import(/* @vite-ignore */ url)
  } catch (error) {
    throw new UsageError(`"${file}" cannot be loaded: ${(error as Error).message}`, { cause: error })
  }
}
