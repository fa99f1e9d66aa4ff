/** Checks properties on random sessions: one call from a test. */
import { randomInt } from 'node:crypto'
import { loadLab, type Lab } from '../physics/copies.ts'
import type { SessionOptions } from '../sessions/arbitrary-session.ts'
import { sessionFrames } from '../sessions/session.ts'
import { PROPERTIES } from './index.ts'
import type { PhysicsProperty, Violation } from './property.ts'
import { saveCase } from './saved-case.ts'
import { searchSeed, SEED_MAX, type FoundSession } from './search.ts'

export interface PhysicsCheckOptions {
  /** Number of sessions. Default 100. */
  readonly runs?: number
  /** Seed of the first session; the next has the next number. Default: a random one, or `OTHERWORLD_FUZZ_SEED`. */
  readonly seed?: number
  /** Which sessions are drawn. */
  readonly sessions?: SessionOptions
  /** Folder for the failing session as a recording. Default: it is not saved. */
  readonly saveTo?: string
  /** The simulations that are compared. Default: this one, and a copy of it in a hostile host. */
  readonly lab?: Lab
}

/** A property does not hold. `message` says in which session, and how to repeat it. */
export class PhysicsError extends Error {
  override readonly name = 'PhysicsError'
  readonly found: FoundSession

  constructor(found: FoundSession, message: string) {
    super(message)
    this.found = found
  }
}

/** The shrunk session in a few words: its size and its inputs. */
export function describeSession({ session }: FoundSession): string {
  const inputs = sessionFrames(session).flatMap((frame) =>
    frame.inputs.map(({ player, command }) => ({ tick: frame.tick, player, command })),
  )
  const shown = inputs.slice(0, INPUTS_SHOWN_MAX).map(({ tick, player, command }) => {
    const { type, ...numbers } = command
    const text = JSON.stringify(numbers, (_, value: unknown) => (value instanceof Uint8Array ? value.length : value))
    return `    tick ${tick}, ${player === 0 ? 'server' : `player ${player}`}: ${type} ${text.slice(0, INPUT_CHARACTERS_MAX)}`
  })
  if (inputs.length > shown.length) shown.push(`    … and ${inputs.length - shown.length} more inputs`)
  return [
    `  ${session.players} players, ${session.ticks} ticks, ${inputs.length} inputs, ${session.definition.props.length} props:`,
    ...shown,
  ].join('\n')
}

const INPUTS_SHOWN_MAX = 12
const INPUT_CHARACTERS_MAX = 140

export const violationText = ({ property, tick, message }: Violation): string => `${property}, tick ${tick}: ${message}`

const isReadyMade = (name: string): boolean => name === 'continues' || PROPERTIES.some((each) => each.name === name)

/** The command that repeats a session of the default sessions. */
export const repeatCommand = (seed: number, property: string): string =>
  `npx otherworld fuzz --seed ${seed} --runs 1${property === 'continues' ? '' : ` --property ${property}`}`

/** The seed to begin with, from the environment if it names one. */
function firstSeed(given: number | undefined): { readonly seed: number; readonly isRepeat: boolean } {
  const named = process.env['OTHERWORLD_FUZZ_SEED']
  if (named !== undefined) {
    const seed = Number(named)
    if (!/^\d+$/.test(named) || seed > SEED_MAX)
      throw new RangeError(`OTHERWORLD_FUZZ_SEED is "${named}"; it takes a whole number from 0 to ${SEED_MAX}`)
    return { seed, isRepeat: true }
  }
  return { seed: given ?? randomInt(SEED_MAX), isRepeat: false }
}

/**
 * Checks that properties hold in random sessions. Rejects with a PhysicsError otherwise: its message has the shrunk
 * session, a command that repeats it, and the path if it was saved.
 *
 * @example
 * ```ts
 * import { checkPhysics, determinism, energy } from 'otherworld/testing'
 *
 * await checkPhysics(determinism, { runs: 5 })
 * await checkPhysics([determinism, energy], { runs: 5, sessions: { players: 2, ticks: 60, activities: ['spawn', 'walk'] } })
 * ```
 */
export async function checkPhysics(
  property: PhysicsProperty | readonly PhysicsProperty[],
  { runs = 100, seed: given, sessions, saveTo, lab: ownLab }: PhysicsCheckOptions = {},
): Promise<void> {
  const properties = [property].flat()
  const lab = ownLab ?? (await loadLab())
  const { seed, isRepeat } = firstSeed(given)
  for (let run = 0; run < (isRepeat ? 1 : runs); run++) {
    const found = searchSeed((seed + run) % SEED_MAX, properties, lab, sessions)
    if (!found) continue
    const { violation } = found
    const isKnown = isReadyMade(violation.property)
    const repeat =
      isKnown && !sessions
        ? repeatCommand(found.seed, violation.property)
        : `OTHERWORLD_FUZZ_SEED=${found.seed} npx vitest run`
    const lines = [violationText(violation), describeSession(found), `  again: ${repeat}`]
    if (saveTo !== undefined) lines.push(`  saved: ${saveCase(saveTo, found, lab, isKnown).recording}`)
    throw new PhysicsError(found, lines.join('\n'))
  }
}
