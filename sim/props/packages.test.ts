import { describe, expect, test } from 'vitest'
import { CAPSULE_RADIUS } from '../avatar/walker.ts'
import { PACKAGES_CHARACTERS_MAX, PACKAGES_MAX } from './packages.ts'
import { capsuleHalfHeight } from '../avatar/avatars.ts'
import {
  ACCESS_MAX,
  avatars,
  boxOf,
  checkpoint,
  DEFAULT_BODY,
  DEFAULT_DEFINITION,
  free,
  genesis,
  hash,
  loadEngine,
  Permission,
  props,
  restHeadHeight,
  restore,
  step,
  type AvatarBody,
  type Command,
  type Input,
  type PackagePhysics,
  type PropSpec,
  type Realm,
  type SimEvent,
} from '../index.ts'

const engine = await loadEngine()
const IDENTITY = { x: 0, y: 0, z: 0, w: 1 }
const ORIGIN = { x: 0, y: 0, z: 0 }
const DEFINITION = { ...DEFAULT_DEFINITION, props: [], spawn: { position: { x: 0, y: 0, z: 5 }, yaw: 0, radius: 0 } }
const CUP: PropSpec = {
  name: 'cup',
  motion: 'dynamic',
  colliders: [
    { shape: { type: 'box', halfExtents: { x: 0.1, y: 0.2, z: 0.1 } }, position: ORIGIN, rotation: IDENTITY },
  ],
  density: 200,
  friction: 0.5,
  restitution: 0,
  color: 0xffffff,
}
const scaledBody = (share: number): AvatarBody => ({
  ...DEFAULT_BODY,
  offsets: DEFAULT_BODY.offsets.map(({ x, y, z }) => ({
    x: Math.fround(x * share),
    y: Math.fround(y * share),
    z: Math.fround(z * share),
  })),
})
const CHILD = scaledBody(0.5)
const OBJECT: PackagePhysics = { kind: 'object', prop: CUP }
const AVATAR: PackagePhysics = { kind: 'avatar', body: CHILD }
const [CUP_HASH, CHILD_HASH, OTHER_HASH] = ['c0'.repeat(32), 'ad'.repeat(32), '77'.repeat(32)] as const
const hashOf = (i: number): string => i.toString(16).padStart(64, '0')
const spawn = (prop: PropSpec | string, more: Partial<Extract<Command, { type: 'spawn' }>> = {}): Command => ({
  type: 'spawn',
  prop,
  position: { x: 0, y: 0.3, z: 3 },
  rotation: IDENTITY,
  scale: 1,
  access: 0,
  owner: 0,
  ...more,
})
const bring = (named: string, physics: PackagePhysics): readonly [number, Command] => [
  0,
  { type: 'package', hash: named, physics },
]
const reasonOf = (events: readonly SimEvent[]): string | undefined => events.find((e) => e.type === 'rejected')?.reason

