/** What the page knows of the realm before anybody joins: who is there, and how it looked at genesis. */
import type { RealmDefinition } from '../sim/types.ts'
import { parseDefinition } from '../sim/definition.ts'

export interface RealmVisit {
  readonly definition: RealmDefinition
  readonly people: number
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null

async function getJson(url: string): Promise<unknown> {
  const response = await fetch(url, { cache: 'no-store' })
  if (!response.ok) throw new Error(`${url} answered ${response.status}`)
  return response.json()
}

/** Asks the server at `url` for its first realm; null where it does not answer as one. */
export async function visitRealm(url: string): Promise<RealmVisit | null> {
  try {
    const status = await getJson(new URL('v1/status', url).href)
    const realms: unknown = isObject(status) ? status.realms : null
    const first: unknown = Array.isArray(realms) ? realms[0] : null
    if (!isObject(first) || typeof first.id !== 'string') return null
    const parsed = parseDefinition(await getJson(new URL(`v1/realms/${encodeURIComponent(first.id)}/definition`, url).href))
    return parsed.ok ? { definition: parsed.definition, people: typeof first.players === 'number' ? first.players : 0 } : null
  } catch {
    // A server that is away shows itself when somebody joins, in words; the picture behind the card can do without.
    return null
  }
}
