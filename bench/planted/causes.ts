/** The kinds of planted causes: who does what on a stage, and which inputs an answer has to name. */
import { placeOf } from '../../replay/why/fact.ts'
import { Hand, type CommandType, type ElementId, type PlayerId, type PropSpec, type Realm } from '../../sim/index.ts'
import {
  carry,
  drag,
  grab,
  placeOn,
  release,
  say,
  spawn,
  stop,
  toss,
  wait,
  waitForCheckpoint,
  walkOn,
  walkTo,
  type Act,
  type Stage,
} from './moves.ts'

export interface Cast {
  readonly stage: Stage
  readonly actor: PlayerId
  /** A player beside the actor; 0 for none. */
  readonly helper: PlayerId
  /** The prop that players spawn. */
  readonly prop: PropSpec
}

/** An input that has to be named: at least one of this player and type. */
export interface Essential {
  readonly player: PlayerId
  readonly type: CommandType
}

export interface Kind {
  readonly name: string
  /** Metres from the stage's middle to the target. */
  readonly targetMetres: number
  readonly field: string | null
  /** Ticks after the act until which the question may be asked. */
  readonly askTicksMax: number
  /** True if it always has a helper. Others have one every second time. */
  readonly needsHelper?: boolean
  act(cast: Cast): Act
  /** The element in question, in the state after the act. */
  elementOf(cast: Cast, realm: Realm): ElementId
  essentials(cast: Cast): readonly Essential[]
}

/** Half the edge of crate and target, metres. */
export const HALF = 0.2
const ASK_TICKS_MAX = 1_800

const sent = (player: PlayerId, ...types: readonly CommandType[]): Essential[] =>
  types.map((type) => ({ player, type }))
const crateOf = ({ stage }: Cast): ElementId => stage.crate
const targetOf = ({ stage }: Cast): ElementId => stage.target

/** Leaves the hand of the bot's own behaviour empty, and walks to the stage. */
function* enter({ stage }: Cast, player: PlayerId, along = 0): Act {
  yield* say(player, { type: 'release', hand: Hand.right })
  yield* walkTo(player, placeOn(stage, -3, along, 0), true)
  yield* walkTo(player, placeOn(stage, -1.3, along, 0))
}

const LIFT = 0.9

/** Lifts the crate, carries it along the edge, and puts it down. */
function* carryAlong({ stage }: Cast, player: PlayerId, from: number, to: number): Act {
  const places = [
    [from, HALF],
    [from, LIFT],
    [to, LIFT],
    [to, HALF + 0.01],
  ].map(([along = 0, y = 0]) => placeOn(stage, 0, along, y))
  yield* carry(player, stage.crate, places, 30)
}

function* tossOut({ stage, actor }: Cast, element: ElementId, height: number, rise: number): Act {
  yield* toss(actor, element, [
    placeOn(stage, 0, 0, HALF),
    placeOn(stage, -0.4, 0, height),
    placeOn(stage, 0.8, 0, height + rise),
  ])
}

/** The newest prop of the realm: the spawned one. */
const spawnedBy = ({ actor }: Cast, realm: Realm): ElementId =>
  Math.max(...[...realm.props.values()].filter(({ owner }) => owner === actor).map(({ id }) => id))

const KIND = { targetMetres: 2.2, field: null, askTicksMax: ASK_TICKS_MAX, elementOf: crateOf } as const

const carried: Kind = {
  ...KIND,
  name: 'carried and put down',
  *act(cast) {
    const { actor, helper } = cast
    if (helper) {
      yield* enter(cast, helper, -1)
      yield* carryAlong(cast, helper, 0, 0.3)
    }
    yield* enter(cast, actor)
    yield* carryAlong(cast, actor, helper ? 0.3 : 0, 0.9)
  },
  essentials: ({ actor }) => sent(actor, 'grab', 'drag'),
}

const dropped: Kind = {
  ...KIND,
  name: 'let fall from the hand',
  *act(cast) {
    const { stage, actor } = cast
    yield* enter(cast, actor)
    yield* grab(actor, stage.crate)
    yield* drag(actor, placeOn(stage, 0, 0, HALF), placeOn(stage, 0.3, 0.8, 1.5), 60)
    yield* wait(30)
    yield* release(actor)
    yield* wait(90)
  },
  essentials: ({ actor }) => sent(actor, 'grab', 'drag', 'release'),
}

const thrown: Kind = {
  ...KIND,
  name: 'thrown',
  targetMetres: 8,
  *act(cast) {
    yield* enter(cast, cast.actor)
    yield* tossOut(cast, cast.stage.crate, 1, 0.3)
  },
  essentials: ({ actor }) => sent(actor, 'grab', 'drag', 'release'),
}

const pushed: Kind = {
  ...KIND,
  name: 'pushed by a walking avatar',
  targetMetres: 8,
  *act(cast) {
    const { stage, actor } = cast
    yield* enter(cast, actor)
    yield* walkOn(actor, placeOn(stage, 5, 0, 0), 2.6)
    yield* wait(60)
  },
  essentials: ({ actor }) => sent(actor, 'move'),
}

const knocked: Kind = {
  ...KIND,
  name: 'knocked by a thrown prop',
  targetMetres: 2,
  elementOf: targetOf,
  *act(cast) {
    yield* enter(cast, cast.actor)
    yield* tossOut(cast, cast.stage.crate, 0.35, 0)
  },
  essentials: ({ actor }) => sent(actor, 'grab', 'drag', 'release'),
}

