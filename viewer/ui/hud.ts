/** The panels: figures, toolbar, keys, messages, and the banner for problems. */
import type { ClientStats } from '../../netcode/index.ts'
import type { Action } from '../input/controls.ts'
import { byId } from './dom.ts'
import type { HashVerdict } from '../app/lockstep.ts'
import { kilobytes, transportName } from './messages.ts'

/** Time that a message stays visible, ms. */
const SAY_MS = 5_000
/** Width from which keys and figures fit next to each other. */
const BESIDE_PIXELS = 780

export interface HudEvents {
  act(action: Action): void
  verify(): void
  retry(): void
  leave(): void
}

export interface Figures {
  readonly stats: ClientStats
  readonly players: number
  readonly snapshotsPerSecond: number
  readonly framesPerSecond: number
  /** WebRTC could not be used. */
  readonly fellBack: boolean
}

export interface BannerText {
  readonly title: string
  readonly text: string
  readonly health: 'waiting' | 'bad'
  /** Text of the button; null for no button. */
  readonly action: string | null
}

export class Hud {
  #quietAt: ReturnType<typeof setTimeout> | null = null

  constructor(events: HudEvents) {
    for (const button of document.querySelectorAll<HTMLElement>('[data-spawn]'))
      button.addEventListener('click', () => events.act({ type: 'spawn', index: Number(button.dataset.spawn) }))
    byId('tool-grab').addEventListener('click', () => events.act({ type: 'grab' }))
    byId('tool-delete').addEventListener('click', () => events.act({ type: 'delete' }))
    byId('tool-smaller').addEventListener('click', () => events.act({ type: 'scale', notches: -2 }))
    byId('tool-larger').addEventListener('click', () => events.act({ type: 'scale', notches: 2 }))
    for (const id of ['tool-outlines', 'inventory-outlines'])
      byId(id).addEventListener('click', () => events.act({ type: 'outlines' }))
    byId('leave').addEventListener('click', () => events.leave())
    addEventListener('keydown', (event) => {
      if (event.key === 'Escape') this.toggleKeys(false)
    })
    byId('tool-help').addEventListener('click', () => this.toggleKeys())
    byId('keys-close').addEventListener('click', () => {
      this.toggleKeys(false)
      byId('tool-help').focus()
    })
    byId('verify').addEventListener('click', () => events.verify())
    byId('banner-action').addEventListener('click', () => events.retry())
  }

  toggleKeys(open?: boolean): void {
    const keys = byId('keys')
    keys.hidden = open === undefined ? !keys.hidden : !open
    // If both do not fit, the figures are closed.
    if (!keys.hidden && innerWidth < BESIDE_PIXELS) byId('panel').querySelector('details')?.removeAttribute('open')
    byId('tool-help').setAttribute('aria-expanded', String(!keys.hidden))
  }

  /** Shows a message for a few seconds. */
  showMessage(text: string): void {
    const line = byId('message')
    line.textContent = text
    line.classList.remove('quiet')
    if (this.#quietAt !== null) clearTimeout(this.#quietAt)
    this.#quietAt = setTimeout(() => line.classList.add('quiet'), SAY_MS)
  }

  /** Shows a problem and what to do about it; null hides it. */
  banner(text: BannerText | null): void {
    const banner = byId('banner')
    banner.hidden = text === null
    if (!text) return
    banner.dataset.health = text.health
    byId('banner-title').textContent = text.title
    byId('banner-text').textContent = text.text
    const action = byId('banner-action')
    action.hidden = text.action === null
    action.textContent = text.action
  }

  /** Shows or hides the player's panels. */
  playing(on: boolean, realm: string, mayFly: boolean): void {
    const panel = byId('panel')
    // On a small screen the figures would cover the world. Afterwards the player decides.
    if (panel.hidden && on) panel.querySelector('details')?.toggleAttribute('open', innerWidth >= 900)
    panel.hidden = !on
    byId('tools').hidden = !on
    byId('left').hidden = !on
    byId('realm').textContent = realm
    byId('keys-fly').hidden = !mayFly
    byId('touch').hidden = !on || !matchMedia('(pointer: coarse)').matches
    if (!on) this.toggleKeys(false)
  }

  health(health: 'good' | 'waiting' | 'bad', words: string): void {
    byId('panel').dataset.health = health
    byId('panel-state').textContent = words
  }

  holding(on: boolean): void {
    const button = byId('tool-grab')
    if (button.getAttribute('aria-pressed') === String(on)) return
    button.setAttribute('aria-pressed', String(on))
    byId('tools').toggleAttribute('data-holding', on)
    byId('tool-smaller').hidden = !on
    byId('tool-larger').hidden = !on
    const word = button.querySelector('.word')
    if (word) word.textContent = on ? 'Release' : 'Grab'
  }

  outlines(on: boolean): void {
    for (const id of ['tool-outlines', 'inventory-outlines']) byId(id).setAttribute('aria-pressed', String(on))
  }

  figures({ stats, players, snapshotsPerSecond, framesPerSecond, fellBack }: Figures): void {
    const ping = stats.rttMs === null ? '–' : `${Math.round(stats.rttMs)} ms`
    const show: Readonly<Record<string, string>> = {
      'panel-brief': stats.rttMs === null ? '' : ping,
      'stat-tick': stats.serverTick.toLocaleString('en'),
      'stat-ping': ping,
      'stat-players': String(players),
      'stat-down': kilobytes(stats.bytesDownPerSecond),
      'stat-up': kilobytes(stats.bytesUpPerSecond),
      'stat-snapshots': `${snapshotsPerSecond.toFixed(0)}/s`,
      'stat-delay': `${stats.delayMs.toFixed(0)} ms`,
      'stat-jitter': `${stats.jitterMs.toFixed(0)} ms`,
      'stat-correction': `${(stats.correctionRmsMetres * 100).toFixed(1)} cm`,
      'stat-transport': fellBack ? 'WebSocket, no WebRTC' : transportName(stats.transport),
      'stat-picture': `${framesPerSecond.toFixed(0)} fps`,
    }
    for (const [id, text] of Object.entries(show)) {
      const element = byId(id)
      if (element.textContent !== text) element.textContent = text
    }
  }

  verdict({ state, text }: HashVerdict): void {
    const line = byId('verify-state')
    line.dataset.state = state
    line.textContent = text
    const running = state !== 'off' && state !== 'failed'
    const button = byId('verify')
    button.setAttribute('aria-pressed', String(running))
    button.textContent = running ? 'Stop checking' : 'Check the hashes'
  }
}
