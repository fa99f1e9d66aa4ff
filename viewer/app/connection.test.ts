import { expect, test } from 'vitest'
import {
  ConnectError,
  type ClientState,
  type login,
  type RenderClient,
  type RenderClientOptions,
} from '../../netcode/index.ts'
import { Connection, RETURN_MS, type LinkState, type Store } from './connection.ts'

/** A connection with scripted clients and a manual clock. */
class Stage {
  readonly states: LinkState[] = []
  readonly notices: string[] = []
  readonly clients: { options: RenderClientOptions; tell(state: ClientState): void }[] = []
  readonly logins: string[] = []
  /** Identities sent with logins. */
  readonly identities: (string | undefined)[] = []
  readonly kept = new Map<string, string>()
  readonly values = new Map<string, string>()
  nowMs = 0
  receivedMs = 0
  loginFails: ConnectError | null = null
  readonly connection: Connection

  constructor() {
    const storeOf = (values: Map<string, string>): Store => ({
      get: (key) => values.get(key) ?? null,
      set: (key, value) => void (value === null ? values.delete(key) : values.set(key, value)),
    })
    const fakeLogin: typeof login = (_url, name, options) => {
      this.logins.push(name)
      this.identities.push(options?.identity)
      return this.loginFails
        ? Promise.reject(this.loginFails)
        : Promise.resolve({
            token: `token ${this.logins.length}`,
            session: 's',
            realm: 'yard',
            identity: `identity ${this.logins.length}`,
            user: { uid: 'u', number: 1 },
          })
    }
    const makeClient = (options: RenderClientOptions): RenderClient => {
      this.clients.push({ options, tell: (state) => options.events?.state?.(state) })
      const stats = (nowMs: number): { readonly silenceMs: number } => ({ silenceMs: nowMs - this.receivedMs })
      return {
        start: () => undefined,
        update: () => undefined,
        close: () => Promise.resolve(),
        stats,
      } as unknown as RenderClient
    }
    this.connection = new Connection({
      url: 'http://x/',
      connects: [],
      store: storeOf(this.values),
      keep: storeOf(this.kept),
      clock: () => this.nowMs,
      changed: (state) => void this.states.push(state),
      notified: (text) => void this.notices.push(text),
      login: fakeLogin,
      makeClient,
    })
  }

  get state(): LinkState {
    return this.connection.state
  }

  get client(): { options: RenderClientOptions; tell(state: ClientState): void } {
    return this.clients.at(-1) ?? expect.fail('no client was made')
  }

  pass(milliseconds: number): void {
    this.nowMs += milliseconds
    this.connection.update(this.nowMs)
  }
}

const joined: ClientState = { type: 'joined', transport: 'webrtc', player: 1, avatar: 2, resumed: false }
const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve))

async function inside(): Promise<Stage> {
  const stage = new Stage()
  await stage.connection.join('Mira')
  stage.client.tell(joined)
  return stage
}

test('joining logs in, and the tab keeps name and token', async () => {
  const stage = await inside()
  expect(stage.state).toEqual({ type: 'joined', resumed: false, rejoined: false, fallback: null })
  expect(stage.values.get('otherworld.token')).toBe('token 1')
  expect(stage.connection.rememberedName).toBe('Mira')
})

test('a message from the server is shown to the player', async () => {
  const stage = await inside()
  stage.client.options.events?.message?.({ type: 'notice', text: '2 props of yours stopped moving.' })
  expect(stage.notices).toEqual(['2 props of yours stopped moving.'])
})

test('a reload resumes with the same token and does not log in', () => {
  const stage = new Stage()
  expect(stage.connection.resume()).toBe(false)
  stage.values.set('otherworld.token', 'old').set('otherworld.name', 'Mira')
  expect(stage.connection.resume()).toBe(true)
  expect(stage.client.options.token).toBe('old')
  expect(stage.logins).toEqual([])
})

test('while the client reconnects, the page shows the reason and the attempt', async () => {
  const stage = await inside()
  stage.client.tell({
    type: 'reconnecting',
    reason: 'the server has not answered for 5 seconds',
    attempt: 2,
    giveUpAtMs: 30_000,
  })
  expect(stage.state).toMatchObject({ type: 'away', title: 'Connection lost', atMs: null })
  expect(stage.state.type === 'away' && stage.state.text).toBe(
    'The server has not answered for 5 seconds. Reconnecting, attempt 2. Your place is kept for 30 seconds.',
  )
})

test('when the place is no longer kept, the page says so and joins again', async () => {
  const stage = await inside()
  stage.nowMs = 31_000
  stage.client.tell({ type: 'reconnecting', reason: 'the server does not answer', attempt: 12, giveUpAtMs: 30_000 })
  expect(stage.state.type === 'away' && stage.state.text).toMatch(
    /attempt 12\. Your place is no longer kept\. You will join again/,
  )
  stage.client.tell(joined)
  expect(stage.state).toMatchObject({ type: 'joined', resumed: false, rejoined: true })
})

test('a client with a refused token gets a new one under the same name', async () => {
  const stage = await inside()
  expect(await stage.client.options.renew?.()).toBe('token 2')
  expect(stage.logins).toEqual(['Mira', 'Mira'])
  expect(stage.values.get('otherworld.token')).toBe('token 2')
})

