/**
 * The page's connection to its server: logs in, keeps a render client, and resumes after a reload. When a session has
 * ended for good, it starts a new one automatically as soon as the server answers again.
 */
import {
  ConnectError,
  login,
  RenderClient,
  type ClientState,
  type Connect,
  type Login,
  type RenderClientOptions,
} from '../../netcode/index.ts'
import { fallbackMessage, connectErrorMessage, reconnectMessage, sentence, waitMessage } from '../ui/messages.ts'

/** Pauses before the page retries after a session ended, ms. The last one repeats. */
export const RETURN_MS: readonly number[] = [1_000, 2_000, 4_000, 8_000]
/** Silence of the server after which the page says so, ms: 20 snapshots are missing by then. */
const SILENCE_MS_SHOWN = 1_000
/** Gap between updates after which the page itself counts as stalled, so that the server's silence means nothing, ms. */
const STALLED_MS = 500
const TOKEN = 'otherworld.token'
const NAME = 'otherworld.name'
const IDENTITY = 'otherworld.identity'

export type LinkState =
  | { readonly type: 'lobby'; readonly problem: string | null }
  | { readonly type: 'joining' }
  /** `rejoined`: in a new session, because the previous one could not be resumed. */
  | { readonly type: 'joined'; readonly resumed: boolean; readonly rejoined: boolean; readonly fallback: string | null }
  /** `atMs`: time of the next attempt, by the clock of `update`; null while an attempt runs or the server starts. */
  | { readonly type: 'away'; readonly title: string; readonly text: string; readonly atMs: number | null }

/** Keeps values over a reload: sessionStorage, or a map if the browser forbids it. */
export interface Store {
  get(key: string): string | null
  set(key: string, value: string | null): void
}

export interface ConnectionOptions {
  /** http(s) URL of the server. */
  readonly url: string
  readonly connects: readonly Connect[]
  /** Values of this tab. */
  readonly store: Store
  /** Values of this browser: the guest's identity. */
  readonly keep: Store
  readonly clock: () => number
  changed(state: LinkState): void
  /** Called with a message from the server to the player. */
  notified(text: string): void
  /** See RenderClientOptions. */
  readonly collidersOf?: RenderClientOptions['collidersOf']
  /** Logs in; replaceable in tests. */
  readonly login?: typeof login
  /** Creates a client; a RenderClient by default. */
  readonly makeClient?: (options: RenderClientOptions) => RenderClient
}

export class Connection {
  readonly #options: ConnectionOptions
  #state: LinkState = { type: 'lobby', problem: null }
  #client: RenderClient | null = null
  /** The name that the player joined with. While it is set, the page reconnects automatically. */
  #name: string | null = null
  #everJoined = false
  #attempt = 0
  #fallback: ConnectError | null = null
  #errors: ConnectError[] = []
  #updatedMs = -Infinity
  #awakeMs = -Infinity

  constructor(options: ConnectionOptions) {
    this.#options = options
  }

  get state(): LinkState {
    return this.#state
  }

  /** Null until the player joins. */
  get client(): RenderClient | null {
    return this.#client
  }

  get rememberedName(): string {
    return this.#options.store.get(NAME) ?? ''
  }

  /** Resumes the session of this tab. Returns false if there is none. */
  resume(): boolean {
    const token = this.#options.store.get(TOKEN)
    const name = this.#options.store.get(NAME)
    if (token === null || name === null) return false
    this.#name = name
    this.#set({ type: 'joining' })
    this.#connect(token)
    return true
  }

  /** Joins under a name. */
  async join(name: string): Promise<void> {
    this.#name = name
    this.#everJoined = false
    this.#set({ type: 'joining' })
    await this.#login(name)
  }

