/**
 * Arbitraries (fast-check) for the inputs of a simulation. All numbers are 32-bit floats, which the wire returns
 * unchanged. `plausible` values are where players act; `any` is everything that the wire accepts.
 */
import fc from 'fast-check'
import {
  REFUSALS,
  type AvatarBody,
  type BodyChoice,
  type Collider,
  type Command,
  type HandId,
  type Input,
  type InputFrame,
  type PackageHash,
  type PackagePhysics,
  type PackedPose,
  type PropSpec,
  type Quat,
  type Shape,
  type Vec3,
} from '../sim/types.ts'

export interface CommandOptions {
  /** Players in server commands. Default 1 to 6. */
  readonly players?: readonly number[]
  /** Elements in commands. Default 1 to 24: those of a small realm, and some that do not exist. */
  readonly elements?: readonly number[]
  /** `any`: every finite 32-bit float and every id. Default `plausible`. */
  readonly range?: 'plausible' | 'any'
}

export interface FrameOptions extends CommandOptions {
  /** Default: any. */
  readonly tick?: number
  /** Default 12. */
  readonly inputsMax?: number
}

/** Plain objects with a prototype, as other code creates them. */
const record = <T>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<T> =>
  fc.record<T>(model, { noNullPrototype: true })

const range32 = (min: number, max: number): fc.Arbitrary<number> =>
  fc.float({ min: Math.fround(min), max: Math.fround(max), noNaN: true, noDefaultInfinity: true })
const anyFinite = fc.float({ noNaN: true, noDefaultInfinity: true })
const uint32 = fc.integer({ min: 1, max: 4_294_967_295 })
const oneOf = (values: readonly number[]): fc.Arbitrary<number> => fc.constantFrom(...values)
const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1)

export function arbitraryVec3(extent = 20): fc.Arbitrary<Vec3> {
  const coordinate = range32(-extent, extent)
  return record({ x: coordinate, y: coordinate, z: coordinate })
}

const anyVec3: fc.Arbitrary<Vec3> = record({ x: anyFinite, y: anyFinite, z: anyFinite })

/** Unit quaternions, rounded to 32-bit floats. */
export function arbitraryQuat(): fc.Arbitrary<Quat> {
  const part = range32(-1, 1)
  return fc.tuple(part, part, part, part).map(([x, y, z, w]) => {
    const length = Math.sqrt(x * x + y * y + z * z + w * w)
    if (length < 1e-3) return { x: 0, y: 0, z: 0, w: 1 }
    return {
      x: Math.fround(x / length),
      y: Math.fround(y / length),
      z: Math.fround(z / length),
      w: Math.fround(w / length),
    }
  })
}

const size = range32(0.05, 2)

/** Shapes with a volume; a hull's points surround its origin. Pass `trimesh` only if the `motion` may be static. */
export function arbitraryShape({ trimesh = false }: { readonly trimesh?: boolean } = {}): fc.Arbitrary<Shape> {
  const corner = record({ x: size, y: size, z: size })
  const octahedron = (first: Vec3, second: Vec3): number[] => [
    first.x,
    0,
    0,
    -second.x,
    0,
    0,
    0,
    first.y,
    0,
    0,
    -second.y,
    0,
    0,
    0,
    first.z,
    0,
    0,
    -second.z,
  ]
  const solid: fc.Arbitrary<Shape>[] = [
    record({ type: fc.constant('box' as const), halfExtents: corner }),
    record({ type: fc.constant('sphere' as const), radius: size }),
    record({ type: fc.constant('capsule' as const), halfHeight: size, radius: size }),
    fc.tuple(corner, corner, fc.array(arbitraryVec3(1), { maxLength: 20 })).map(([first, second, more]) => ({
      type: 'convex' as const,
      points: [...octahedron(first, second), ...more.flatMap(({ x, y, z }) => [x, y, z])],
    })),
  ]
  const mesh: fc.Arbitrary<Shape> = corner.map(({ x, y, z }) => ({
    type: 'trimesh' as const,
    vertices: [-x, 0, -z, x, 0, -z, x, y, z, -x, y, z],
    indices: [0, 1, 2, 0, 2, 3],
  }))
  return trimesh ? fc.oneof(...solid, mesh) : fc.oneof(...solid)
}