const swept: Kind = {
  ...KIND,
  name: 'pushed with a held prop',
  targetMetres: 0.9,
  elementOf: targetOf,
  *act(cast) {
    const { stage, actor } = cast
    yield* enter(cast, actor)
    const places = [0, 1.9, 1.4].map((out) => placeOn(stage, out, 0, HALF + 0.02))
    yield* carry(actor, stage.crate, places, 80)
  },
  essentials: ({ actor }) => sent(actor, 'grab', 'drag'),
}

const scaled: Kind = {
  ...KIND,
  name: 'scaled',
  field: 'scale',
  *act(cast) {
    const { stage, actor, helper } = cast
    if (helper) yield* say(helper, { type: 'scale', element: stage.crate, scale: 1.25 })
    yield* enter(cast, actor)
    yield* say(actor, { type: 'scale', element: stage.crate, scale: 1.75 })
    yield* wait(60)
  },
  essentials: ({ actor }) => sent(actor, 'scale'),
}

const stacked: Kind = {
  ...KIND,
  name: 'put on a prop that another put there',
  needsHelper: true,
  targetMetres: 0.8,
  *act(cast) {
    const { stage, actor, helper } = cast
    yield* enter(cast, helper, -1)
    yield* enter(cast, actor)
    // Both acts are in one part between checkpoints: an earlier one would be given, not a cause.
    yield* waitForCheckpoint()
    const base = [HALF, LIFT, LIFT, HALF + 0.01]
    const outs = [0.8, 0.8, 0.3, 0.3]
    yield* carry(
      helper,
      stage.target,
      base.map((y, i) => placeOn(stage, outs[i] ?? 0, i < 2 ? 0 : 0.7, y)),
      20,
    )
    const top = [HALF, 1.3, 1.3, 3 * HALF + 0.03]
    yield* carry(
      actor,
      stage.crate,
      top.map((y, i) => placeOn(stage, i < 2 ? 0 : 0.3, i < 2 ? 0 : 0.7, y)),
      20,
    )
  },
  essentials: ({ actor, helper }) => [...sent(actor, 'grab', 'drag'), ...sent(helper, 'grab', 'drag')],
}

const teleported: Kind = {
  ...KIND,
  name: 'an avatar teleported',
  askTicksMax: 0,
  *act({ stage, actor }) {
    yield* stop(actor)
    yield* say(0, { type: 'teleport', player: actor, position: placeOn(stage, -1, 0, 0), yaw: 0 })
    yield* wait(120)
  },
  elementOf: ({ actor }, realm) => realm.players.get(actor)?.id ?? 0,
  essentials: () => sent(0, 'teleport'),
}

const spawned: Kind = {
  ...KIND,
  name: 'spawned',
  *act(cast) {
    yield* enter(cast, cast.actor)
    yield* spawn(cast.actor, cast.prop, placeOn(cast.stage, 0, 0.9, 0.6))
    yield* wait(90)
  },
  elementOf: spawnedBy,
  essentials: ({ actor }) => sent(actor, 'spawn'),
}

const closed: Kind = {
  ...KIND,
  name: 'access changed',
  field: 'access',
  *act(cast) {
    yield* spawn(cast.actor, cast.prop, placeOn(cast.stage, 0, 0.9, 0.6))
    const realm = yield []
    yield* wait(700)
    yield* say(cast.actor, { type: 'access', element: spawnedBy(cast, realm), access: 42 })
    yield* wait(30)
  },
  elementOf: spawnedBy,
  essentials: ({ actor }) => sent(actor, 'access'),
}

const removed: Kind = {
  ...KIND,
  name: 'removed',
  *act({ stage, actor }) {
    yield* say(actor, { type: 'despawn', element: stage.crate })
    yield* wait(30)
  },
  essentials: ({ actor }) => sent(actor, 'despawn'),
}

const TIMES: readonly (readonly [Kind, number])[] = [
  [carried, 6],
  [dropped, 4],
  [thrown, 6],
  [pushed, 6],
  [knocked, 6],
  [swept, 4],
  [scaled, 3],
  [stacked, 4],
  [teleported, 3],
  [spawned, 3],
  [closed, 3],
  [removed, 2],
]

/** The kinds of the planted causes, in an order that mixes them. */
export function plannedKinds(): Kind[] {
  const left = TIMES.map(([kind, times]) => ({ kind, times }))
  const found: Kind[] = []
  while (left.some(({ times }) => times > 0)) for (const each of left) if (each.times-- > 0) found.push(each.kind)
  return found
}

/** A player who walks to the stage at the same time, carries the decoy a little, and walks away. */
export function* bystand({ stage }: Cast, player: PlayerId): Act {
  const decoyAlong = -1.3
  yield* say(player, { type: 'release', hand: Hand.right })
  yield* walkTo(player, placeOn(stage, -2, decoyAlong, 0), true)
  const places = [HALF, LIFT, LIFT, HALF].map((y, i) => placeOn(stage, i < 2 ? 0 : -0.4, decoyAlong, y))
  yield* carry(player, stage.decoy, places, 25)
  yield* walkTo(player, placeOn(stage, -6, decoyAlong, 0))
}

/** True if the element is where it was, or in neither state. */
export function isWhere(realm: Realm, element: ElementId, was: ReturnType<typeof placeOf>): boolean {
  const place = placeOf(realm, element)
  if (!place || !was) return place === was
  return Math.hypot(place.x - was.x, place.y - was.y, place.z - was.z) < 0.02
}
