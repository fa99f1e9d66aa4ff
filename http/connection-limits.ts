import { HttpError } from './http.ts'
import { bucketsByKey } from './rate-limit.ts'

/** Limits of a transport's connections. All are counts of connections. */
export interface ConnectionLimitOptions {
  /**
   * All together. A realm takes fewer (LINKS_MAX of server/limits.ts). The rest are connections that open or close, and
   * those that get a reason why the realm does not take them.
   */
  readonly connectionsMax: number
  /** Connections of one address, which may be a whole household, school or office. */
  readonly connectionsPerAddressMax: number
  /** Half-open connections, all together. Each costs memory before its peer has proved that it can be reached. */
  readonly halfOpenMax: number
  /** Half-open connections of one address. */
  readonly halfOpenPerAddressMax: number
  /**
   * Connection attempts of one address, at once and then each second. Closed connections count too, because each costs
   * a handshake.
   */
  readonly connectBurstMax: number
  readonly connectsPerSecondMax: number
  /** If true, this machine's own addresses are limited too. Its tools, and a proxy on it, connect by the hundred. */
  readonly ownMachineLimited: boolean
}

/**
 * Addresses whose attempts are counted; the least recently used one is forgotten first. 10,000 entries are about 2 MB.
 */
const CONNECT_ADDRESSES_MAX = 10_000

export const CONNECTION_LIMITS: ConnectionLimitOptions = {
  connectionsMax: 1_000,
  connectionsPerAddressMax: 256,
  halfOpenMax: 256,
  halfOpenPerAddressMax: 64,
  connectBurstMax: 256,
  connectsPerSecondMax: 8,
  ownMachineLimited: false,
}

/** One reserved place. Call `free` to return it; more calls do nothing. */
export interface ConnectionSlot {
  /** The peer is connected: the place no longer counts as half-open. */
  opened(): void
  free(): void
}

interface AddressCount {
  connections: number
  halfOpen: number
}

/** Counts connections by address and in total. Each reserved place must be returned with `free`. */
export class ConnectionLimits {
  readonly #options: ConnectionLimitOptions
  readonly #addresses = new Map<string, AddressCount>()
  readonly #connects: { take(key: string, nowMs: number): boolean }
  #connections = 0
  #halfOpen = 0
  readonly #refused: Record<string, number> = {}

  constructor(options: ConnectionLimitOptions) {
    this.#options = options
    this.#connects = bucketsByKey(options.connectBurstMax, options.connectsPerSecondMax, CONNECT_ADDRESSES_MAX)
  }

  /** Connections that hold a place, including half-open ones. */
  get connections(): number {
    return this.#connections
  }
  get halfOpen(): number {
    return this.#halfOpen
  }
  /** Addresses that hold a place. */
  get addresses(): number {
    return this.#addresses.size
  }

  /** Refusals since the start, by reason. */
  get refused(): Readonly<Record<string, number>> {
    return this.#refused
  }

  reserve(address: string, nowMs: number): ConnectionSlot | HttpError {
    const key = limitKey(address)
    const count = this.#addresses.get(key) ?? { connections: 0, halfOpen: 0 }
    const isExempt = !this.#options.ownMachineLimited && isLoopback(address)
    const refusal = this.#fullness() ?? (isExempt ? null : this.#refusal(key, count, nowMs))
    if (refusal) {
      this.#refused[refusal.reason] = (this.#refused[refusal.reason] ?? 0) + 1
      return refusal
    }
    this.#addresses.set(key, count)
    this.#add(key, count, 1, 1)
    return this.#place(key, count)
  }

  #place(key: string, count: AddressCount): ConnectionSlot {
    let state: 'half-open' | 'open' | 'free' = 'half-open'
    return {
      opened: () => {
        if (state !== 'half-open') return
        state = 'open'
        this.#add(key, count, 0, -1)
      },
      free: () => {
        if (state === 'free') return
        const halfOpen = state === 'half-open' ? -1 : 0
        state = 'free'
        this.#add(key, count, -1, halfOpen)
      },
    }
  }

  #add(key: string, count: AddressCount, connections: number, halfOpen: number): void {
    count.connections += connections
    count.halfOpen += halfOpen
    this.#connections += connections
    this.#halfOpen += halfOpen
    if (count.connections === 0) this.#addresses.delete(key)
  }

  #fullness(): HttpError | null {
    const limits = this.#options
    if (this.#connections >= limits.connectionsMax) {
      return new HttpError(
        503,
        'full',
        `the server is full: ${limits.connectionsMax} connections`,
        'the server',
        'try again later',
      )
    }
    if (this.#halfOpen >= limits.halfOpenMax) {
      return new HttpError(
        503,
        'busy',
        'too many people are connecting at this moment',
        'the server',
        'try again in a few seconds',
      )
    }
    return null
  }

  #refusal(key: string, count: AddressCount, nowMs: number): HttpError | null {
    const limits = this.#options
    if (count.connections >= limits.connectionsPerAddressMax) {
      return ofAddress(
        'address-full',
        `your network address already has ${limits.connectionsPerAddressMax} connections, which is the limit`,
        "close some first; the server's operator can raise --connections-per-address",
      )
    }
    if (count.halfOpen >= limits.halfOpenPerAddressMax) {
      return ofAddress(
        'address-busy',
        'too many connections are being made from your network address at this moment',
        'try again in a few seconds',
      )
    }
    if (!this.#connects.take(key, nowMs)) {
      return ofAddress(
        'address-rate',
        `your network address connects too often: more than ${Math.round(limits.connectsPerSecondMax)} times a second`,
        'try again in a few seconds',
      )
    }
    return null
  }
}

const ofAddress = (reason: string, message: string, fix: string): HttpError =>
  new HttpError(429, reason, message, 'your network address', fix)

/** True if `reserve` refused. */
export function isRefusal(answer: ConnectionSlot | HttpError): answer is HttpError {
  return answer instanceof HttpError
}

/**
 * What counts as one address: an IPv4 address, also if it is mapped into IPv6; the first 64 bits of an IPv6 address,
 * because one subscriber usually has all addresses below them (RFC 6177).
 */
export function limitKey(address: string): string {
  const plain = plainAddress(address)
  if (!plain.includes(':')) return plain
  const [head = '', tail] = plain.split('%', 1)[0]?.split('::') ?? []
  const before = head === '' ? [] : head.split(':')
  const after = tail === undefined || tail === '' ? [] : tail.split(':')
  const zeros = Array.from({ length: Math.max(0, 8 - before.length - after.length) }, () => '0')
  const groups = tail === undefined ? before : [...before, ...zeros, ...after]
  return (
    groups
      .slice(0, 4)
      .map((group) => group.replace(/^0+(?=.)/, '').toLowerCase())
      .join(':') + '::/64'
  )
}

/** The address without the IPv6 form that a dual-stack socket gives IPv4 peers. */
export function plainAddress(address: string): string {
  return /^::ffff:\d+\.\d+\.\d+\.\d+$/i.test(address) ? address.slice(7) : address
}

/** True for an address of this machine itself. */
export function isLoopback(address: string): boolean {
  const plain = plainAddress(address)
  return plain === '::1' || /^127\.\d+\.\d+\.\d+$/.test(plain)
}
