/**
 * Plants a fault into the physics engine, for tests and drills: its step fails while a sphere of a certain radius is
 * below a certain height, as an engine bug with some shape would. The product has no hook for it. A generated file
 * changes the engine's package in the thread that loads it first.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { PropSpec } from '../../sim/index.ts'

/** `trap`: the step throws, and so does every later one of the thread. `loop`: the step never ends. */
export type EngineFault = 'trap' | 'loop'

/** Metres; 32-bit floats hold it exactly. */
const CURSED_RADIUS = 0.234375
/**
 * Height below which the fault occurs, metres. A prop that is spawned higher falls first, as the smallest real case
 * did.
 */
const CURSED_HEIGHT = 1

/** A prop on which the engine fails. */
export const CURSED: PropSpec = {
  name: 'cursed ball',
  motion: 'dynamic',
  density: 100,
  friction: 0.5,
  restitution: 0,
  color: 0x101010,
  colliders: [
    {
      shape: { type: 'sphere', radius: CURSED_RADIUS },
      position: { x: 0, y: 0, z: 0 },
      rotation: { x: 0, y: 0, z: 0, w: 1 },
    },
  ],
}

const STRIKES: Record<EngineFault, string> = {
  trap: "poisoned = true; throw new WebAssembly.RuntimeError('unreachable')",
  loop: 'for (;;) { /* a planted endless loop */ }',
}

/**
 * Writes the files that plant the fault into `directory`. `root`: the built repository. For a whole process:
 * NODE_OPTIONS=--import=FILE.
 */
export function plantedEngine(root: string, directory: string, fault: EngineFault): string {
  const engine = pathToFileURL(join(root, 'node_modules/@dimforge/rapier3d-deterministic-compat/dist/rapier.mjs')).href
  const file = join(directory, `planted-${fault}.mjs`)
  writeFileSync(
    file,
    `
import RAPIER from ${JSON.stringify(engine)}
const step = RAPIER.PhysicsPipeline.prototype.step
let poisoned = false
RAPIER.PhysicsPipeline.prototype.step = function (...given) {
  const colliders = given[6]
  colliders.forEach((collider) => {
    if (collider.shapeType() === RAPIER.ShapeType.Ball && collider.radius() === ${CURSED_RADIUS} && collider.translation().y < ${CURSED_HEIGHT}) poisoned = true
  })
  if (poisoned) { ${STRIKES[fault]} }
  return step.apply(this, given)
}
`,
  )
  return file
}

/** A realm's worker with the fault, for \`realmWorker\` in the settings of a server in this process. */
export function plantedWorker(root: string, directory: string, fault: EngineFault): string {
  const file = join(directory, `realm-worker-${fault}.mjs`)
  const imports = [plantedEngine(root, directory, fault), join(root, 'dist/node/realm-worker.js')]
  writeFileSync(file, imports.map((path) => `await import(${JSON.stringify(pathToFileURL(path).href)})\n`).join(''))
  return file
}
