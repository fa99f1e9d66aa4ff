/** Lockstep observers of a realm. Each gets a checkpoint, then every frame with its hash. */
import { encodeLockstep, PROTOCOL_VERSION } from '../../../protocol/index.ts'
import { ServerSession } from '../../../netcode/session/index.ts'
import { ORDERED_MESSAGE_BYTES_MAX } from '../../../netcode/transport.ts'
import { checkpoint, SIM_VERSION, type Realm } from '../../../sim/index.ts'
import { HELLO_MS_MAX, OBSERVERS_MAX } from '../../limits.ts'
import type { SendBuffer } from './send-buffer.ts'
import type { TickOutcome } from '../realm-core.ts'
import type { LinkId } from '../../both-threads/realm-messages.ts'

interface Observer {
  /** Decodes and limits what the peer sends. The peer gets frames in return, not packets. */
  readonly session: ServerSession
  readonly ordered: boolean
  readonly openedAtMs: number
  /** `requested`: the checkpoint follows after the current tick. */
  state: 'silent' | 'requested' | 'started'
}

export interface ObserverOptions {
  readonly out: SendBuffer
  readonly realm: Realm
  readonly epoch: number
}

export class Observers {
  readonly #options: ObserverOptions
  readonly #observers = new Map<LinkId, Observer>()
  readonly #definition: string

  constructor(options: ObserverOptions) {
    this.#options = options
    this.#definition = JSON.stringify(options.realm.definition)
  }

  get count(): number {
    return this.#observers.size
  }

  opened(link: LinkId, ordered: boolean, nowMs: number): void {
    this.#observers.set(link, { session: new ServerSession(nowMs), ordered, openedAtMs: nowMs, state: 'silent' })
    if (this.#observers.size > OBSERVERS_MAX)
      this.#refuse(link, `This realm has ${OBSERVERS_MAX} observers already, which is the most. Try again later.`)
  }

  has(link: LinkId): boolean {
    return this.#observers.has(link)
  }

  closed(link: LinkId): void {
    this.#observers.delete(link)
  }

  received(link: LinkId, bytes: Uint8Array, nowMs: number): void {
    const observer = this.#observers.get(link)
    if (!observer) return
    const received = observer.session.receive(bytes, nowMs)
    if (!received.ok) return this.#refuse(link, received.error.message)
    const { hello, goodbye } = received.value
    if (goodbye !== null) return this.#end(link, goodbye)
    if (!hello || observer.state !== 'silent') return
    if (hello.protocol !== PROTOCOL_VERSION) return this.#refuse(link, versionMismatchText(hello.protocol))
    if (hello.mode !== 'lockstep')
      return this.#refuse(
        link,
        "This token is an observer's: it sees the frames, but has no avatar. Log in as a player to walk about.",
      )
    if (!observer.ordered)
      return this.#refuse(link, 'Lockstep peers need every frame in order: connect by WebSocket instead of WebRTC.')
    observer.state = 'requested'
  }

  /**
   * Call after each tick. Sends its frame to observers that have the state before it, and the state to those that
   * requested it.
   */
  ticked({ frame, hash }: TickOutcome, nowMs: number): void {
    let frameBytes: Uint8Array | null = null
    let startBytes: Uint8Array | null = null
    for (const [link, observer] of this.#observers) {
      if (
        observer.session.isSilent(nowMs) ||
        (observer.state === 'silent' && nowMs - observer.openedAtMs > HELLO_MS_MAX)
      )
        this.#end(link, 'no packet came for too long')
      else if (observer.state === 'started')
        this.#options.out.send(link, (frameBytes ??= encodeLockstep({ type: 'frame', frame, hash })))
      else if (observer.state === 'requested') this.#start(link, observer, (startBytes ??= this.#startMessage()))
    }
  }

  goodbye(reason: string): void {
    for (const link of this.#observers.keys()) this.#refuse(link, reason, true)
  }

  #startMessage(): Uint8Array {
    const { realm, epoch } = this.#options
    return encodeLockstep({
      type: 'start',
      protocol: PROTOCOL_VERSION,
      engine: realm.engine.sha256,
      simVersion: SIM_VERSION,
      definition: this.#definition,
      tick: realm.tick,
      checkpoint: checkpoint(realm),
      epoch,
    })
  }

  #start(link: LinkId, observer: Observer, bytes: Uint8Array): void {
    if (bytes.length > ORDERED_MESSAGE_BYTES_MAX)
      return this.#refuse(link, `The realm's state has ${bytes.length} bytes, more than can be sent at once.`)
    observer.state = 'started'
    return this.#options.out.send(link, bytes)
  }

  #refuse(link: LinkId, reason: string, again = false): void {
    this.#options.out.send(link, encodeLockstep({ type: 'goodbye', reason, ...(again ? { again } : {}) }))
    this.#end(link, reason)
  }

  #end(link: LinkId, reason: string): void {
    this.#observers.delete(link)
    this.#options.out.close(link, reason)
  }
}

/** Message for a client of another protocol version: it says which side to update. */
export function versionMismatchText(theirs: number): string {
  const older =
    theirs < PROTOCOL_VERSION
      ? 'the client is too old: reload the page or install the newer client'
      : 'the client is newer than this server: update the server'
  return `The client speaks version ${theirs} of the protocol and the server version ${PROTOCOL_VERSION}; ${older}.`
}