class Stage {
  realm: Realm = genesis(engine, DEFINITION)
  #sequence = 0
  tick(...commands: (readonly [number, Command])[]): readonly SimEvent[] {
    const inputs: Input[] = commands.map(([player, command]) => ({ player, sequence: ++this.#sequence, command }))
    return step(this.realm, { tick: this.realm.tick + 1, inputs })
  }
  /** Joins a player as a user. */
  join(player: number, user: number, permissions = 7): void {
    this.tick([0, { type: 'join', player, user, name: `p${player}`, body: 0, permissions }])
  }
  /** Continues from its own checkpoint. */
  reload(): void {
    const again = restore(engine, DEFINITION, checkpoint(this.realm))
    expect(hash(again)).toBe(hash(this.realm))
    expect(checkpoint(again)).toEqual(checkpoint(this.realm))
    free(this.realm)
    this.realm = again
  }
  first() {
    const [prop] = props(this.realm)
    if (!prop) throw new Error('there is no prop')
    return prop
  }
}

function stage(use: (s: Stage) => void): void {
  const s = new Stage()
  try {
    use(s)
  } finally {
    free(s.realm)
  }
}

describe('packages', () => {
  test('a prop can use a package of the same frame', () => {
    stage((s) => {
      s.join(1, 7)
      expect(s.tick(bring(CUP_HASH, OBJECT), [1, spawn(CUP_HASH)]).map((e) => e.type)).toEqual(['packaged', 'spawned'])
      expect(s.first()).toMatchObject({ spec: CUP, package: CUP_HASH, owner: 7, access: 0 })
      s.reload()
      expect(s.first()).toMatchObject({ spec: CUP, package: CUP_HASH, owner: 7 })
      expect(s.tick([1, spawn(CUP_HASH)]).map((e) => e.type)).toEqual(['spawned'])
    })
  })

  test('a package that is missing, or of the wrong kind, is refused', () => {
    stage((s) => {
      s.join(1, 1)
      s.tick(bring(CUP_HASH, OBJECT), bring(CHILD_HASH, AVATAR))
      const cases: [Command, string][] = [
        [spawn(OTHER_HASH), 'unknown-package'],
        [spawn(CHILD_HASH), 'wrong-kind'],
        [spawn(CUP_HASH, { owner: 3 }), 'server-only'],
        [spawn(CUP_HASH, { access: ACCESS_MAX + 1 }), 'invalid-value'],
        [{ type: 'wear', player: 0, body: OTHER_HASH }, 'unknown-package'],
        [{ type: 'wear', player: 0, body: CUP_HASH }, 'wrong-kind'],
        [{ type: 'wear', player: 0, body: 9 }, 'unknown-body'],
        [{ type: 'wear', player: 2, body: 0 }, 'server-only'],
        [{ type: 'package', hash: OTHER_HASH, physics: OBJECT }, 'server-only'],
      ]
      for (const [command, reason] of cases) expect(reasonOf(s.tick([1, command]))).toBe(reason)
    })
  })

  test('a package with impossible physics is refused', () => {
    stage((s) => {
      const body = (change: Partial<AvatarBody>): PackagePhysics => ({ kind: 'avatar', body: { ...CHILD, ...change } })
      const [capsule] = CHILD.capsules
      if (!capsule) throw new Error('the body has no capsules')
      const cases: [string, PackagePhysics, string][] = [
        ['short', OBJECT, 'invalid-value'],
        [OTHER_HASH, { kind: 'object', prop: { ...CUP, density: Number.NaN } }, 'invalid-value'],
        [
          OTHER_HASH,
          {
            kind: 'object',
            prop: {
              ...CUP,
              colliders: [
                {
                  shape: { type: 'trimesh', vertices: [0, 0, 0, 1, 0, 0, 0, 1, 0], indices: [0, 1, 2] },
                  position: ORIGIN,
                  rotation: IDENTITY,
                },
              ],
            },
          },
          'trimesh-not-static',
        ],
        [OTHER_HASH, body({ offsets: CHILD.offsets.slice(1) }), 'invalid-value'],
        [OTHER_HASH, body({ offsets: CHILD.offsets.map(() => ({ x: 0, y: 3, z: 0 })) }), 'invalid-value'],
        [OTHER_HASH, body({ offsets: CHILD.offsets.map(() => ORIGIN) }), 'invalid-value'],
        [OTHER_HASH, body({ capsules: Array.from({ length: 25 }, () => capsule) }), 'invalid-value'],
        [OTHER_HASH, body({ capsules: [{ ...capsule, bone: 18 }] }), 'invalid-value'],
        [OTHER_HASH, body({ capsules: [{ ...capsule, radius: 0 }] }), 'invalid-value'],
        [OTHER_HASH, body({ capsules: [{ ...capsule, a: { x: 0, y: Infinity, z: 0 } }] }), 'invalid-value'],
      ]
      for (const [named, physics, reason] of cases)
        expect(reasonOf(s.tick([0, { type: 'package', hash: named, physics }]))).toBe(reason)
      expect(s.realm.packages.size).toBe(0)
    })
  })

  test('a full realm evicts the oldest unused package, and refuses a new one if all are in use', () => {
    stage((s) => {
      s.tick(...Array.from({ length: PACKAGES_MAX }, (_, i) => bring(hashOf(i), OBJECT)))
      s.tick([0, spawn(hashOf(0))], bring(hashOf(1), OBJECT))
      s.tick(bring(OTHER_HASH, OBJECT))
      // Package 0 is in use, and 1 was sent again, so 2 is the oldest.
      expect([0, 1, 2].map((i) => s.realm.packages.has(hashOf(i)))).toEqual([true, true, false])
      s.reload()
      s.tick(bring(hashOf(2), OBJECT))
      expect([3, 4].map((i) => s.realm.packages.has(hashOf(i)))).toEqual([false, true])
      for (const named of s.realm.packages.keys()) s.tick([0, spawn(named)])
      expect(reasonOf(s.tick(bring(hashOf(3), OBJECT)))).toBe('package-limit')
    })
  })

  test('the size of all packages together is bounded', () => {
    stage((s) => {
      const points = Array.from({ length: 64 }, (_, i) => [
        Math.fround(Math.sin(i)),
        Math.fround(Math.cos(i * 1.7)),
        Math.fround(Math.sin(i * 2.3)),
      ]).flat()
      const colliders = Array.from({ length: 16 }, () => ({
        shape: { type: 'convex' as const, points },
        position: ORIGIN,
        rotation: IDENTITY,
      }))
      for (let i = 0; i < 80; i++) s.tick(bring(hashOf(i), { kind: 'object', prop: { ...CUP, colliders } }))
      const characters = [...s.realm.packages.values()].reduce((sum, { json }) => sum + json.length, 0)
      expect(characters).toBeLessThanOrEqual(PACKAGES_CHARACTERS_MAX)
      expect(characters).toBeGreaterThan(PACKAGES_CHARACTERS_MAX * 0.9)
      expect(s.realm.packages.has(hashOf(79))).toBe(true)
    })
  })
})

describe('changing the body', () => {
  test("the avatar keeps its place, motion and hold, and gets the new body's capsule and reach", () => {
    stage((s) => {
      s.join(1, 1)
      s.tick([0, spawn(CUP)], [1, { type: 'move', x: 0, y: 0, z: -1, yaw: 0.5, jump: false, run: false, fly: false }])
      s.tick([1, { type: 'grab', element: s.first().id, hand: 0 }])
      s.tick()
      const z = avatars(s.realm)[0]?.position.z ?? 0
      const events = s.tick(bring(CHILD_HASH, AVATAR), [1, { type: 'wear', player: 0, body: CHILD_HASH }])
      expect(events).toContainEqual(expect.objectContaining({ type: 'bodyChanged', player: 1, changed: 1 }))
      const [avatar] = s.realm.avatars.values()
      expect(avatar?.capsuleCollider.halfHeight()).toBeCloseTo(capsuleHalfHeight(CHILD), 5)
      expect(avatar?.capsule.translation().y).toBeCloseTo(capsuleHalfHeight(CHILD) + CAPSULE_RADIUS, 1)
      const [view] = avatars(s.realm)
      expect(view).toMatchObject({
        body: 0,
        package: CHILD_HASH,
        headMetres: Math.fround(restHeadHeight(CHILD)),
        yaw: Math.fround(0.5),
      })
      expect(Math.abs((view?.position.z ?? 9) - z)).toBeLessThan(0.05)
      expect(view?.velocity.z).toBeLessThan(0)
      expect(s.first().holder).toBe(1)
      s.reload()
      expect(avatars(s.realm)[0]).toMatchObject({ package: CHILD_HASH })
      s.tick([0, { type: 'wear', player: 1, body: 0 }])
      expect(avatars(s.realm)[0]).toMatchObject({ body: 0, package: null })
      expect(s.realm.avatars.values().next().value?.capsuleCollider.halfHeight()).toBeCloseTo(
        capsuleHalfHeight(DEFAULT_BODY),
        5,
      )
    })
  })

  test('bones belong to the new body', () => {
    stage((s) => {
      s.join(1, 1)
      s.tick([0, spawn(CUP, { position: { x: 0.35, y: 1.4, z: 5 } })], bring(CHILD_HASH, AVATAR))
      for (let i = 0; i < 4; i++) s.tick()
      const bodies = (): number => s.realm.players.get(1)?.bones?.filter((bone) => bone !== null).length ?? 0
      expect(bodies()).toBeGreaterThan(0)
      s.reload()
      s.tick([1, { type: 'wear', player: 0, body: CHILD_HASH }])
      expect(bodies()).toBeLessThanOrEqual(CHILD.capsules.length)
      s.reload()
      for (let i = 0; i < 60; i++) s.tick()
      s.reload()
    })
  })
})

describe('access', () => {
  const acts = (s: Stage, player: number, element: number) => ({
    drag:
      reasonOf(s.tick([player, { type: 'grab', element, hand: 0 }], [player, { type: 'release', hand: 0 }])) ?? 'may',
    scale: reasonOf(s.tick([player, { type: 'scale', element, scale: 1.5 }])) ?? 'may',
    despawn: reasonOf(s.tick([player, { type: 'despawn', element }])) ?? 'may',
  })
  const MAY = { drag: 'may', scale: 'may', despawn: 'may' }
  const NO = 'not-permitted'
  const bits = (n: number): number => n | (n << 2) | (n << 4)

  test.each([
    ['the owner', 0, 7, MAY],
    ['a stranger', 0, 9, { drag: 'may', scale: 'may', despawn: NO }],
    ['who may manage', 0, 8, MAY],
    ['a stranger', 1, 9, MAY],
    ['a stranger', 2, 9, { drag: NO, scale: NO, despawn: NO }],
    ['who may manage', 2, 8, MAY],
    ['who may manage', 3, 8, { drag: NO, scale: NO, despawn: NO }],
    ['the owner', 3, 7, MAY],
  ] as const)('%s, at level %i', (_, level, user, expected) => {
    stage((s) => {
      s.join(1, 7)
      s.join(2, user, user === 8 ? 7 | Permission.manage : 7)
      s.tick([1, spawn(CUP, { access: bits(level) })])
      // Another session of the same user counts as the owner.
      expect(acts(s, 2, s.first().id)).toEqual(expected)
    })
  })

  test('the owner and managers change the access level, and a holder without access releases the prop', () => {
    stage((s) => {
      for (const [player, user, permissions] of [
        [1, 7, 7],
        [2, 9, 7],
        [3, 8, 15],
      ] as const)
        s.join(player, user, permissions)
      s.tick([1, spawn(CUP)])
      const { id } = s.first()
      s.tick([2, { type: 'grab', element: id, hand: 1 }])
      expect(reasonOf(s.tick([2, { type: 'access', element: id, access: 0 }]))).toBe(NO)
      expect(reasonOf(s.tick([1, { type: 'access', element: id, access: 64 }]))).toBe('invalid-value')
      const events = s.tick([1, { type: 'access', element: id, access: 3 }])
      expect(events).toEqual([
        { type: 'accessChanged', player: 1, sequence: expect.any(Number) as number, element: id },
        { type: 'released', player: 2, sequence: 0, element: id },
      ])
      expect(s.first()).toMatchObject({ access: 3, holder: 0 })
      s.reload()
      expect(s.first().access).toBe(3)
      expect(s.tick([3, { type: 'access', element: id, access: 0 }])[0]?.type).toBe('accessChanged')
      s.tick([2, { type: 'grab', element: id, hand: 1 }])
      s.tick([0, { type: 'permit', player: 2, permissions: 0 }])
      expect(s.first().holder).toBe(0)
    })
  })

  test("nobody owns the realm's own props", () => {
    stage((s) => {
      s.join(1, 1)
      s.tick([0, spawn(CUP)], [0, spawn(CUP, { owner: 1, position: { x: 2, y: 0.3, z: 3 } })])
      const [own, given] = props(s.realm)
      expect(reasonOf(s.tick([1, { type: 'despawn', element: own?.id ?? 0 }]))).toBe(NO)
      expect(s.tick([1, { type: 'despawn', element: given?.id ?? 0 }])[0]?.type).toBe('despawned')
    })
  })
})

test('the box of a prop contains all its rotated colliders', () => {
  const turned = { x: 0, y: 0, z: Math.SQRT1_2, w: Math.SQRT1_2 }
  const spec: PropSpec = {
    ...CUP,
    colliders: [
      {
        shape: { type: 'box', halfExtents: { x: 1, y: 0.25, z: 0.5 } },
        position: { x: 0, y: 1, z: 0 },
        rotation: turned,
      },
      { shape: { type: 'capsule', halfHeight: 0.5, radius: 0.25 }, position: { x: 2, y: 0, z: 0 }, rotation: turned },
    ],
  }
  const [box] = boxOf(spec).colliders
  expect(box?.position.x).toBeCloseTo(1.25, 6)
  expect(box?.position.y).toBeCloseTo(0.875, 6)
  const half = box?.shape.type === 'box' ? box.shape.halfExtents : ORIGIN
  expect([half.x, half.y, half.z].map((n) => Math.round(n * 1e6) / 1e6)).toEqual([1.5, 1.125, 0.5])
})

describe('a checkpoint is not written', () => {
  test('when the package of a prop is missing from the realm', () => {
    stage((s) => {
      s.tick(bring(CUP_HASH, OBJECT), [0, spawn(CUP_HASH)])
      s.realm.packages.delete(CUP_HASH)
      expect(() => checkpoint(s.realm)).toThrow('the realm has the package of every prop')
    })
  })

  test("when the package of an avatar's body is missing from the realm", () => {
    stage((s) => {
      s.join(1, 1)
      s.tick(bring(CHILD_HASH, AVATAR), [1, { type: 'wear', player: 0, body: CHILD_HASH }])
      s.realm.packages.delete(CHILD_HASH)
      expect(() => checkpoint(s.realm)).toThrow("the realm has every avatar's body")
    })
  })
})
