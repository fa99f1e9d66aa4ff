/** The live page: connects its parts and draws each frame. */
import { Vector3 } from 'three'
import { connectWebRtc } from '../netcode/webrtc/client-browser.ts'
import { connectWebSocket } from '../netcode/websocket/client-browser.ts'
import type { Action } from './input/controls.ts'
import { Api } from './api/api.ts'
import { WorkerBytes } from './api/bytes.ts'
import { putTo } from './api/put.ts'
import { Connection, storeOf, tokenIn, type LinkState } from './app/connection.ts'
import { byId } from './ui/dom.ts'
import { Hud } from './ui/hud.ts'
import { bindStick, InputDevices } from './input/input.ts'
import { JoinCard } from './ui/join.ts'
import { HashCheck } from './app/lockstep.ts'
import { Meter } from './app/meter.ts'
import { Player, type RayThrough } from './app/player.ts'
import { StageView, type ModelSources } from './render/world-view.ts'
import { Inventory } from './inventory/inventory.ts'
import { eyeAround } from './render/camera.ts'
import { fetchRealmPreview } from './app/realm-preview.ts'
import type { VrmReport } from './models/model-view.ts'
import { REJOINED } from './ui/messages.ts'
import { titleScene } from './render/title-scene.ts'
import { frameOf } from './app/world.ts'

/** Base URL of the server; behind a proxy it may have a path. */
const server = new URL('.', location.href).href
const query = new URLSearchParams(location.search)
const canvas = byId('view') as HTMLCanvasElement
const reducedMotion = matchMedia('(prefers-reduced-motion: reduce)')
/** The pointer is a finger. */
const coarse = matchMedia('(pointer: coarse)')
const FIGURES_MS = 500
const tab = storeOf('sessionStorage', server)

function fatal(text: string): void {
  const card = document.createElement('p')
  card.className = 'glass card fatal'
  card.setAttribute('role', 'alert')
  card.textContent = text
  document.body.append(card)
}

function createView({ api, bytes }: Pick<ModelSources, 'api' | 'bytes'>): StageView | null {
  try {
    return new StageView(canvas, byId('labels'), query.get('quality'), { api, bytes })
  } catch (error) {
    fatal(
      `This browser cannot draw the world: WebGL 2 is missing or switched off. Update the browser, or switch on hardware acceleration in its settings, and reload. (${error instanceof Error ? error.message : String(error)})`,
    )
    return null
  }
}

class Page {
  readonly #view: StageView
  readonly #hud: Hud
  readonly #card: JoinCard
  readonly #input: InputDevices
  readonly #connection: Connection
  readonly #inventory: Inventory
  readonly #meter = new Meter()
  #player: Player | null = null
  #fellBack = false
  /** The own avatar has appeared: keys have an effect from now on. */
  #entered = false
  #isWaiting = false
  #lastMs: number | null = null
  #figuresAtMs = 0

