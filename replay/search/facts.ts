/** Facts about a recording: what happened, when, by whom and to what. Search and `info` read them instead of replaying. */
import type { ElementId, HandId, PackageHash, PlayerId, UserNumber } from '../../sim/index.ts'

/**
 * What a fact reports. Index files contain the position in this list, so raise INDEX_VERSION if you change the order.
 * `dropped` and `reconnected` are about a player's connection. `fault`: the replay traps or differs there.
 */
export const FACT_KINDS = [
  'joined',
  'left',
  'dropped',
  'reconnected',
  'teleported',
  'permitted',
  'body-changed',
  'packaged',
  'spawned',
  'despawned',
  'expired',
  'grabbed',
  'released',
  'scaled',
  'access-changed',
  'returned',
  'frozen',
  'thawed',
  'rejected',
  'note',
  'quarantined',
  'fault',
] as const
export type FactKind = (typeof FACT_KINDS)[number]

/** Facts of these kinds are events of the simulation: only a replay gives them. */
export const REPLAYED_KINDS: ReadonlySet<FactKind> = new Set<FactKind>([
  'body-changed',
  'spawned',
  'despawned',
  'expired',
  'grabbed',
  'released',
  'scaled',
  'access-changed',
  'returned',
  'frozen',
  'thawed',
  'rejected',
  'fault',
])

export interface Fact {
  readonly tick: number
  readonly kind: FactKind
  /** 0: the server, or nobody. */
  readonly player: PlayerId
  /** 0: none. */
  readonly element: ElementId
  /** Reason of a rejection, a release, a freeze, a fault or a quarantine; text of a note; hash of a package. */
  readonly detail: string
  /** Type of the rejected command, or kind of the note. */
  readonly about: string
}

/** Why a hold ended: by its player, or with the hold's player or prop. `slipped`: the prop got out of reach. */
export type ReleaseCause = 'hand' | 'slipped' | 'left' | 'teleported' | 'returned' | 'despawned' | 'expired' | 'access'

export interface PlayerFacts {
  readonly player: PlayerId
  readonly user: UserNumber
  readonly name: string
  /** The avatar; 0 if only the input is known. */
  readonly element: ElementId
  /** Null: in the realm at the start. */
  readonly joined: number | null
  /** Null: in the realm at the end. */
  readonly left: number | null
  readonly inputs: number
  /** Inputs in each second of the recording, from second `from` on; second 0 begins after the start tick. */
  readonly seconds: { readonly from: number; readonly counts: Uint16Array }
}

export interface PropFacts {
  readonly element: ElementId
  readonly name: string
  readonly package: PackageHash | null
  /** 0: the realm. */
  readonly owner: UserNumber
  /** Null: in the realm at the start. */
  readonly spawned: number | null
  /** 0: the server. */
  readonly by: PlayerId
  /** Null: alive at the end. */
  readonly ended: number | null
}

export interface HoldFacts {
  readonly element: ElementId
  readonly player: PlayerId
  readonly hand: HandId
  /** Tick of the grab; the start tick if it was held already (`held`). */
  readonly from: number
  readonly heldBefore: boolean
  /** Null: held at the end. */
  readonly to: number | null
}

/** Which recording the facts are about. */
export interface FactsOrigin {
  readonly realm: string
  readonly epoch: number
  readonly segment: number
  readonly startTick: number
  readonly lastTick: number
  readonly startHash: string
  readonly lastHash: string
  readonly tickRate: number
  /** RFC 3339 time of the start tick, as the recorder wrote it. */
  readonly createdAt: string
  readonly engine: string
  readonly simVersion: number
}

/** Facts in columns, by tick. */
export interface FactColumns {
  readonly count: number
  readonly ticks: Uint32Array
  /** Positions in FACT_KINDS. */
  readonly kinds: Uint8Array
  readonly players: Uint32Array
  readonly elements: Uint32Array
  /** Positions in `words`. */
  readonly details: Uint16Array
  readonly abouts: Uint16Array
  readonly words: readonly string[]
}

export interface RecordingFacts {
  readonly origin: FactsOrigin
  /** Events of the simulation are known up to this tick; the start tick if none is. */
  readonly eventsTo: number
  /** Why events after `eventsTo` are missing; null if all are known. */
  readonly missing: string | null
  /** The engine and the version of the simulation with which a replay was tried; null if none was. */
  readonly replayedBy: { readonly engine: string; readonly version: number } | null
  readonly players: readonly PlayerFacts[]
  readonly props: readonly PropFacts[]
  readonly holds: readonly HoldFacts[]
  readonly facts: FactColumns
}

const wordAt = ({ words }: FactColumns, index: number): string => words[index] ?? ''

/** Row `i` as an object. Throws RangeError outside the columns. */
export function factAt(facts: FactColumns, i: number): Fact {
  const kind = FACT_KINDS[facts.kinds[i] ?? FACT_KINDS.length]
  if (kind === undefined) throw new RangeError(`there is no fact ${i} of ${facts.count}`)
  return {
    tick: facts.ticks[i] ?? 0,
    kind,
    player: facts.players[i] ?? 0,
    element: facts.elements[i] ?? 0,
    detail: wordAt(facts, facts.details[i] ?? 0),
    about: wordAt(facts, facts.abouts[i] ?? 0),
  }
}

/** Longest text that a fact keeps, characters. */
const WORD_CHARACTERS_MAX = 300
/** Different texts of one recording. Further ones become "…". */
const WORDS_MAX = 60_000

/** Facts sorted by tick, in columns. */
export function columnsOf(unsorted: readonly Fact[]): FactColumns {
  const rows = unsorted.toSorted((a, b) => a.tick - b.tick)
  const words = ['', '…']
  const places = new Map([['', 0]])
  const place = (text: string): number => {
    const word = text.length > WORD_CHARACTERS_MAX ? `${text.slice(0, WORD_CHARACTERS_MAX)}…` : text
    const known = places.get(word) ?? (words.length >= WORDS_MAX ? 1 : undefined)
    if (known !== undefined) return known
    places.set(word, words.length)
    words.push(word)
    return words.length - 1
  }
  return {
    count: rows.length,
    ticks: Uint32Array.from(rows, ({ tick }) => tick),
    kinds: Uint8Array.from(rows, ({ kind }) => FACT_KINDS.indexOf(kind)),
    players: Uint32Array.from(rows, ({ player }) => player),
    elements: Uint32Array.from(rows, ({ element }) => element),
    details: Uint16Array.from(rows, ({ detail }) => place(detail)),
    abouts: Uint16Array.from(rows, ({ about }) => place(about)),
    words,
  }
}
