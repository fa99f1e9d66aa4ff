/** Checks properties on one session: runs the world under test once, and as many others as the properties need. */
import { faultText } from '../../replay/index.ts'
import type { InputFrame, Realm } from '../../sim/index.ts'
import type { Lab } from '../physics/copies.ts'
import type { Physics } from '../physics/physics.ts'
import { sessionFrames, type Session } from '../sessions/session.ts'
import type { PhysicsCase, PhysicsProperty, StoredState, Trace, Violation, WatchedTick, Watcher } from './property.ts'

/** Ticks after a session in which nothing is put in and the world comes to rest: 4 s at 60 ticks a second. */
const REST_TICKS = 240

/** A fault of the simulation itself, at the tick that it did not finish. */
const ended = (tick: number, error: unknown): Violation => ({
  property: 'continues',
  tick,
  message: `the simulation ended: ${faultText(error, tick)}`,
})

/** The session as the simulation gets it. */
export function caseOf(session: Session, { compareInputs: compare }: Pick<Physics, 'compareInputs'>): PhysicsCase {
  return {
    definition: session.definition,
    frames: sessionFrames(session, { compare }),
    otherArrival: sessionFrames(session, { compare, arrival: 'reversed' }),
    checkpointTicks: [session.checkpointTick, session.ticks],
  }
}

interface Watching {
  readonly property: PhysicsProperty
  readonly watcher: Watcher
}

/** The run under test, with what watches it. */
class WatchedRun {
  readonly #physics: Physics
  readonly #sample: PhysicsCase
  readonly #watching: readonly Watching[]
  readonly #hashes: string[] = []
  readonly #events: string[] = []
  readonly #checkpoints = new Map<number, StoredState>()
  readonly #keepsTrace: boolean
  readonly realm: Realm

  constructor(physics: Physics, sample: PhysicsCase, properties: readonly PhysicsProperty[]) {
    this.#physics = physics
    this.#sample = sample
    this.realm = physics.genesis(sample.definition)
    this.#keepsTrace = properties.some(({ compare }) => compare)
    const props = physics.props(this.realm)
    this.#watching = properties.flatMap((property) => {
      const watcher = property.watch?.(sample.definition, props)
      return watcher ? [{ property, watcher }] : []
    })
  }

  get trace(): Trace {
    return { hashes: this.#hashes, events: this.#events, checkpoints: this.#checkpoints }
  }

  /** Runs the session. */
  session(): Violation | null {
    this.#takeCheckpoint(0)
    for (const frame of this.#sample.frames) {
      const violation = this.#step(frame, false)
      if (violation) return violation
      this.#takeCheckpoint(frame.tick)
    }
    return null
  }

  /** Everybody leaves, and the world comes to rest. */
  rest(): Violation | null {
    const players = this.#physics.avatars(this.realm).map(({ player }) => player)
    let inputs: InputFrame['inputs'] = players.map((player, i) => ({
      player: 0,
      sequence: 0xffff_0000 + i,
      command: { type: 'leave', player },
    }))
    for (let i = 0; i < REST_TICKS; i++) {
      const violation = this.#step({ tick: this.realm.tick + 1, inputs }, true)
      if (violation) return violation
      inputs = []
    }
    return null
  }

  #takeCheckpoint(tick: number): void {
    if (this.#keepsTrace && this.#sample.checkpointTicks.includes(tick))
      this.#checkpoints.set(tick, {
        bytes: this.#physics.checkpoint(this.realm),
        fields: [...this.#physics.fields(this.realm)],
      })
  }

  #step(frame: InputFrame, isRest: boolean): Violation | null {
    const { realm } = this
    let events: WatchedTick['events']
    try {
      events = this.#physics.step(realm, frame)
      if (this.#keepsTrace && !isRest) {
        this.#hashes.push(this.#physics.hash(realm))
        this.#events.push(JSON.stringify(events))
      }
    } catch (error) {
      return ended(frame.tick, error)
    }
    const views = this.#views()
    for (const { property, watcher } of this.#watching) {
      if (isRest && !property.needsRest) continue
      const message = watcher({ realm, frame, events, isRest, ...views })
      if (message !== null) return { property: property.name, tick: frame.tick, message }
    }
    return null
  }

  /** The views of the current tick, made when they are first needed. */
  #views(): Pick<WatchedTick, 'avatars' | 'props'> {
    let avatars: ReturnType<WatchedTick['avatars']> | undefined
    let props: ReturnType<WatchedTick['props']> | undefined
    return {
      avatars: () => (avatars ??= this.#physics.avatars(this.realm)),
      props: () => (props ??= this.#physics.props(this.realm)),
    }
  }
}

/** Returns what is wrong in a session first, or null. Frees every world that it made. */
export function checkCase(sample: PhysicsCase, properties: readonly PhysicsProperty[], lab: Lab): Violation | null {
  let run: WatchedRun
  try {
    run = new WatchedRun(lab.plain, sample, properties)
  } catch (error) {
    return ended(0, error)
  }
  try {
    const violation = run.session()
    if (violation) return violation
    for (const property of properties) {
      const found = compared(property, sample, run.trace, lab)
      if (found) return found
    }
    return properties.some(({ needsRest }) => needsRest) ? run.rest() : null
  } finally {
    lab.plain.free(run.realm)
  }
}

function compared(property: PhysicsProperty, sample: PhysicsCase, trace: Trace, lab: Lab): Violation | null {
  try {
    const found = property.compare?.(sample, trace, lab)
    return found ? { property: property.name, ...found } : null
  } catch (error) {
    return { property: property.name, tick: sample.frames.length, message: `another world ended: ${String(error)}` }
  }
}

/** Returns what is wrong in a session first, or null. */
export const checkSession = (session: Session, properties: readonly PhysicsProperty[], lab: Lab): Violation | null =>
  checkCase(caseOf(session, lab.plain), properties, lab)
