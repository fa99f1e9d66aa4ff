/** What the page knows of a realm before joining. */
export interface RealmPreview {
  readonly realm: string
  readonly people: number
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null

async function getJson(url: string): Promise<unknown> {
  const response = await fetch(url, { cache: 'no-store' })
  if (!response.ok) throw new Error(`${url} answered ${response.status}`)
  return response.json()
}

/** Fetches the first realm of the server at `url`; null if the server does not answer properly. */
export async function fetchRealmPreview(url: string): Promise<RealmPreview | null> {
  try {
    const status = await getJson(new URL('v1/status', url).href)
    const realms: unknown = isObject(status) ? status.realms : null
    const first: unknown = Array.isArray(realms) ? realms[0] : null
    if (!isObject(first) || typeof first.id !== 'string') return null
    return { realm: first.id, people: typeof first.players === 'number' ? first.players : 0 }
  } catch {
    // If the server is away, joining shows the error; the card works without a preview.
    return null
  }
}
