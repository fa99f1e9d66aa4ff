/**
 * The attacks of hostile guests, by name. Each phase has one goal: to stop the tick, to grow the state or to end the
 * realm.
 */
import {
  DEFAULT_DEFINITION,
  SCALE_MAX,
  SCALE_MIN,
  type Command,
  type ElementId,
  type Vec3,
} from '../../../sim/index.ts'
import type { Connect } from '../../../netcode/index.ts'
import { Actor } from '../../fuzz/scenes/actor.ts'
import type { Draw } from '../../fuzz/scenes/edge-numbers.ts'
import { heavyCompound } from '../../fuzz/scenes/shapes.ts'
import { styleNamed } from '../../fuzz/scenes/styles.ts'
import { bloat } from '../../fuzz/scenes/spawned-props.ts'
import { sleep } from '../../harness/wait.ts'
import { PAIRS, single, spawnOf } from './cases.ts'
import type { Guests } from './guests.ts'
import type { WireGuest } from './wire-guest.ts'

export interface PhaseContext {
  readonly url: string
  readonly guests: Guests
  readonly connects: readonly Connect[]
  readonly draw: Draw
  /** End of the phase, on the clock of performance.now. */
  readonly endMs: number
}

export interface DrillPhase {
  readonly goal: string
  run(stage: PhaseContext): Promise<void>
}

const { fround } = Math
/** A point in front of where players start. */
const POINT: Vec3 = { x: 0, y: 1, z: 4 }
/** Time between two rounds of commands, ms. */
const ROUND_MS = 50
/** Unacknowledged commands of a guest, above which no more are drawn. */
const WAITING_MAX = 400
const IDENTITY = { x: 0, y: 0, z: 0, w: 1 }

const isOver = ({ endMs }: PhaseContext): boolean => performance.now() >= endMs

/** Lets each guest in the realm act in rounds until the phase is over. */
async function rounds(
  stage: PhaseContext,
  round: (guest: WireGuest, seat: number) => void,
  pauseMs = ROUND_MS,
): Promise<void> {
  while (!isOver(stage)) {
    const present = stage.guests.ready()
    for (const [seat, guest] of present.entries()) if (guest.unacknowledged < WAITING_MAX) round(guest, seat)
    await sleep(pauseMs)
  }
}

/**
 * Each guest spawns that many props as fast as it may, then waits. A guest that had to log in again starts again. Props
 * are drawn `lot` at a time, because the drill's own computing time would look like a gap to the honest bots.
 */
async function heap(stage: PhaseContext, each: number, lot: number, make: (i: number) => Command): Promise<void> {
  const made = new WeakMap<WireGuest, number>()
  await rounds(stage, (guest) => {
    const from = made.get(guest) ?? 0
    if (guest.unacknowledged > 4 * lot) return
    const to = Math.min(each, from + lot)
    for (let i = from; i < to; i += 1) guest.command(make(i))
    made.set(guest, to)
  })
}

/** Random commands of a style of the scenes, mostly on the guest's own props. */
async function random(stage: PhaseContext, style: string, commandsPerRound: number): Promise<void> {
  const { draw } = stage
  const actor = new Actor(draw, DEFAULT_DEFINITION, styleNamed(style))
  const at = DEFAULT_DEFINITION.spawn.position
  await rounds(stage, (guest) => {
    for (let i = draw.below(commandsPerRound + 1); i > 0; i -= 1) {
      const kind = actor.nextKind()
      // The realm's own props have the first ids.
      const elements = draw.chance(0.3) ? Array.from({ length: 25 }, (_, id) => id + 3) : guest.elements
      if (kind !== 'server') guest.command(actor.command(kind, { at, hands: null }, { elements, places: [] }))
    }
  })
}

const near = (draw: Draw, metres: number): Vec3 => ({
  x: draw.float(-metres, metres),
  y: draw.float(0.5, 3),
  z: draw.float(4 - metres, 4 + metres),
})
const box = (half: number): ReturnType<typeof single> =>
  single('dynamic', { type: 'box', halfExtents: { x: fround(half), y: fround(half), z: fround(half) } })