  /** Call it in each frame, and a few times a second while no frames are drawn. */
  update(nowMs: number): void {
    if (nowMs - this.#updatedMs > STALLED_MS) this.#awakeMs = nowMs
    this.#updatedMs = nowMs
    this.#client?.update(nowMs)
    if (this.#state.type === 'away' && this.#state.atMs !== null && nowMs >= this.#state.atMs) this.retry()
  }

  /** True while the server is silent but the connection is not given up yet. */
  isWaiting(nowMs: number): boolean {
    if (this.#state.type !== 'joined' || this.#client === null) return false
    return Math.min(this.#client.stats(nowMs).silenceMs, nowMs - this.#awakeMs) >= SILENCE_MS_SHOWN
  }

  /** Retries at once. */
  retry(): void {
    if (this.#state.type !== 'away' || this.#state.atMs === null || this.#name === null) return
    this.#set({ ...this.#state, atMs: null })
    const token = this.#options.store.get(TOKEN)
    if (token === null) void this.#login(this.#name)
    else this.#connect(token)
  }

  async #login(name: string): Promise<void> {
    try {
      this.#connect(await this.#tokenFor(name))
    } catch (error) {
      const known =
        error instanceof ConnectError
          ? error
          : new ConnectError('unreachable', `The login failed: ${String(error)}`, { cause: error })
      this.#ended(connectErrorMessage(known), known.reason === 'refused' && !this.#everJoined)
    }
  }

  /** Logs in and keeps token and identity. */
  async #tokenFor(name: string): Promise<string> {
    const { token, identity } = await this.#logInAs(name)
    this.#options.store.set(TOKEN, token)
    this.#options.keep.set(IDENTITY, identity)
    this.#options.store.set(NAME, name)
    return token
  }

  /** Logs in as the same user as before, or as a new guest if the server does not know that user. */
  async #logInAs(name: string): Promise<Login> {
    const { url, keep } = this.#options
    const logIn = this.#options.login ?? login
    const identity = keep.get(IDENTITY)
    const waiting = (reason: string): void => this.#waits(reason)
    if (identity === null) return logIn(url, name, { waiting })
    return logIn(url, name, { identity, waiting }).catch((error: unknown) => {
      if (!(error instanceof ConnectError) || error.reason !== 'bad-identity') throw error
      keep.set(IDENTITY, null)
      return logIn(url, name, { waiting })
    })
  }

  #connect(token: string): void {
    this.#fallback = null
    this.#errors = []
    const { url, connects, clock, collidersOf } = this.#options
    const make = this.#options.makeClient ?? ((options: RenderClientOptions) => new RenderClient(options))
    const client = make({
      url,
      token,
      connects,
      clock,
      ...(collidersOf === undefined ? {} : { collidersOf }),
      renew: () => this.#tokenFor(this.#name ?? this.rememberedName),
      events: {
        state: (state) => {
          if (this.#client === client) this.#follow(state)
        },
        message: (message) => {
          if (message.type === 'notice' && this.#client === client) this.#options.notified(message.text)
        },
        fellBack: (error) => {
          this.#errors.push(error)
          this.#fallback ??= error
        },
      },
    })
    this.#client = client
    client.start()
  }

  #follow(state: ClientState): void {
    if (state.type === 'joined') {
      const rejoined = this.#everJoined && !state.resumed
      this.#everJoined = true
      this.#attempt = 0
      const fellBack = state.transport === 'websocket' ? this.#fallback : null
      this.#set({ type: 'joined', resumed: state.resumed, rejoined, fallback: fellBack && fallbackMessage(fellBack) })
    } else if (state.type === 'connecting' && state.waiting !== undefined) this.#waits(state.waiting)
    else if (state.type === 'reconnecting') {
      this.#fallback = null
      this.#set({
        type: 'away',
        title: 'Connection lost',
        text: reconnectMessage(state.reason, state.attempt, this.#options.clock() < state.giveUpAtMs),
        atMs: null,
      })
    } else if (state.type === 'closed') this.#closed(state.reason)
  }

  /** Shows that the server asks to wait, for example while a realm starts. Ignored after the player has left. */
  #waits(reason: string): void {
    if (this.#name !== null) this.#set({ type: 'away', title: 'Please wait', text: waitMessage(reason), atMs: null })
  }

  #closed(reason: string): void {
    // The server no longer accepts the token: the next attempt logs in again.
    if (this.#errors.some((error) => error.reason === 'refused')) this.#options.store.set(TOKEN, null)
    this.#ended(sentence(reason), false)
  }

  /** The session is over. A player who had joined reconnects automatically; otherwise the page asks for a name again. */
  #ended(text: string, askAgain: boolean): void {
    if (askAgain || this.#name === null) {
      this.#set({ type: 'lobby', problem: text })
      return
    }
    const waitMs = RETURN_MS[Math.min(this.#attempt, RETURN_MS.length - 1)] ?? 1_000
    this.#attempt += 1
    const title = this.#everJoined ? 'The session has ended' : 'Not connected'
    this.#set({
      type: 'away',
      title,
      text: `${text} The page reconnects automatically as soon as the server answers.`,
      atMs: this.#options.clock() + waitMs,
    })
  }

  /** Leaves the realm and asks for a name again. */
  async leave(): Promise<void> {
    this.#options.store.set(TOKEN, null)
    this.#name = null
    const client = this.#client
    this.#client = null
    this.#set({ type: 'lobby', problem: null })
    await client?.close('left')
  }

  #set(state: LinkState): void {
    this.#state = state
    this.#options.changed(state)
  }
}

/** Token of the last login; null if there is none. */
export const tokenIn = (store: Store): string | null => store.get(TOKEN)

/** Storage of this tab or browser for one server (several may share an origin); a map if the browser forbids storage. */
export function storeOf(kind: 'sessionStorage' | 'localStorage', server: string): Store {
  const { pathname } = new URL(server)
  const named = (key: string): string => (pathname === '/' ? key : `${key} ${pathname}`)
  const values = new Map<string, string>()
  try {
    const storage = window[kind]
    return {
      get: (key) => storage.getItem(named(key)),
      set: (key, value) => (value === null ? storage.removeItem(named(key)) : storage.setItem(named(key), value)),
    }
  } catch {
    return {
      get: (key) => values.get(key) ?? null,
      set: (key, value) => void (value === null ? values.delete(key) : values.set(key, value)),
    }
  }
}
