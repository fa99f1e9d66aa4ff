/** The physics engine. Only this file imports Rapier, and it handles all of Rapier's surprises. */
import RAPIER from '@dimforge/rapier3d-deterministic-compat'
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex } from '@noble/hashes/utils.js'
import createXXHash from 'xxhash-wasm'
import { CLIMB_ANGLE, CONTROLLER_OFFSET, SLIDE_ANGLE, SNAP_METRES, STEP_HEIGHT, STEP_WIDTH } from './avatar/walker.ts'
import type { Vec3 } from './types.ts'

export type World = RAPIER.World
export type RigidBody = RAPIER.RigidBody
export type RigidBodyDesc = RAPIER.RigidBodyDesc
export type ColliderDesc = RAPIER.ColliderDesc
export type RapierCollider = RAPIER.Collider
export type CharacterController = RAPIER.KinematicCharacterController
export { RAPIER }

export interface Engine {
  /** SHA-256 of the physics wasm, hex: state bytes and trajectories are valid for this build only. */
  readonly sha256: string
  /** xxHash64 of bytes. */
  readonly hash64: (bytes: Uint8Array) => bigint
}

/** Types that the compiler lacks without the DOM library. */
declare const WebAssembly: { instantiate(bytes: Uint8Array | ArrayBuffer, imports: unknown): Promise<unknown> }

let loaded: Promise<Engine> | undefined

/** Loads the wasm once; takes about 0.1 s. */
export function loadEngine(): Promise<Engine> {
  loaded ??= load()
  return loaded
}

/**
 * The package inlines its wasm. This code hashes the bytes that the package passes to WebAssembly, so the hash is of
 * what really runs.
 */
async function load(): Promise<Engine> {
  const instantiate = WebAssembly.instantiate
  let wasm: Uint8Array | undefined
  WebAssembly.instantiate = (bytes, imports) => {
    wasm ??= bytes instanceof Uint8Array ? bytes : new Uint8Array(bytes)
    return instantiate(bytes, imports)
  }
  try {
    await RAPIER.init()
  } finally {
    WebAssembly.instantiate = instantiate
  }
  if (!wasm)
    throw new Error('the physics engine did not hand its wasm to WebAssembly.instantiate; its package has changed')
  const sha = bytesToHex(sha256(wasm))
  const { h64Raw } = await createXXHash()
  return { sha256: sha, hash64: h64Raw }
}

/**
 * A collider of a hull or a mesh; null if the engine cannot make one, as from a needle of a hull. Rapier computes such a
 * shape only when a collider is made of it, and throws there. This computes it now, and hands it over then.
 */
export function computedDesc(shape: RAPIER.ConvexPolyhedron | RAPIER.TriMesh): ColliderDesc | null {
  const compute = shape.intoRaw.bind(shape)
  let raw: ReturnType<typeof compute> | undefined = compute()
  if (!raw) return null
  shape.intoRaw = () => {
    const once = raw ?? compute()
    raw = undefined
    return once
  }
  return new RAPIER.ColliderDesc(shape)
}

/** An empty world that steps `tickRate` times a second. */
export function createWorld(gravity: Vec3, tickRate: number): World {
  const world = new RAPIER.World(gravity)
  world.timestep = 1 / tickRate
  return world
}

/** One step. World.step would also walk all bodies in JavaScript to find soft bodies, and we have none. */
export function stepWorld(w: World): void {
  w.physicsPipeline.step(
    w.gravity,
    w.integrationParameters,
    w.islands,
    w.broadPhase,
    w.narrowPhase,
    w.bodies,
    w.colliders,
    w.softBodies,
    w.impulseJoints,
    w.multibodyJoints,
    w.ccdSolver,
  )
}

/** World.restoreSnapshot leaks about 2 KB a call (dimforge/rapier#990); this does not. The bytes must be known good. */
export function restoreWorld(bytes: Uint8Array): World {
  const pipeline = new RAPIER.SerializationPipeline()
  try {
    const raw = pipeline.raw.deserializeAll(bytes)
    if (!raw) throw new Error('the physics engine does not accept these state bytes')
    try {
      return RAPIER.World.fromRaw(raw)
    } finally {
      raw.free()
    }
  } finally {
    pipeline.free()
  }
}

/**
 * The controller that walks avatars around obstacles. It keeps no state between calls, so a restore creates a new one.
 */
export function createController(world: World): CharacterController {
  const controller = world.createCharacterController(CONTROLLER_OFFSET)
  controller.setUp({ x: 0, y: 1, z: 0 })
  controller.enableSnapToGround(SNAP_METRES)
  controller.enableAutostep(STEP_HEIGHT, STEP_WIDTH, false)
  controller.setMaxSlopeClimbAngle(CLIMB_ANGLE)
  controller.setMinSlopeSlideAngle(SLIDE_ANGLE)
  return controller
}