const compound = (draw: Draw, motion: 'dynamic' | 'kinematic' = 'dynamic'): ReturnType<typeof single> => ({
  ...single(motion, { type: 'sphere', radius: 1 }),
  colliders: heavyCompound(draw, 0.5),
})

/** A few dynamic props in one place, and hands that shake and scale them. */
async function storm(stage: PhaseContext): Promise<void> {
  const { draw } = stage
  const ready = new WeakSet<WireGuest>()
  await rounds(stage, (guest) => {
    if (!ready.has(guest)) {
      ready.add(guest)
      for (let i = 0; i < 24; i += 1)
        guest.command(spawnOf(draw.chance(0.2) ? compound(draw) : box(draw.of([0.05, 0.25, 0.5])), near(draw, 1)))
    }
    const mine = guest.elements
    if (mine.length === 0) return
    for (let i = 0; i < 6; i += 1)
      guest.command({
        type: 'scale',
        element: draw.of(mine),
        scale: fround(draw.of([SCALE_MIN, SCALE_MAX, 1, draw.float(SCALE_MIN, SCALE_MAX)])),
      })
    if (draw.chance(0.3)) guest.command({ type: 'grab', element: draw.of(mine), hand: draw.of([0, 1, 2] as const) })
    if (draw.chance(0.1)) guest.command({ type: 'release', hand: draw.of([0, 1, 2] as const) })
    for (const hand of [0, 1, 2] as const)
      guest.command({ type: 'drag', hand, position: near(draw, 5), rotation: IDENTITY })
  })
}

/** Grabs, drags and disconnects without a goodbye; returns as another guest. */
async function holding(stage: PhaseContext): Promise<void> {
  const { draw, guests, connects } = stage
  for (let i = 0; !isOver(stage); i += 1) {
    const guest = await guests.come(`holder ${i}`, draw.of(connects))
    if (!guest) {
      await sleep(500)
      continue
    }
    await guests.with(guest, async () => {
      for (let made = 0; made < 3; made += 1)
        guest.command(
          spawnOf(single(draw.of(['dynamic', 'kinematic']), { type: 'sphere', radius: fround(0.2) }), near(draw, 2)),
        )
      await sleep(200)
      const elements: ElementId[] = [...guest.elements, draw.whole(3, 20)]
      for (const hand of [0, 1, 2] as const) guest.command({ type: 'grab', element: draw.of(elements), hand })
      for (let step = 0; step < 5; step += 1) {
        for (const hand of [0, 1, 2] as const)
          guest.command({ type: 'drag', hand, position: near(draw, 5), rotation: IDENTITY })
        await sleep(30)
      }
    })
    guest.drop()
  }
}

/** Guests that log in, spawn what they may, and leave it: how much room remains for others. */
async function crowd(stage: PhaseContext): Promise<void> {
  const { draw, guests, connects } = stage
  for (let i = 0; !isOver(stage); i += 1) {
    const guest = await guests.come(`passer-by ${i}`, draw.of(connects))
    if (!guest) {
      await sleep(500)
      continue
    }
    for (let made = 0; made < 500; made += 1)
      guest.command(spawnOf(box(0.1), { x: draw.float(-40, 40), y: draw.float(0.2, 5), z: draw.float(-40, 40) }))
    await guests.with(guest, async () => {
      while (guest.unacknowledged > 0 && guest.ended === null && !isOver(stage)) await sleep(50)
      await sleep(300)
    })
    guest.drop()
  }
}

const NAMES = [
  '',
  ' ',
  '\u3164',
  '\u115F',
  '\u2800',
  '\u200B',
  '\u202Eadmin',
  'a'.repeat(33),
  '😀'.repeat(32),
  'e\u0301',
  'A\u0300'.repeat(16),
  '\uFFFD',
  '\n',
  'Zoë',
  '\u0000',
  '名'.repeat(32),
  '\uD800',
  'admin',
  '__proto__',
  '<b>x</b>',
]