test('the page waits for a realm that is starting, and says so', async () => {
  const stage = new Stage()
  await stage.connection.join('Mira')
  stage.client.tell({ type: 'connecting', waiting: 'The server asks to wait: The realm is starting' })
  expect(stage.state).toEqual({
    type: 'away',
    title: 'Please wait',
    text: 'The server asks to wait: The realm is starting. You will join as soon as it admits you.',
    atMs: null,
  })
  stage.client.tell(joined)
  expect(stage.state).toMatchObject({ type: 'joined', rejoined: false })
})

test('a silent server is reported after a second, but not if the page itself was stalled', async () => {
  const stage = await inside()
  const waits = (milliseconds: number): boolean => {
    for (let i = 0; i < milliseconds; i += 50) stage.pass(50)
    return stage.connection.isWaiting(stage.nowMs)
  }
  expect(waits(900)).toBe(false)
  expect(waits(200)).toBe(true)
  stage.receivedMs = stage.nowMs
  expect(waits(500)).toBe(false)
  stage.pass(30_000)
  expect(stage.connection.isWaiting(stage.nowMs)).toBe(false)
  expect(waits(900)).toBe(false)
  expect(waits(200)).toBe(true)
  stage.client.tell({ type: 'reconnecting', reason: 'silence', attempt: 1, giveUpAtMs: 1 })
  expect(stage.connection.isWaiting(stage.nowMs)).toBe(false)
})

test('an ended session is retried automatically with the same token and growing pauses', async () => {
  const stage = await inside()
  stage.client.tell({ type: 'closed', reason: 'the server stops' })
  expect(stage.state).toMatchObject({ type: 'away', title: 'The session has ended', atMs: RETURN_MS[0] })
  stage.pass((RETURN_MS[0] ?? 0) - 1)
  expect(stage.clients).toHaveLength(1)
  stage.pass(1)
  expect(stage.clients).toHaveLength(2)
  expect(stage.client.options.token).toBe('token 1')
  stage.client.tell({ type: 'closed', reason: 'The server does not answer' })
  expect(stage.state).toMatchObject({ type: 'away', atMs: stage.nowMs + (RETURN_MS[1] ?? 0) })
  stage.connection.retry()
  expect(stage.clients).toHaveLength(3)
  stage.client.tell(joined)
  expect(stage.state.type).toBe('joined')
})

test('after a refused token the player logs in again under the same name', async () => {
  const stage = await inside()
  stage.client.options.events?.fellBack?.(new ConnectError('refused', 'The token is not valid.'))
  stage.client.tell({ type: 'closed', reason: 'The token is not valid.' })
  stage.pass(RETURN_MS[0] ?? 0)
  await settle()
  expect(stage.logins).toEqual(['Mira', 'Mira'])
  expect(stage.client.options.token).toBe('token 2')
})

test('after a refused name the page asks again, with the reason and what to do', async () => {
  const stage = new Stage()
  stage.loginFails = new ConnectError('refused', 'the name is empty')
  await stage.connection.join(' ')
  expect(stage.state).toEqual({ type: 'lobby', problem: 'The name is empty. Choose a name and enter again.' })
})

test('the page retries until the server answers', async () => {
  const stage = new Stage()
  stage.loginFails = new ConnectError('unreachable', 'The server at x does not answer.')
  await stage.connection.join('Mira')
  expect(stage.state).toMatchObject({ type: 'away', title: 'Not connected' })
  stage.loginFails = null
  stage.pass(RETURN_MS[0] ?? 0)
  await settle()
  stage.client.tell(joined)
  expect(stage.state.type).toBe('joined')
})

test('the fallback to WebSocket is shown with its reason', async () => {
  const stage = new Stage()
  await stage.connection.join('Mira')
  stage.client.options.events?.fellBack?.(new ConnectError('udp-blocked', 'No candidate pair worked.'))
  stage.client.tell({ ...joined, transport: 'websocket' })
  expect(stage.state.type === 'joined' && stage.state.fallback).toMatch(/^UDP seems to be blocked on this network/)
})

test('after leaving, the page asks for a name and ignores the old client', async () => {
  const stage = await inside()
  const old = stage.client
  await stage.connection.leave()
  old.tell({ type: 'closed', reason: 'left' })
  expect(stage.state).toEqual({ type: 'lobby', problem: null })
  stage.pass(60_000)
  expect(stage.clients).toHaveLength(1)
})

test('a returning guest is the same user, or a new one if the server no longer knows the identity', async () => {
  const stage = await inside()
  expect(stage.kept.get('otherworld.identity')).toBe('identity 1')
  await stage.connection.leave()
  await stage.connection.join('Mira')
  expect(stage.identities).toEqual([undefined, 'identity 1'])
  stage.loginFails = new ConnectError('bad-identity', 'The server does not know this identity.')
  await stage.connection.join('Mira')
  expect(stage.identities.slice(2)).toEqual(['identity 2', undefined])
  expect(stage.kept.has('otherworld.identity')).toBe(false)
})
