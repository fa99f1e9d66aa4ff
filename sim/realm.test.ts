import { describe, expect, test } from 'vitest'
import {
  avatars,
  checkpoint,
  CheckpointError,
  DEFAULT_DEFINITION,
  free,
  genesis,
  hash,
  loadEngine,
  packPose,
  parseDefinition,
  props,
  restore,
  step,
  type Command,
  type Input,
  type PropSpec,
  type Realm,
  type RealmDefinition,
  type SimEvent,
  type Vec3,
} from './index.ts'

const engine = await loadEngine()
const IDENTITY = { x: 0, y: 0, z: 0, w: 1 }
const still = { x: 0, y: 0, z: 0, yaw: 0, jump: false, run: false, fly: false }

/** A realm with a script: commands are given player by player, ticks pass. */
class Stage {
  readonly realm: Realm
  #sequence = 0
  constructor(change: Partial<RealmDefinition> = {}) {
    this.realm = genesis(engine, {
      ...DEFAULT_DEFINITION,
      spawn: { position: { x: 0, y: 0, z: 5 }, yaw: 0, radius: 0 },
      ...change,
    })
  }
  tick(...commands: (readonly [number, Command])[]): readonly SimEvent[] {
    const inputs: Input[] = commands.map(([player, command]) => ({ player, sequence: ++this.#sequence, command }))
    return step(this.realm, { tick: this.realm.tick + 1, inputs })
  }
  join(...players: number[]): void {
    this.tick(
      ...players.map(
        (player) => [0, { type: 'join', player, user: player, name: `p${player}`, body: 0, permissions: 31 }] as const,
      ),
    )
  }
  wait(ticks: number): void {
    for (let i = 0; i < ticks; i++) this.tick()
  }
  prop(id: number) {
    const found = props(this.realm).find((p) => p.id === id)
    if (!found) throw new Error(`no prop ${id}`)
    return found
  }
  avatar(player: number) {
    const found = avatars(this.realm).find((a) => a.player === player)
    if (!found) throw new Error(`no player ${player}`)
    return found
  }
}

function stage(use: (s: Stage) => void, change?: Partial<RealmDefinition>): void {
  const s = new Stage(change)
  try {
    use(s)
  } finally {
    free(s.realm)
  }
}

const box: PropSpec = {
  name: 'box',
  motion: 'dynamic',
  colliders: [
    {
      shape: { type: 'box', halfExtents: { x: 0.2, y: 0.2, z: 0.2 } },
      position: { x: 0, y: 0, z: 0 },
      rotation: IDENTITY,
    },
  ],
  density: 200,
  friction: 0.5,
  restitution: 0,
  color: 0,
}
const oneBox = (position: Vec3): Partial<RealmDefinition> => ({
  props: [{ prop: box, position, rotation: IDENTITY, scale: 1 }],
})
const cube = (motion: 'static' | 'dynamic', half: number): PropSpec => ({
  ...box,
  motion,
  colliders: [
    {
      shape: { type: 'box', halfExtents: { x: half, y: half, z: half } },
      position: { x: 0, y: 0, z: 0 },
      rotation: IDENTITY,
    },
  ],
})
/** The first element after plane and marker. */
const FIRST = 3
const reasonOf = (events: readonly SimEvent[]): string | undefined => events.find((e) => e.type === 'rejected')?.reason

describe('walking', () => {
  test('goes forward along -Z at walking speed, and stops', () => {
    stage((s) => {
      s.join(1)
      s.tick([1, { type: 'move', ...still, z: -1 }])
      s.wait(59)
      expect(s.avatar(1).position.z).toBeCloseTo(3.1, 0)
      s.tick([1, { type: 'move', ...still }])
      s.wait(30)
      const { z } = s.avatar(1).position
      s.wait(30)
      expect(s.avatar(1).position.z).toBeCloseTo(z, 3)
    })
  })

  test('turns: yaw of a quarter looks along -X', () => {
    stage((s) => {
      s.join(1)
      s.tick([1, { type: 'move', ...still, z: -1, yaw: Math.fround(Math.PI / 2) }])
      s.wait(60)
      expect(s.avatar(1).position.x).toBeLessThan(-1.5)
      expect(s.avatar(1).position.z).toBeCloseTo(5, 1)
    })
  })

  test('jumps once for each order and lands again', () => {
    stage((s) => {
      s.join(1)
      s.wait(5)
      s.tick([1, { type: 'move', ...still, jump: true }])
      s.wait(20)
      expect(s.avatar(1).position.y).toBeGreaterThan(0.5)
      s.wait(60)
      expect(s.avatar(1).position.y).toBe(0)
      expect(s.avatar(1).grounded).toBe(true)
    })
  })

  test('stops at a static wall and walks up a ramp', () => {
    const wall: PropSpec = {
      ...cube('static', 1),
      colliders: cube('static', 1).colliders.map((c) => ({
        ...c,
        shape: { type: 'box', halfExtents: { x: 3, y: 2, z: 0.2 } },
      })),
    }
    stage(
      (s) => {
        s.join(1)
        s.tick([1, { type: 'move', ...still, z: -1 }])
        s.wait(180)
        expect(s.avatar(1).position.z).toBeGreaterThan(2.4)
        expect(s.avatar(1).position.z).toBeLessThan(2.7)
      },
      { props: [{ prop: wall, position: { x: 0, y: 1, z: 2 }, rotation: IDENTITY, scale: 1 }] },
    )
    stage(
      (s) => {
        s.join(1)
        s.tick([1, { type: 'move', ...still, z: -1, run: true }])
        let top = 0
        for (let i = 0; i < 200; i++) {
          s.tick()
          top = Math.max(top, s.avatar(1).position.y)
        }
        expect(top).toBeGreaterThan(0.8)
      },
      {
        spawn: { position: { x: 7.2, y: 0, z: -17 }, yaw: 0, radius: 0 },
        props: DEFAULT_DEFINITION.props.map((p) =>
          p.prop.name === 'ramp' ? { ...p, position: { x: 7.2, y: 0.14, z: -20 } } : p,
        ),
      },
    )
  })

  test('flies only with the permission to', () => {
    stage((s) => {
      s.join(1)
      s.tick([1, { type: 'move', ...still, fly: true, y: 1 }])
      s.wait(60)
      expect(s.avatar(1).position.y).toBeGreaterThan(3)
      s.tick([0, { type: 'permit', player: 1, permissions: 0 }])
      expect(reasonOf(s.tick([1, { type: 'move', ...still, fly: true }]))).toBe('not-permitted')
      s.wait(200)
      expect(s.avatar(1).position.y).toBe(0)
    })
  })
})

describe('holding', () => {
  test('the first in canonical order gets what several grab', () => {
    stage(
      (s) => {
        s.join(1, 2)
        const events = s.tick(
          [1, { type: 'grab', element: FIRST, hand: 0 }],
          [2, { type: 'grab', element: FIRST, hand: 0 }],
        )
        expect(events.map((e) => e.type)).toEqual(['grabbed', 'rejected'])
        expect(reasonOf(events)).toBe('held-by-another')
        expect(s.prop(FIRST).holder).toBe(1)
      },
      oneBox({ x: 0, y: 0.2, z: 3 }),
    )
  })

  test('what is held follows the drag, and is thrown with the speed of the hand', () => {
    stage(
      (s) => {
        s.join(1)
        s.tick([1, { type: 'grab', element: FIRST, hand: 2 }])
        for (let i = 0; i <= 40; i += 4) {
          s.tick([
            1,
            { type: 'drag', hand: 2, position: { x: Math.fround(i * 0.05), y: 1.5, z: 3 }, rotation: IDENTITY },
          ])
          s.wait(3)
        }
        expect(s.prop(FIRST).position.y).toBeCloseTo(1.5, 1)
        expect(s.tick([1, { type: 'release', hand: 2 }])[0]?.type).toBe('released')
        expect(s.prop(FIRST).linvel.x).toBeGreaterThan(2.4)
        expect(s.prop(FIRST).linvel.x).toBeLessThan(3.4)
        expect(s.prop(FIRST).holder).toBe(0)
        s.wait(240)
        expect(s.prop(FIRST).position.y).toBeCloseTo(0.2, 1)
      },
      oneBox({ x: 0, y: 0.2, z: 3 }),
    )
  })

  test('whoever leaves lets go, and what is dragged out of reach is refused', () => {
    stage(
      (s) => {
        s.join(1)
        s.tick([1, { type: 'grab', element: FIRST, hand: 0 }])
        expect(
          reasonOf(s.tick([1, { type: 'drag', hand: 0, position: { x: 40, y: 1, z: 0 }, rotation: IDENTITY }])),
        ).toBe('out-of-reach')
        s.tick([0, { type: 'leave', player: 1 }])
        expect(s.prop(FIRST).holder).toBe(0)
        expect(reasonOf(s.tick([1, { type: 'release', hand: 0 }]))).toBe('unknown-player')
      },
      oneBox({ x: 0, y: 0.2, z: 3 }),
    )
  })

  test('scaling gives mass by volume and refuses sizes outside 0.05 to 20', () => {
    stage(
      (s) => {
        s.join(1)
        const mass = (): number => s.realm.props.get(FIRST)?.body.mass() ?? 0
        s.wait(2)
        const before = mass()
        s.tick([1, { type: 'scale', element: FIRST, scale: 2 }])
        s.wait(60)
        expect(mass() / before).toBeCloseTo(8, 3)
        expect(s.prop(FIRST).position.y).toBeCloseTo(0.4, 1)
        for (const scale of [0.049, 20.1, Number.NaN])
          expect(['scale-out-of-range', 'invalid-value']).toContain(
            reasonOf(s.tick([1, { type: 'scale', element: FIRST, scale }])),
          )
      },
      oneBox({ x: 0, y: 0.2, z: 3 }),
    )
  })
})

describe('bones', () => {
  test('a swung hand pushes a prop that a root capsule does not touch, asleep or not, and bone bodies go when nothing is near', () => {
    stage(
      (s) => {
        s.join(1)
        const arm = (x: number): Command => ({
          type: 'pose',
          pose: packPose({
            head: { position: { x: 0, y: 1.52, z: 0 }, rotation: IDENTITY },
            left: { position: { x: -0.3, y: 1, z: 0 }, rotation: IDENTITY },
            right: { position: { x, y: 1.1, z: -0.6 }, rotation: IDENTITY },
            bones: Array.from({ length: 18 }, () => null),
          }),
        })
        s.tick([1, arm(0.5)])
        s.wait(300)
        expect(s.prop(FIRST + 1).asleep).toBe(true)
        const before = s.prop(FIRST + 1).position
        for (let i = 0; i < 12; i++) {
          s.tick([1, arm(0.5 - 0.08 * i)])
          s.wait(3)
        }
        const after = s.prop(FIRST + 1).position
        expect(Math.hypot(after.x - before.x, after.z - before.z)).toBeGreaterThan(0.05)
        expect([...s.realm.avatars.values()][0]?.bones?.some((bone) => bone !== null)).toBe(true)
        s.tick([0, { type: 'teleport', player: 1, position: { x: 9, y: 0, z: 9 }, yaw: 0 }])
        s.wait(60)
        expect([...s.realm.avatars.values()][0]?.bones).toBeNull()
      },
      {
        props: [
          { prop: cube('static', 0.1), position: { x: 0.05, y: 0.85, z: 4.5 }, rotation: IDENTITY, scale: 1 },
          { prop: cube('dynamic', 0.1), position: { x: 0.05, y: 1.052, z: 4.5 }, rotation: IDENTITY, scale: 1 },
        ],
      },
    )
  })
})

describe('the realm', () => {
  test('brings back what leaves its bounds, at rest', () => {
    stage((s) => {
      s.join(1)
      s.tick([0, { type: 'teleport', player: 1, position: { x: 62, y: 1, z: 0 }, yaw: 0 }])
      let returned: SimEvent | undefined
      for (let i = 0; i < 200 && !returned; i++) returned = s.tick().find((e) => e.type === 'returned')
      expect(returned).toBeDefined()
      expect(s.avatar(1).position).toEqual({ x: 0, y: 0, z: 5 })
    })
  })

  test('refuses what is not allowed with a reason, and nothing else happens', () => {
    stage(
      (s) => {
        s.join(1)
        const spawn = (change: object): Command => ({
          type: 'spawn',
          prop: { ...box, ...change },
          position: { x: 0, y: 1, z: 0 },
          rotation: IDENTITY,
          scale: 1,
          access: 0,
          owner: 0,
        })
        const flat = [0, 0, 0, 1, 0, 0, 0, 1, 0, 1, 1, 0]
        const cases: [Command, string][] = [
          [{ type: 'join', player: 9, user: 9, name: 'x', body: 0, permissions: 31 }, 'server-only'],
          [spawn({ density: Number.NaN }), 'invalid-value'],
          [spawn({ colliders: [] }), 'invalid-value'],
          [
            spawn({ colliders: [{ ...box.colliders[0], shape: { type: 'convex', points: flat } }] }),
            'degenerate-shape',
          ],
          [
            spawn({
              colliders: [{ ...box.colliders[0], shape: { type: 'trimesh', vertices: flat, indices: [0, 1, 2] } }],
            }),
            'trimesh-not-static',
          ],
          [{ type: 'grab', element: 999, hand: 0 }, 'unknown-element'],
          [{ type: 'despawn', element: FIRST }, 'not-permitted'],
          [{ type: 'pose', pose: { bytes: new Uint8Array(3), boneMask: 0 } }, 'invalid-value'],
          [{ type: 'move', ...still, x: Number.POSITIVE_INFINITY }, 'invalid-value'],
        ]
        s.tick([0, { type: 'permit', player: 1, permissions: 7 }])
        for (const [command, reason] of cases) expect(reasonOf(s.tick([1, command]))).toBe(reason)
        expect(props(s.realm)).toHaveLength(1)
      },
      oneBox({ x: 0, y: 0.2, z: 3 }),
    )
  })

  test('the default definition parses, and a broken one is told where', () => {
    const json: unknown = JSON.parse(JSON.stringify(DEFAULT_DEFINITION))
    expect(parseDefinition(json)).toEqual({ ok: true, definition: json })
    const broken = parseDefinition({
      ...DEFAULT_DEFINITION,
      tickRate: 'fast',
      spawn: { ...DEFAULT_DEFINITION.spawn, position: { x: 0, y: Number.NaN, z: 0 } },
    })
    expect(broken.ok ? [] : broken.errors.map((e) => e.where)).toEqual(['/tickRate', '/spawn/position/y'])
  })
})

describe('checkpoints', () => {
  test('2,500 restores do not grow the memory of the engine', () => {
    stage((s) => {
      s.join(1, 2, 3)
      s.wait(30)
      const bytes = checkpoint(s.realm)
      const memory = (): number => process.memoryUsage().arrayBuffers + process.memoryUsage().external
      const cycle = (n: number): void => {
        for (let i = 0; i < n; i++) free(restore(engine, s.realm.definition, bytes))
      }
      cycle(300)
      const before = memory()
      cycle(2500)
      expect(memory() - before).toBeLessThan(1_000_000)
    })
  })

  test('damaged bytes are refused before the engine sees them', () => {
    stage((s) => {
      s.join(1)
      const bytes = checkpoint(s.realm)
      const damaged = (change: (b: Uint8Array) => void): Uint8Array => {
        const copy = bytes.slice()
        change(copy)
        return copy
      }
      const reasonFor = (b: Uint8Array): string | undefined => {
        try {
          free(restore(engine, s.realm.definition, b))
        } catch (error) {
          return error instanceof CheckpointError ? error.reason : String(error)
        }
        return undefined
      }
      expect(reasonFor(bytes)).toBeUndefined()
      expect(reasonFor(damaged((b) => void (b[0] = 1)))).toBe('not-a-checkpoint')
      expect(reasonFor(damaged((b) => void (b[4] = 99)))).toBe('other-version')
      for (let at = 8; at < bytes.length; at += 997)
        expect(reasonFor(damaged((b) => void (b[at] = (b[at] ?? 0) ^ 16)))).toBe('corrupt')
      expect(reasonFor(bytes.subarray(0, bytes.length - 1))).toBe('corrupt')
    })
  })

  test('a hash is 16 lower-case hex digits and changes with the state', () => {
    stage((s) => {
      const first = hash(s.realm)
      expect(first).toMatch(/^[0-9a-f]{16}$/)
      s.join(1)
      expect(hash(s.realm)).not.toBe(first)
    })
  })
})