/** Names of players and props, at the limits of valid names. */
async function names(stage: PhaseContext): Promise<void> {
  const { draw, guests, url } = stage
  await rounds(
    stage,
    (guest) => {
      guest.command(spawnOf({ ...box(0.1), name: draw.of([...NAMES, 'x'.repeat(64), 'x'.repeat(65)]) }, near(draw, 10)))
      void fetch(`${url}v1/login`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ name: draw.of(NAMES), role: draw.of(['player', 'observer', 'admin', 7]) }),
      }).then(
        (response) => guests.note('login', String(response.status)),
        () => guests.note('login', 'no answer'),
      )
    },
    250,
  )
}

async function poses(stage: PhaseContext): Promise<void> {
  const { draw } = stage
  const actor = new Actor(draw, DEFAULT_DEFINITION, styleNamed('edges'))
  await rounds(
    stage,
    (guest) => {
      guest.command(actor.pose())
      guest.command(actor.move())
      if (draw.chance(0.05)) guest.command({ type: 'wear', player: 0, body: draw.of([0, 1, 2 ** 32 - 1]) })
    },
    20,
  )
}

async function kinematic(stage: PhaseContext): Promise<void> {
  const { draw } = stage
  await heap(stage, 40, 40, (i) =>
    i % 2 === 0
      ? spawnOf(single('kinematic', { type: 'capsule', radius: fround(0.5), halfHeight: fround(0.2) }), POINT)
      : spawnOf(draw.chance(0.3) ? compound(draw, 'kinematic') : box(0.3), POINT),
  )
}

const pairs = Object.entries(PAIRS).map(([name, [first, second]]): readonly [string, DrillPhase] => [
  name,
  {
    goal: 'two props of extreme sizes give a NaN',
    run: async (stage) => {
      const begun = new WeakSet<WireGuest>()
      await rounds(stage, (guest, seat) => {
        if (seat !== 0 || begun.has(guest)) return
        begun.add(guest)
        guest.command(first)
        setTimeout(() => guest.command(second), 200)
      })
    },
  },
])

export const PHASES: Readonly<Record<string, DrillPhase>> = {
  poses: { goal: 'poses, moves and bodies at the edges', run: poses },
  names: { goal: 'invalid names of players and props', run: names },
  holding: { goal: 'disconnects while holding, repeatedly', run: holding },
  storms: { goal: 'scales and drags of props that touch', run: storm },
  edges: { goal: 'everything, at the edges of what is taken', run: (stage) => random(stage, 'edges', 12) },
  kinematic: { goal: 'kinematic props among dynamic ones', run: kinematic },
  bloat: {
    goal: 'meshes that are small on the wire and large in a checkpoint',
    run: (stage) =>
      heap(stage, 300, 4, () =>
        spawnOf(bloat(stage.draw), {
          x: stage.draw.float(-60, 60),
          y: stage.draw.float(5, 60),
          z: stage.draw.float(-60, 60),
        }),
      ),
  },
  hulls: {
    goal: 'compounds of 16 hulls of 64 points, everywhere',
    run: (stage) =>
      heap(stage, 300, 4, () =>
        spawnOf(compound(stage.draw), {
          x: stage.draw.float(-40, 40),
          y: stage.draw.float(1, 20),
          z: stage.draw.float(-40, 40),
        }),
      ),
  },
  burst: {
    goal: 'such compounds in one point, in one burst',
    run: (stage) => heap(stage, 18, 18, () => spawnOf(compound(stage.draw), POINT)),
  },
  pile: {
    goal: 'a thousand boxes in one point',
    run: (stage) => heap(stage, 500, 100, () => spawnOf(box(0.25), POINT)),
  },
  giants: {
    goal: 'five hundred boxes at scale 20 in one point',
    run: (stage) => heap(stage, 250, 100, () => spawnOf(box(0.5), { ...POINT, y: 20 }, SCALE_MAX)),
  },
  ...Object.fromEntries(pairs),
  crowd: { goal: 'short visits fill the realm, and nobody else can spawn', run: crowd },
}
