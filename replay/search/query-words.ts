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

/** The number of single-character edits from one word to the other (Levenshtein, 1966). */
function edits(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 0; i < a.length; i++) {
    const next = [i + 1]
    for (let j = 0; j < b.length; j++)
      next.push(Math.min((next[j] ?? 0) + 1, (row[j + 1] ?? 0) + 1, (row[j] ?? 0) + (a[i] === b[j] ? 0 : 1)))
    row = next
  }
  return row[b.length] ?? 0
}

/** The word of a list that is at most two edits away; null if there is none. */
export function nearest(word: string, words: readonly string[]): string | null {
  const ranked = words
    .map((known) => ({ known, distance: edits(word, known) }))
    .toSorted((a, b) => a.distance - b.distance)
  return ranked[0] && ranked[0].distance <= 2 ? ranked[0].known : null
}