function arbitraryCollider(trimesh: boolean): fc.Arbitrary<Collider> {
  return record({ shape: arbitraryShape({ trimesh }), position: arbitraryVec3(1), rotation: arbitraryQuat() })
}

const arbitraryLabel = fc.oneof(
  fc.constantFrom('crate', 'ball', 'Würfel', '箱', '🎈'),
  fc.stringMatching(/^[a-z]{1,12}$/),
)

/** Props that a realm can hold: static ones may have a trimesh. */
export function arbitraryPropSpec(): fc.Arbitrary<PropSpec> {
  return fc
    .constantFrom('static' as const, 'dynamic' as const, 'dynamic' as const, 'kinematic' as const)
    .chain((motion) =>
      record({
        name: arbitraryLabel,
        motion: fc.constant(motion),
        colliders: fc.array(arbitraryCollider(motion === 'static'), { minLength: 1, maxLength: 4 }),
        density: range32(10, 2_000),
        friction: range32(0, 1),
        restitution: range32(0, 0.9),
        color: fc.integer({ min: 0, max: 0xffffff }),
      }),
    )
}

const BONES = 18

/** Poses as they travel. Every bit pattern is valid. */
export function arbitraryPackedPose(): fc.Arbitrary<PackedPose> {
  return fc.integer({ min: 0, max: 2 ** BONES - 1 }).chain((boneMask) => {
    const bones = boneMask.toString(2).replaceAll('0', '').length
    const length = 30 + 4 * bones
    return fc
      .uint8Array({ minLength: length, maxLength: length })
      .map((bytes) => ({ bytes: Uint8Array.from(bytes), boneMask }))
  })
}

/** Only a few hashes, so that the same one comes up again. */
const arbitraryHash = fc.constantFrom('00', '5a', 'a7', 'ff').map((byte): PackageHash => byte.repeat(32))
const arbitraryBodyChoice = fc.oneof<fc.Arbitrary<BodyChoice>[]>(fc.integer({ min: 0, max: 1 }), arbitraryHash)
const arbitraryAccess = fc.integer({ min: 0, max: 63 })

/** Bodies of all heights that can stand and walk. */
export function arbitraryBody(): fc.Arbitrary<AvatarBody> {
  const offset = record({ x: range32(-0.3, 0.3), y: range32(0, 0.5), z: range32(-0.2, 0.2) })
  const capsule = record({
    bone: fc.integer({ min: 0, max: BONES - 1 }),
    a: arbitraryVec3(0.3),
    b: arbitraryVec3(0.3),
    radius: range32(0.01, 0.2),
  })
  return record({
    name: arbitraryLabel,
    offsets: fc.array(offset, { minLength: BONES, maxLength: BONES }),
    capsules: fc.array(capsule, { maxLength: 24 }),
  })
}

/** Physics of packages of both kinds. */
export function arbitraryPhysics(): fc.Arbitrary<PackagePhysics> {
  return fc.oneof<fc.Arbitrary<PackagePhysics>[]>(
    record({ kind: fc.constant('object' as const), prop: arbitraryPropSpec() }),
    record({ kind: fc.constant('avatar' as const), body: arbitraryBody() }),
  )
}

const arbitraryHand: fc.Arbitrary<HandId> = fc.constantFrom(0, 1, 2)
const arbitraryName = fc.oneof(fc.constantFrom('Ada', 'Zoë', '名前', 'a b'), fc.stringMatching(/^[!-~]{1,32}$/))

