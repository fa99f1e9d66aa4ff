/**
 * Messages between the main thread and a realm's worker thread. The packets of all links travel in one array of bytes,
 * which is transferred and not copied. The events give the packets' lengths, in the same order.
 */
import type { Peer } from '../../netcode/transport.ts'
import { assert, defined } from '../../sim/assert.ts'
import type { PackagePhysics, PlayerId, RealmDefinition } from '../../sim/index.ts'
import type { LockMark } from '../../storage/lock-mark.ts'
import type { ElementChanges, LogEvent, SavedStart } from './archive-messages.ts'
import type { MeterBuffers } from '../metrics/realm-meters.ts'
import type { RecoveryPlan } from '../../storage/recordings/index.ts'
import type { ServerErrorReason } from '../error.ts'
import type { RealmStatus } from '../http/status.ts'
import type { Claims } from '../accounts/tokens.ts'

/** Number of one connection of one client, over any transport. It is not used again while the server runs. */
export type LinkId = number

/** `granted`: permission bits that the user's role adds to those that everyone has. */
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
  /** The user's role has changed. The new bits apply to all of the user's players and open links. */
  | { readonly type: 'grant'; readonly uid: string; readonly granted: number }

/**
 * `not-permitted`: the package belongs to another user and is not shared. `archive-away`: the archive does not answer
 * at present.
 */
export type PackageAccessAnswer =
  | { readonly ok: true; readonly physics: PackagePhysics }
  | { readonly ok: false; readonly reason: 'unknown-package' | 'not-permitted' | 'archive-away' }

/** Start parameters of a worker. */
export interface RealmStart {
  readonly definition: RealmDefinition
  /** Directory of the recordings. */
  readonly recordings: string
  /** Lock of the data directory, absent if nobody else can use it. */
  readonly lock?: LockMark
  /** Largest size of all recordings of the realm, bytes. Beyond it the oldest are removed. */
  readonly keepBytes: number
  /** Program and version, for the recording's header. */
  readonly recordedBy: string
  /** State from the archive, if the realm has no recording and the archive has one. */
  readonly saved?: SavedStart
  /** The recovery plan that a search found after a fault. */
  readonly plan?: RecoveryPlan
  /** Buffer in which the thread marks its progress for the watchdog (server/both-threads/pulse.ts). */
  readonly pulse?: SharedArrayBuffer
  /** True if the thread runs attempts of a search (storage/recordings/fault-recovery/plan-search.ts) and no realm. */
  readonly runsAttempts?: boolean
  /** Ticks of a scratch realm before this one begins; absent: none. */
  readonly warmUpTicks?: number
  /** Shared memory for the worker's metrics, which the main thread reads. */
  readonly meters?: MeterBuffers
}

export type ToRealm =
  | { readonly type: 'batch'; readonly events: readonly LinkEvent[]; readonly bytes: Uint8Array }
  /** The answer to `package-request`. */
  | ({ readonly type: 'package-answer'; readonly hash: string; readonly player: PlayerId } & PackageAccessAnswer)
  /** Send all elements again: the archive has nothing to build on. */
  | { readonly type: 'resend-elements' }
  /** Send every client a goodbye with this reason, close the recording, end. */
  | { readonly type: 'stop'; readonly reason: string }

/**
 * The output of one tick: packet i goes to `links[i]` and has `lengths[i]` bytes. Then the links of `closes` are
 * closed.
 */
export interface OutboundPackets {
  readonly links: readonly LinkId[]
  readonly lengths: readonly number[]
  readonly bytes: Uint8Array
  readonly closes: readonly { readonly link: LinkId; readonly reason: string }[]
}

/** Reports something to the operator's log. `warning`: the operator should know, or something was lost. */
export type ReportNote = (text: string, level?: 'warning') => void

export type FromRealm =
  | {
      readonly type: 'ready'
      readonly tick: number
      readonly stateHash: string
      readonly players: number
      readonly elements: number
      /** The definition that the recording has. */
      readonly definition: RealmDefinition
      readonly epoch: number
    }
  /** For the archive: changed elements, and events of the recording. */
  | { readonly type: 'elements'; readonly changes: ElementChanges }
  | { readonly type: 'log'; readonly event: LogEvent }
  /** The outcome of one tick. */
  | ({
      readonly type: 'tick'
      readonly tick: number
      readonly stateHash: string
      /** False if no tick ran because the recording cannot be written. */
      readonly advanced: boolean
      readonly players: number
      readonly elements: number
    } & OutboundPackets)
  /** Once a second. */
  | { readonly type: 'status'; readonly status: WorkerStatus }
  /** A player uses a package that the realm does not know. `package-answer` must follow within PACKAGE_WAIT_MS_MAX. */
  | { readonly type: 'package-request'; readonly hash: string; readonly player: PlayerId; readonly uid: string }
  /** A message for the operator's log. */
  | { readonly type: 'note'; readonly text: string; readonly isWarning?: true }
  /** The realm cannot start or continue. The worker ends after it. */
  | {
      readonly type: 'failed'
      readonly reason: ServerErrorReason
      readonly what: string
      readonly where: string
      readonly fix: string
      /**
       * `never`: only the operator can help. `again`: start it again later. `search`: find what makes it fail and leave
       * that out.
       */
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
