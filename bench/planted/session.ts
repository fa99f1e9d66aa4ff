/** Records a session of bots in which players cause fifty things that are known. */
import {
  compareInputs,
  free,
  genesis,
  PERMISSIONS_MAX,
  type ElementId,
  type Engine,
  type Input,
  type PlacedProp,
  type PlayerId,
  type PropSpec,
  type PropView,
  type Realm,
  type RealmDefinition,
  type Vec3,
} from '../../sim/index.ts'
import { Dice } from '../../bots/bot-behaviour.ts'
import type { FittedClips } from '../../bots/motion-clip-player.ts'
import { SimCrowd } from '../../bots/sim-crowd.ts'
import { RecordingWriter, simulationOf } from '../../replay/index.ts'
import { inputKey } from '../../replay/why/trace.ts'
import { headerOf, recordTick } from '../record-scene.ts'
import { sceneDefinition } from '../scene.ts'
import { placeOf } from '../../replay/why/fact.ts'
import { bystand, HALF, isWhere, plannedKinds, type Cast, type Essential, type Kind } from './causes.ts'
import { placeOn, type Act, type Stage } from './moves.ts'

export const PLAYERS = 20
export const TICKS = 36_000
const SEED = 23
/** Ticks after which the first act begins: the props of the crowd have fallen by then. */
const FIRST_TICK = 300
/** Ticks at the end without a new act. */
const LAST_TICKS = 1_800
/** Half the side of the square on whose edge the stages are, metres: outside of the crowd's 24 × 24 m. */
const EDGE_METRES = 26
/** Share of the edge that has stages: nobody passes one on the way to another. */
const EDGE_SHARE = 0.8

/** A question whose answer is known. */
export interface Planted {
  readonly kind: string
  readonly element: ElementId
  readonly field: string | null
  tick: number
  /** Keys of the inputs of the act. Others are no part of the cause. */
  readonly inputs: ReadonlySet<string>
  readonly essentials: readonly Essential[]
}

/** The crowd's own behaviours leave props alone that are as far from the middle, metres. */
const NOTICED_METRES = 18

const UPRIGHT = { x: 0, y: 0, z: 0, w: 1 }
const CRATE: PropSpec = {
  name: 'crate',
  motion: 'dynamic',
  colliders: [
    {
      shape: { type: 'box', halfExtents: { x: HALF, y: HALF, z: HALF } },
      position: { x: 0, y: 0, z: 0 },
      rotation: UPRIGHT,
    },
  ],
  density: 200,
  friction: 0.7,
  restitution: 0.1,
  color: 0xaa7744,
}

type Ground = Pick<Stage, 'at' | 'out' | 'along'>

/** Places in equal distances on the edge of the square. */
function groundsOf(count: number): Ground[] {
  return Array.from({ length: count }, (_, i) => {
    const way = ((i + 0.5) / count) * 4
    const side = Math.floor(way)
    const along = (way - side - 0.5) * 2 * EDGE_METRES * EDGE_SHARE
    const [c, s] = [[1, 0, -1, 0][side] ?? 0, [0, 1, 0, -1][side] ?? 0]
    const [out, edge] = [
      { x: c, y: 0, z: s },
      { x: -s, y: 0, z: c },
    ]
    const at = {
      x: Math.fround(out.x * EDGE_METRES + edge.x * along),
      y: 0,
      z: Math.fround(out.z * EDGE_METRES + edge.z * along),
    }
    return { at, out, along: edge }
  })
}

const NO_PROPS = { crate: 0, target: 0, decoy: 0 }

/** Crate, target and decoy of a stage. */
function propsOf(ground: Ground, { targetMetres }: Kind): PlacedProp[] {
  const stage = { ...ground, ...NO_PROPS }
  return [placeOn(stage, 0, 0, HALF), placeOn(stage, targetMetres, 0, HALF), placeOn(stage, 0, -1.3, HALF)].map(
    (position) => ({ prop: CRATE, position, rotation: UPRIGHT, scale: 1 }),
  )
}

interface Running {
  readonly kind: Kind
  readonly cast: Cast
  readonly bystander: PlayerId
  readonly act: Act
  readonly beside: Act | null
  readonly keys: Set<string>
  actEnded: boolean
  besideEnded: boolean
}

class Director {
  readonly planted: Planted[] = []
  readonly #crowd: SimCrowd
  readonly #dice = new Dice(SEED)
  readonly #stages: readonly Stage[]
  readonly #kinds: readonly Kind[]
  readonly #ticks: number
  #begun = 0
  #running: Running[] = []
  /** The places of the elements at the end of their acts, by question. */
  readonly #places = new Map<Planted, Vec3 | null>()

  constructor(crowd: SimCrowd, stages: readonly Stage[], kinds: readonly Kind[], ticks: number) {
    this.#crowd = crowd
    this.#stages = stages
    this.#kinds = kinds
    this.#ticks = ticks
  }

