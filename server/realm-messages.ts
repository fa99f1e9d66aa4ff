/**
 * What the main thread and a realm's worker say to each other. Packets of all links travel in one array of bytes,
 * which changes hands without being copied; the events name their lengths in its order.
 */
import type { Peer } from '../netcode/transport.ts'
import { assert, defined } from '../sim/assert.ts'
import type { PackagePhysics, PlayerId, RealmDefinition } from '../sim/index.ts'
import type { LockMark } from '../storage/lock-mark.ts'
import type { LogEvent } from './host/element-write-behind.ts'
import type { ElementChanges } from './realm/element-change-tracker.ts'
import type { MeterBuffers } from './metrics/realm-meters.ts'
import type { Remedy } from '../storage/recordings/index.ts'
import type { ServerErrorReason } from './error.ts'
import type { SavedStart } from './recorder/archive-restore.ts'
import type { RealmStatus } from './http/status.ts'
import type { Claims } from './accounts/tokens.ts'

/** One link of one client, of whichever transport; never used again while the server runs. */
export type LinkId = number

/** `granted`: permission bits that the user's role in the realm adds to everyone's. */
export type LinkEvent =
  | {
      readonly type: 'opened'
      readonly link: LinkId
      readonly peer: Peer
      readonly claims: Claims
      readonly granted: number
    }
  | { readonly type: 'received'; readonly link: LinkId; readonly length: number }
  | { readonly type: 'closed'; readonly link: LinkId; readonly reason: string }
  /** The user's role has changed: these bits count from now on, for all of its players, and for links opened before. */
  | { readonly type: 'grant'; readonly uid: string; readonly granted: number }

/** `not-permitted`: the package is there, but another's and not shared. `archive-away`: it cannot be told now. */
export type PackageAnswer =
  | { readonly ok: true; readonly physics: PackagePhysics }
  | { readonly ok: false; readonly reason: 'unknown-package' | 'not-permitted' | 'archive-away' }

/** How a worker is started. */
export interface RealmStart {
  readonly definition: RealmDefinition
  /** Directory of the recordings. */
  readonly recordings: string
  /** The data directory's lock; none: nobody else can use it. */
  readonly lock?: LockMark
  /** Older recordings of the realm are removed where all together take more bytes. */
  readonly keepBytes: number
  /** Program and version, for the recording's header. */
  readonly recordedBy: string
  /** What the archive has of a realm that has no recording; none: it has one, or the archive has nothing. */
  readonly saved?: SavedStart
  /** What a search found to be left out after a fault; none: the realm goes on as it was. */
  readonly remedy?: Remedy
  /** Where the thread tells that it gets on (server/host/watchdog.ts). */
  readonly pulse?: SharedArrayBuffer
  /** The thread runs no realm, but tries of a search (storage/recordings/search.ts). */
  readonly isTrial?: boolean
  /** By default WARM_UP_TICKS. */
  readonly warmUpTicks?: number
  /** What the worker counts in, so that the main thread can read it; without it the worker counts for itself. */
  readonly meters?: MeterBuffers
}

export type ToRealm =
  | { readonly type: 'batch'; readonly events: readonly LinkEvent[]; readonly bytes: Uint8Array }
  /** The answer to `wanted`. */
  | ({ readonly type: 'package-answer'; readonly hash: string; readonly player: PlayerId } & PackageAnswer)
  /** Tell all elements again: the archive has none to build on. */
  | { readonly type: 'resend-elements' }
  /** Say goodbye to everyone with these words, seal the recording, end. */
  | { readonly type: 'stop'; readonly reason: string }

/** What one tick sends: packet i goes to `links[i]` and has `lengths[i]` bytes. Then the links of `closes` are closed. */
export interface OutboundPackets {
  readonly links: readonly LinkId[]
  readonly lengths: readonly number[]
  readonly bytes: Uint8Array
  readonly closes: readonly { readonly link: LinkId; readonly reason: string }[]
}

export type FromRealm =
  | {
      readonly type: 'ready'
      readonly tick: number
      readonly stateHash: string
      readonly players: number
      readonly elements: number
      /** As the recording has them. */
      readonly definition: RealmDefinition
      readonly epoch: number
    }
  /** For the archive: elements that have changed, and what happened to the log. */
  | { readonly type: 'elements'; readonly changes: ElementChanges }
  | { readonly type: 'log'; readonly event: LogEvent }
  /** The outcome of one tick. */
  | ({
      readonly type: 'tick'
      readonly tick: number
      readonly stateHash: string
      /** False where the realm stands still, because its log cannot be written. */
      readonly advanced: boolean
      readonly players: number
      readonly elements: number
    } & OutboundPackets)
  /** Once a second. */
  | { readonly type: 'status'; readonly status: WorkerStatus }
  /** The player wants to use a package that the realm does not know: it is answered by `package`; after PACKAGE_WAIT_MS_MAX the realm does not wait any more. */
  | { readonly type: 'package-request'; readonly hash: string; readonly player: PlayerId; readonly uid: string }
  /** For the operator's log. */
  | { readonly type: 'note'; readonly text: string }
  /** It cannot start or go on; the worker ends after it. */
  | {
      readonly type: 'failed'
      readonly reason: ServerErrorReason
      readonly what: string
      readonly where: string
      readonly fix: string
      /** `never`: only the operator can help. `again`: as it is, later. `search`: what makes it fail is to be found and left out. */
      readonly retry: 'never' | 'again' | 'search'
    }
  | { readonly type: 'stopped' }

export type WorkerStatus = Omit<RealmStatus, 'restarts' | 'quarantined'>

/** Collects packets and packs them into one array of bytes. `PacketReader` cuts it into packets again. */
export class PacketBatch {
  #packets: Uint8Array[] = []
  #total = 0

  add(bytes: Uint8Array): void {
    this.#packets.push(bytes)
    this.#total += bytes.length
  }

  /** Returns all packets in a new array, in the order of `add`, and empties the batch. */
  pack(): Uint8Array<ArrayBuffer> {
    const packed = new Uint8Array(this.#total)
    let offset = 0
    for (const packet of this.#packets) {
      packed.set(packet, offset)
      offset += packet.length
    }
    this.#packets = []
    this.#total = 0
    return packed
  }
}

/** Reads packets from bytes that `PacketBatch.pack` made. */
export class PacketReader {
  readonly #bytes: Uint8Array
  #offset = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  /** Returns the next packet, as a view into the batch. */
  next(length: number): Uint8Array {
    const start = this.#offset
    this.#offset += length
    assert(this.#offset <= this.#bytes.length, 'a batch holds as many bytes as its packets are long')
    return this.#bytes.subarray(start, this.#offset)
  }
}

/** Calls `receive` with each packet of a tick and its link. The packet is a view into the batch. */
export function unpackOutbound(
  { links, lengths, bytes }: Omit<OutboundPackets, 'closes'>,
  receive: (link: LinkId, packet: Uint8Array) => void,
): void {
  assert(links.length === lengths.length, 'each packet of a batch has a link and a length')
  const reader = new PacketReader(bytes)
  for (const [i, link] of links.entries()) receive(link, reader.next(defined(lengths[i], 'each packet has a length')))
}