  constructor(view: StageView, api: Api, bytes: WorkerBytes) {
    this.#view = view
    const hashes = new HashCheck(server, (verdict) => this.#hud.verdict(verdict))
    this.#hud = new Hud({
      act: (action) => this.#act(action, true),
      verify: () => hashes.toggle(),
      retry: () => this.#connection.retry(),
      leave: () => void this.#connection.leave(),
    })
    this.#card = new JoinCard((name) => void this.#connection.join(name))
    this.#input = new InputDevices(canvas, {
      act: (action) => this.#act(action, false),
      press: (at) => this.#player?.press(at) ?? false,
      release: () => this.#player?.holding.release(),
      carry: () => this.#player?.carry(performance.now()),
      turn: (x, y) => this.#player?.turn(x, y),
      wheel: (notches, shift) => this.#player?.wheel(notches, shift),
    })
    bindStick(byId('stick'), (stick) => (this.#input.stick = stick))
    bindHeldKey(byId('jump'), 'Space', this.#input.held)
    this.#connection = new Connection({
      url: server,
      connects: [connectWebRtc, connectWebSocket],
      store: tab,
      keep: storeOf('localStorage', server),
      clock: () => performance.now(),
      changed: (state) => this.#changed(state),
      notified: (text) => this.#hud.showMessage(text),
      collidersOf: (hash) => view.library.packages.peek(hash)?.colliders ?? null,
    })
    this.#inventory = new Inventory({
      api,
      bytes,
      put: putTo(server),
      player: () => this.#player,
      problemOf: (hash) => view.library.problemOf(hash),
      creditOf: (hash) => view.library.creditOf(hash),
      showMessage: (text) => this.#hud.showMessage(text),
      back: () => canvas.focus({ preventScroll: true }),
    })
  }

  /** For each element with a package: the level of the model drawn in the last frame; null for a placeholder. */
  report(): readonly {
    readonly element: number
    readonly package: string
    readonly level: number | null
    readonly problem: string | null
    readonly vrm: VrmReport | null
  }[] {
    const world = this.#player?.world
    return [...(world?.props ?? []), ...(world?.avatars ?? [])].flatMap(({ element, package: hash }) =>
      hash === null
        ? []
        : [
            {
              element,
              package: hash,
              level: this.#view.levelOf(element),
              problem: this.#view.library.problemOf(hash),
              vrm: this.#view.vrmOf(element),
            },
          ],
    )
  }

  start(): void {
    addEventListener('resize', () => this.#view.stage.resize())
    // A hidden tab draws no frames, but its connection stays alive.
    setInterval(() => this.#connection.update(performance.now()), 250)
    requestAnimationFrame((nowMs) => this.#frame(nowMs))
    if (!this.#connection.resume()) this.#card.ask(this.#connection.rememberedName, null)
    void this.#visit()
  }

  async #visit(): Promise<void> {
    const visit = await fetchRealmPreview(server)
    if (visit) this.#card.visit(visit)
  }

  // --- connection

  #changed(state: LinkState): void {
    this.#hud.banner(
      state.type === 'away'
        ? {
            title: state.title,
            text: state.text,
            health: state.atMs === null ? 'waiting' : 'bad',
            action: state.atMs === null ? null : 'Try now',
          }
        : null,
    )
    if (state.type === 'joined') this.#joined(state)
    else if (state.type === 'joining') this.#card.joining()
    else if (state.type === 'lobby') this.#left(state.problem)
    else {
      this.#card.hide()
      this.#player?.holding.forget()
      this.#hud.health(state.atMs === null ? 'waiting' : 'bad', state.atMs === null ? 'Reconnecting' : 'Away')
    }
  }

  #joined({ resumed, rejoined, fallback }: Extract<LinkState, { readonly type: 'joined' }>): void {
    const { client } = this.#connection
    const definition = client?.definition
    if (!client || !definition) return
    this.#fellBack = fallback !== null
    this.#card.hide()
    // The same client has reconnected: the player keeps looking the same way.
    this.#player = this.#player?.belongsTo(client)
      ? this.#player
      : new Player(
          client,
          definition,
          this.#input,
          this.#rayThrough,
          (hash) => this.#view.library.packages.peek(hash)?.body ?? null,
          (text) => this.#hud.showMessage(text),
        )
    this.#view.enter(frameOf(definition))
    this.#hud.playing(true, definition.name, this.#player.mayFly)
    this.#hud.health('waiting', 'Entering')
    this.#entered = false
    this.#input.enabled = true
    canvas.focus({ preventScroll: true })
    this.#hud.showMessage(
      rejoined
        ? REJOINED
        : (fallback ??
            (resumed
              ? 'Welcome back. You are where you were.'
              : `You are in ${definition.name}. ${coarse.matches ? 'Walk with the stick, drag to look around.' : 'Walk with W A S D. H shows all keys.'}`)),
    )
  }

  #left(problem: string | null): void {
    this.#player = null
    this.#input.enabled = false
    this.#inventory.left()
    this.#hud.playing(false, '', false)
    this.#card.ask(this.#connection.rememberedName, problem)
  }

  /** Shows that the server is silent, before the connection is given up. */
  #wait(on: boolean): void {
    if (on === this.#isWaiting) return
    this.#isWaiting = on
    if (on)
      this.#hud.banner({
        title: 'Waiting for the server',
        text: 'It has not answered for a second.',
        health: 'waiting',
        action: null,
      })
    if (on) this.#hud.health('waiting', 'Waiting')
    if (on || this.#connection.state.type !== 'joined') return
    this.#hud.banner(null)
    this.#hud.health(this.#entered ? 'good' : 'waiting', this.#entered ? 'Connected' : 'Entering')
  }

  // --- what the player does

  #act(action: Action, byButton: boolean): void {
    if (action.type === 'help') this.#hud.toggleKeys()
    else if (action.type === 'lock') this.#input.toggleLock()
    else if (action.type === 'add') this.#inventory.choose()
    else if (action.type === 'inventory') this.#inventory.toggle()
    else if (action.type === 'outlines') this.#outline()
    else this.#player?.act(action)
    // After a click on the toolbar the keyboard focus returns to the world.
    if (byButton && action.type !== 'help' && !document.activeElement?.matches(':focus-visible'))
      canvas.focus({ preventScroll: true })
  }

  #outline(): void {
    const { outlines } = this.#view
    outlines.on = !outlines.on
    this.#hud.outlines(outlines.on)
    this.#hud.showMessage(
      outlines.on ? 'Outlines: dynamic is orange, static blue, kinematic violet, avatars green.' : 'Outlines are off.',
    )
  }

  // --- frames

  #frame(nowMs: number): void {
    requestAnimationFrame((next) => this.#frame(next))
    // A frame's timestamp may be older than data that arrived since: draw the world as of now.
    const atMs = Math.max(nowMs, performance.now())
    const seconds = this.#lastMs === null ? 0 : (atMs - this.#lastMs) / 1_000
    this.#lastMs = atMs
    this.#connection.update(atMs)
    this.#wait(this.#connection.isWaiting(atMs))
    this.#meter.frame(atMs)
    this.#draw(atMs, seconds)
    if (atMs - this.#figuresAtMs >= FIGURES_MS) this.#figures(atMs)
  }

  #draw(atMs: number, seconds: number): void {
    const time = atMs / 1_000
    const lobbyTime = reducedMotion.matches ? 0 : time
    const played = this.#player?.frame(atMs, seconds, time)
    const eye = played?.eye ?? eyeAround(lobbyTime, canvas.clientWidth / Math.max(1, canvas.clientHeight))
    if (played?.own && !this.#entered) {
      this.#entered = true
      this.#hud.health('good', 'Connected')
    }
    const joined = this.#connection.client?.state
    const own = joined?.type === 'joined' ? { element: joined.avatar, player: joined.player } : null
    this.#view.draw(
      played?.world ?? titleScene(lobbyTime),
      {
        eye,
        own,
        pointed: played?.pointed ?? null,
        strained: played?.strained ?? false,
        reducedMotion: reducedMotion.matches,
      },
      seconds,
      time,
    )
    const holding = this.#player?.holding.element !== null && this.#player !== null
    this.#hud.holding(holding)
    canvas.dataset.cursor = holding ? 'hold' : played?.pointed ? 'hand' : ''
    byId('crosshair').hidden = !this.#input.locked
  }

  #figures(atMs: number): void {
    this.#figuresAtMs = atMs
    this.#inventory.update()
    const { client } = this.#connection
    if (!client || !this.#player) return
    const stats = client.stats(atMs)
    this.#meter.snapshots(stats.snapshotsReceived, atMs)
    this.#hud.figures({
      stats,
      players: client.sample(atMs).avatars.length,
      ...this.#meter.rates(atMs),
      fellBack: this.#fellBack,
    })
  }

  #rayThrough: RayThrough = (eye, place) => {
    const { camera } = this.#view.stage
    camera.position.set(eye.position.x, eye.position.y, eye.position.z)
    camera.lookAt(eye.position.x + eye.direction.x, eye.position.y + eye.direction.y, eye.position.z + eye.direction.z)
    camera.updateMatrixWorld()
    const direction = new Vector3(place.x, place.y, 0.5).unproject(camera).sub(camera.position).normalize()
    return { origin: eye.position, direction: { x: direction.x, y: direction.y, z: direction.z } }
  }
}

/** Makes a button act as a key while it is pressed. */
function bindHeldKey(button: HTMLElement, code: string, held: Set<string>): void {
  button.addEventListener('pointerdown', () => held.add(code))
  for (const type of ['pointerup', 'pointercancel', 'pointerleave'] as const)
    button.addEventListener(type, () => held.delete(code))
}

const bytes = new WorkerBytes(server)
const api = new Api({ url: server, token: () => tokenIn(tab) })
const view = createView({ api, bytes })
if (view) {
  const page = new Page(view, api, bytes)
  page.start()
  // For debugging in the browser's console: see docs/page.md.
  Object.assign(globalThis, { otherworld: { report: () => page.report() } })
}