  get busy(): ReadonlySet<PlayerId> {
    return new Set(this.#running.flatMap(({ cast: { actor, helper }, bystander }) => [actor, helper, bystander]))
  }

  /** The inputs of the acts in the next tick. */
  inputs(realm: Realm): Input[] {
    const tick = realm.tick + 1
    const every = (this.#ticks - FIRST_TICK - LAST_TICKS) / this.#kinds.length
    const kind = this.#kinds[this.#begun]
    if (kind && tick >= FIRST_TICK + this.#begun * every) this.#begin(kind)
    return this.#running.flatMap((each) => [...this.#act(each, realm), ...this.#beside(each, realm)])
  }

  /** Counts the poses of players in an act among its inputs: their arms push, too. */
  notePoses(inputs: readonly Input[]): void {
    for (const { cast, keys, actEnded } of this.#running)
      for (const input of inputs)
        if (!actEnded && input.command.type === 'pose' && [cast.actor, cast.helper].includes(input.player))
          keys.add(inputKey(input))
  }

  /**
   * Ends acts. If something else moves the element of a question before its tick, the question is about the tick before.
   * Call it after the step.
   */
  settle(realm: Realm): void {
    this.#note(realm)
    for (const [question, place] of this.#places)
      if (question.tick >= realm.tick && !isWhere(realm, question.element, place)) question.tick = realm.tick - 1
  }

  #note(realm: Realm): void {
    for (const each of this.#running.filter(({ actEnded }) => actEnded)) {
      if (this.planted.some(({ inputs }) => inputs === each.keys)) continue
      const element = each.kind.elementOf(each.cast, realm)
      const later = Math.floor(this.#dice.between(0, each.kind.askTicksMax + 1))
      const question: Planted = {
        kind: each.kind.name,
        element,
        field: each.kind.field,
        tick: Math.min(this.#ticks, realm.tick + later),
        inputs: each.keys,
        essentials: each.kind.essentials(each.cast),
      }
      this.planted.push(question)
      this.#places.set(question, placeOf(realm, element))
    }
    this.#running = this.#running.filter(({ actEnded, besideEnded }) => !actEnded || !besideEnded)
  }

  #begin(kind: Kind): void {
    const { busy } = this
    const idle = Array.from({ length: PLAYERS }, (_, i) => i + 1).filter((player) => !busy.has(player))
    const take = (): PlayerId => {
      const player = this.#dice.pick(idle) ?? 0
      idle.splice(idle.indexOf(player), 1)
      return player
    }
    const stage = this.#stages[this.#begun]
    if (idle.length < 3 || !stage) return
    const isOdd = this.#kinds.slice(0, this.#begun).filter((each) => each === kind).length % 2 === 1
    const actor = take()
    const cast = { stage, actor, helper: isOdd || kind.needsHelper ? take() : 0, prop: CRATE }
    const bystander = isOdd ? 0 : take()
    this.#running.push({
      kind,
      cast,
      bystander,
      act: kind.act(cast),
      beside: bystander ? bystand(cast, bystander) : null,
      keys: new Set(),
      actEnded: false,
      besideEnded: bystander === 0,
    })
    this.#begun++
  }

  #act(each: Running, realm: Realm): Input[] {
    if (each.actEnded) return []
    const { done, value } = each.act.next(realm)
    if (done) each.actEnded = true
    const inputs = (value ?? []).map(({ player, command }) => this.#crowd.input(player, command))
    for (const input of inputs) each.keys.add(inputKey(input))
    return inputs
  }

  #beside(each: Running, realm: Realm): Input[] {
    if (!each.beside || each.besideEnded) return []
    const { done, value } = each.beside.next(realm)
    if (done) each.besideEnded = true
    return (value ?? []).map(({ player, command }) => this.#crowd.input(player, command))
  }
}

function definitionOf(grounds: readonly Ground[], kinds: readonly Kind[]): RealmDefinition {
  const crowd = sceneDefinition(PLAYERS)
  const stages = grounds.flatMap((ground, i) => propsOf(ground, kinds[i] as Kind))
  return { ...crowd, permissions: PERMISSIONS_MAX, props: [...crowd.props, ...stages] }
}

/** The stages with the numbers of their props, which are the last of the definition. */
function stagesOf(realm: Realm, grounds: readonly Ground[]): Stage[] {
  const ids = [...realm.props.keys()].slice(-3 * grounds.length)
  return grounds.map((ground, i) => {
    const [crate = 0, target = 0, decoy = 0] = ids.slice(3 * i, 3 * i + 3)
    return { ...ground, crate, target, decoy }
  })
}

/** Records the session as a realm does. Returns the questions, in the order in which their acts ended. */
export async function recordPlanted(
  engine: Engine,
  clips: FittedClips,
  ticks: number,
  sink: (bytes: Uint8Array) => void,
): Promise<readonly Planted[]> {
  const kinds = plannedKinds().slice(0, Math.max(1, Math.round((50 * ticks) / TICKS)))
  const grounds = groundsOf(kinds.length)
  const definition = definitionOf(grounds, kinds)
  const simulation = simulationOf(engine)
  const realm = genesis(engine, definition)
  const notices = ({ position: { x, z } }: PropView): boolean => Math.max(Math.abs(x), Math.abs(z)) < NOTICED_METRES
  const crowd = new SimCrowd({ count: PLAYERS, behaviour: 'mocap', seed: SEED, clips, notices })
  const director = new Director(crowd, stagesOf(realm, grounds), kinds, ticks)
  const writer = new RecordingWriter(headerOf(engine, realm), sink)
  for (let tick = 1; tick <= ticks; tick++) {
    const { inputs: thoughts } = crowd.nextFrame(realm)
    const acts = director.inputs(realm)
    const { busy } = director
    const own = thoughts.filter(({ player, command }) => !busy.has(player) || command.type === 'pose')
    director.notePoses(own)
    const frame = { tick, inputs: [...own, ...acts].toSorted(compareInputs) }
    crowd.handleEvents(await recordTick(simulation, realm, writer, frame))
    director.settle(realm)
  }
  writer.seal()
  free(realm)
  return director.planted
}