/** A command that a client may send. */
export function arbitraryClientCommand(options: CommandOptions = {}): fc.Arbitrary<Command> {
  const any = options.range === 'any'
  const element = any ? uint32 : oneOf(options.elements ?? upTo(24))
  const position = any ? anyVec3 : arbitraryVec3()
  const scale = any ? anyFinite : range32(0.05, 20)
  const wish = any ? anyFinite : range32(-1, 1)
  const yaw = any ? anyFinite : range32(-4, 4)
  const rotation = arbitraryQuat()
  return fc.oneof<fc.Arbitrary<Command>[]>(
    record({
      type: fc.constant('move' as const),
      x: wish,
      y: wish,
      z: wish,
      yaw,
      jump: fc.boolean(),
      run: fc.boolean(),
      fly: fc.boolean(),
    }),
    record({ type: fc.constant('pose' as const), pose: arbitraryPackedPose() }),
    record({
      type: fc.constant('spawn' as const),
      prop: fc.oneof({ weight: 2, arbitrary: arbitraryPropSpec() }, { weight: 1, arbitrary: arbitraryHash }),
      position,
      rotation,
      scale,
      access: arbitraryAccess,
      owner: fc.constant(0),
    }),
    record({ type: fc.constant('despawn' as const), element }),
    record({ type: fc.constant('grab' as const), element, hand: arbitraryHand }),
    record({ type: fc.constant('drag' as const), hand: arbitraryHand, position, rotation }),
    record({ type: fc.constant('release' as const), hand: arbitraryHand }),
    record({ type: fc.constant('scale' as const), element, scale }),
    record({ type: fc.constant('wear' as const), player: fc.constant(0), body: arbitraryBodyChoice }),
    record({ type: fc.constant('access' as const), element, access: arbitraryAccess }),
  )
}

/** A command that the server itself puts into frames. */
export function arbitraryServerCommand(options: CommandOptions = {}): fc.Arbitrary<Command> {
  const any = options.range === 'any'
  const player = any ? uint32 : oneOf(options.players ?? upTo(6))
  const permissions = fc.integer({ min: 0, max: 31 })
  return fc.oneof<fc.Arbitrary<Command>[]>(
    record({
      type: fc.constant('join' as const),
      player,
      user: any ? uint32 : oneOf(upTo(3)),
      name: arbitraryName,
      body: fc.integer({ min: 0, max: 1 }),
      permissions,
    }),
    record({ type: fc.constant('leave' as const), player }),
    record({
      type: fc.constant('teleport' as const),
      player,
      position: any ? anyVec3 : arbitraryVec3(),
      yaw: any ? anyFinite : range32(-4, 4),
    }),
    record({ type: fc.constant('permit' as const), player, permissions }),
    record({ type: fc.constant('package' as const), hash: arbitraryHash, physics: arbitraryPhysics() }),
    record({ type: fc.constant('wear' as const), player, body: arbitraryBodyChoice }),
  )
}

/** Any command. */
export function arbitraryCommand(options: CommandOptions = {}): fc.Arbitrary<Command> {
  return fc.oneof(
    { weight: 4, arbitrary: arbitraryClientCommand(options) },
    { weight: 1, arbitrary: arbitraryServerCommand(options) },
  )
}

/** An input: server commands from player 0, other commands from players. */
export function arbitraryInput(options: CommandOptions = {}): fc.Arbitrary<Input> {
  const player = options.range === 'any' ? uint32 : oneOf(options.players ?? upTo(6))
  const sequence = options.range === 'any' ? uint32 : fc.integer({ min: 1, max: 1_000 })
  return fc.oneof(
    { weight: 8, arbitrary: record({ player, sequence, command: arbitraryClientCommand(options) }) },
    {
      weight: 1,
      arbitrary: record({
        player,
        sequence,
        command: record({ type: fc.constant('refused' as const), reason: fc.constantFrom(...REFUSALS) }),
      }),
    },
    { weight: 2, arbitrary: record({ player: fc.constant(0), sequence, command: arbitraryServerCommand(options) }) },
  )
}

/** A frame in canonical order, without duplicates. */
export function arbitraryFrame(options: FrameOptions = {}): fc.Arbitrary<InputFrame> {
  const tick = options.tick === undefined ? fc.integer({ min: 0, max: 4_294_967_295 }) : fc.constant(options.tick)
  const inputs = fc.uniqueArray(arbitraryInput(options), {
    maxLength: options.inputsMax ?? 12,
    selector: ({ player, sequence }) => `${player} ${sequence}`,
  })
  return record({
    tick,
    inputs: inputs.map((list) => list.toSorted((a, b) => a.player - b.player || a.sequence - b.sequence)),
  })
}
