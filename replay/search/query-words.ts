/** The words of the query language. */
import type { FactKind } from './facts.ts'

/** What a phrase names: events of one kind, holds, or inputs. */
export type Topic = FactKind | 'held' | 'inputs'

/** Phrases for each topic; the first is the one that messages name. */
const PHRASES: Readonly<Record<Topic, readonly string[]>> = {
  joined: ['joined', 'join', 'joins'],
  left: ['left', 'leave', 'leaves'],
  dropped: ['dropped', 'drop', 'drops', 'disconnected', 'lost connection'],
  reconnected: ['reconnected', 'reconnect', 'came back'],
  teleported: ['teleported', 'teleport', 'teleports'],
  permitted: ['permitted', 'permissions changed'],
  'body-changed': ['body changed', 'body-changed', 'wore'],
  packaged: ['packaged', 'package', 'packages'],
  spawned: ['spawned', 'spawn', 'spawns'],
  despawned: ['despawned', 'despawn', 'despawns', 'removed'],
  expired: ['expired'],
  grabbed: ['grabbed', 'grab', 'grabs'],
  released: ['released', 'release', 'releases'],
  scaled: ['scaled', 'scale'],
  'access-changed': ['access changed', 'access-changed'],
  returned: ['returned', 'returned from outside the bounds', 'returned from outside'],
  frozen: ['frozen', 'froze'],
  thawed: ['thawed'],
  rejected: ['rejected', 'rejection', 'rejections', 'reject'],
  note: ['note', 'notes'],
  quarantined: ['quarantined', 'quarantine', 'quarantines'],
  fault: ['fault', 'faults', 'trap', 'traps'],
  held: ['held', 'holds'],
  inputs: ['inputs', 'input'],
}

/** Words of a phrase, longest phrase first, and its topic. */
export const TOPICS: readonly { readonly words: readonly string[]; readonly topic: Topic }[] = Object.entries(PHRASES)
  .flatMap(([topic, phrases]) => phrases.map((phrase) => ({ words: phrase.split(' '), topic: topic as Topic })))
  .toSorted((a, b) => b.words.length - a.words.length)

/** The words for all topics, for messages and help. */
export const TOPIC_NAMES: readonly string[] = Object.values(PHRASES).flatMap(([first]) => first ?? [])

/** Words with a meaning of their own: a name that is one of them needs quotes. */
export const RESERVED: ReadonlySet<string> = new Set([
  'by',
  'of',
  'or',
  'for',
  'per',
  'then',
  'before',
  'after',
  'within',
  'reason',
  'user',
])

/** Seconds of each unit of time; null: ticks. */
export const UNITS: Readonly<Record<string, number | null>> = {
  ms: 0.001,
  s: 1,
  sec: 1,
  second: 1,
  seconds: 1,
  min: 60,
  minute: 60,
  minutes: 60,
  h: 3600,
  hour: 3600,
  hours: 3600,
  tick: null,
  ticks: null,
}
