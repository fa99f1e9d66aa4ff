/** The fields of each event, and their values, for conditions that name them. */
import { DELIVERY } from '../../protocol/delivery.ts'
import { REJECT_REASONS, type SimEvent } from '../../sim/index.ts'

/** A list: the only values. */
type Values = 'number' | 'text' | readonly string[]

type EventOf<T, E = SimEvent> = E extends { readonly type: infer U } ? (T extends U ? E : never) : never

const ANSWER = { player: 'number', sequence: 'number' } as const
const ABOUT_PROP = { ...ANSWER, element: 'number' } as const

/** A field that is missing here is a compile error. */
const FIELDS: {
  readonly [T in SimEvent['type']]: Readonly<Record<Exclude<keyof EventOf<T>, 'type'>, Values>>
} = {
  joined: { ...ABOUT_PROP, joined: 'number' },
  left: { ...ABOUT_PROP, left: 'number' },
  teleported: { ...ANSWER, moved: 'number' },
  permitted: { ...ANSWER, changed: 'number' },
  packaged: { ...ANSWER, hash: 'text' },
  bodyChanged: { ...ABOUT_PROP, changed: 'number' },
  spawned: ABOUT_PROP,
  despawned: ABOUT_PROP,
  grabbed: ABOUT_PROP,
  released: ABOUT_PROP,
  scaled: ABOUT_PROP,
  accessChanged: ABOUT_PROP,
  rejected: { ...ANSWER, command: Object.keys(DELIVERY), reason: REJECT_REASONS },
  returned: { element: 'number' },
  frozen: { element: 'number', owner: 'number', cause: ['work', 'unstable'] },
  thawed: { element: 'number' },
  expired: { element: 'number', owner: 'number' },
}

/** The fields of an event's type, with their values. */
export const eventFields = (type: string): ReadonlyMap<string, Values> =>
  new Map(Object.entries<Values>(FIELDS[type as SimEvent['type']]))
