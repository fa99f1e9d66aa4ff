/** Listens to keyboard, pointer and touch, and calls `InputEvents`. */
import { actionOf, STICK_AT_REST, TAKEN, type Action, type Stick } from './controls.ts'

/** Where the pointer is: -1 to 1 from left to right and from bottom to top. */
export interface PointerPlace {
  readonly x: number
  readonly y: number
}

export interface InputEvents {
  act(action: Action): void
  /** The primary button or a finger went down. Returns true if it grabbed something; otherwise the drag turns the view. */
  press(at: PointerPlace): boolean
  release(): void
  /** The pointer that holds something moved. */
  carry(): void
  turn(pixelsX: number, pixelsY: number): void
  /** Notches away from the user are positive. */
  wheel(notches: number, shift: boolean): void
}

/** A key stays down at least this long, so that a tap between two packets is not lost, ms. */
const TAP_MS = 180
/** Wheel units of a notch: pixels, lines, pages (WheelEvent.deltaMode). */
const NOTCH = [100, 3, 1] as const
const NOTCHES_MAX = 3
const CENTRE: PointerPlace = { x: 0, y: 0 }

const typing = (target: EventTarget | null): boolean =>
  target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement

export class InputDevices {
  readonly held = new Set<string>()
  stick: Stick = STICK_AT_REST
  readonly #canvas: HTMLCanvasElement
  readonly #events: InputEvents
  readonly #pressedAt = new Map<string, number>()
  readonly #pointers = new Map<number, 'hold' | 'look'>()
  #place: PointerPlace = CENTRE
  #over = false
  enabled = false

  constructor(canvas: HTMLCanvasElement, events: InputEvents) {
    this.#canvas = canvas
    this.#events = events
    this.#listenKeys()
    this.#listenPointer()
    canvas.addEventListener('wheel', (event) => this.#wheel(event), { passive: false })
    canvas.addEventListener('contextmenu', (event) => event.preventDefault())
  }

  get locked(): boolean {
    return document.pointerLockElement === this.#canvas
  }

  /** Position of the pointer; null if it is not over the world. With a captured mouse, the middle. */
  get pointer(): PointerPlace | null {
    if (this.locked) return CENTRE
    return this.#over ? this.#place : null
  }

  /** Captures the mouse for looking, until Escape. */
  toggleLock(): void {
    if (this.locked) document.exitPointerLock()
    // If the browser refuses, the mouse stays free, and dragging looks around.
    else void Promise.resolve(this.#canvas.requestPointerLock()).catch(() => undefined)
  }

  releaseAll(): void {
    this.held.clear()
    this.stick = STICK_AT_REST
    this.#pointers.clear()
  }

  #listenKeys(): void {
    addEventListener('keydown', (event) => this.#keyDown(event))
    addEventListener('keyup', (event) => {
      const wait = TAP_MS - (event.timeStamp - (this.#pressedAt.get(event.code) ?? -Infinity))
      const pressed = this.#pressedAt.get(event.code)
      if (wait <= 0) this.held.delete(event.code)
      else
        setTimeout(() => {
          if (this.#pressedAt.get(event.code) === pressed) this.held.delete(event.code)
        }, wait)
    })
    addEventListener('blur', () => this.releaseAll())
  }

  #keyDown(event: KeyboardEvent): void {
    if (!this.enabled || typing(event.target) || event.ctrlKey || event.metaKey || event.altKey) return
    // A focused button keeps its own keys; walking continues.
    const onControl =
      event.target instanceof HTMLElement && event.target !== this.#canvas && event.target !== document.body
    if (onControl && (event.code === 'Space' || event.code === 'Enter')) return
    if (TAKEN.has(event.code)) event.preventDefault()
    if (!event.repeat) this.#pressedAt.set(event.code, event.timeStamp)
    this.held.add(event.code)
    const action = actionOf(event.key)
    if (action && (!event.repeat || action.type === 'scale' || action.type === 'distance')) this.#events.act(action)
  }

  #listenPointer(): void {
    const canvas = this.#canvas
    canvas.addEventListener('pointerdown', (event) => this.#down(event))
    canvas.addEventListener('pointermove', (event) => this.#move(event))
    canvas.addEventListener('pointerleave', () => (this.#over = false))
    for (const type of ['pointerup', 'pointercancel'] as const)
      canvas.addEventListener(type, (event) => this.#up(event))
  }

  #locate(event: PointerEvent): void {
    const { left, top, width, height } = this.#canvas.getBoundingClientRect()
    this.#place = { x: ((event.clientX - left) / width) * 2 - 1, y: 1 - ((event.clientY - top) / height) * 2 }
    this.#over = true
  }

  #down(event: PointerEvent): void {
    this.#canvas.focus({ preventScroll: true })
    if (!this.enabled) return
    this.#locate(event)
    const took =
      event.button === 0 &&
      ![...this.#pointers.values()].includes('hold') &&
      this.#events.press(this.locked ? CENTRE : this.#place)
    this.#pointers.set(event.pointerId, took ? 'hold' : 'look')
    if (!this.locked) this.#canvas.setPointerCapture(event.pointerId)
  }

  #move(event: PointerEvent): void {
    const role = this.#pointers.get(event.pointerId)
    // A finger that looks around does not move a prop that another finger holds. The right button turns while the left one holds.
    if (role !== 'look' || event.pointerType === 'mouse') this.#locate(event)
    const turning = this.locked || role === 'look' || (event.buttons & 2) !== 0
    if (this.enabled && turning) this.#events.turn(event.movementX, event.movementY)
    if (this.enabled && role === 'hold') this.#events.carry()
  }

  #up(event: PointerEvent): void {
    const role = this.#pointers.get(event.pointerId)
    this.#pointers.delete(event.pointerId)
    if (event.pointerType !== 'mouse') this.#over = false
    if (role === 'hold') this.#events.release()
  }

  #wheel(event: WheelEvent): void {
    event.preventDefault()
    if (!this.enabled) return
    // With Shift held some systems scroll sideways.
    const delta = event.deltaY !== 0 ? event.deltaY : event.deltaX
    const notches = -delta / (NOTCH[event.deltaMode as 0 | 1 | 2] ?? 100)
    this.#events.wheel(Math.max(-NOTCHES_MAX, Math.min(NOTCHES_MAX, notches)), event.shiftKey)
  }
}

/** A thumb stick for touch screens; calls `changed` with its position. */
export function bindStick(element: HTMLElement, changed: (stick: Stick) => void): void {
  const knob = element.querySelector('span')
  const show = (x: number, y: number): void => {
    if (knob) knob.style.transform = `translate(${(x * 30).toFixed(0)}px, ${(y * 30).toFixed(0)}px)`
    changed({ x, y })
  }
  const move = (event: PointerEvent): void => {
    if (!element.hasPointerCapture(event.pointerId)) return
    const { left, top, width, height } = element.getBoundingClientRect()
    const [x, y] = [((event.clientX - left) / width) * 2 - 1, ((event.clientY - top) / height) * 2 - 1]
    const longest = Math.max(1, Math.hypot(x, y))
    show(x / longest, y / longest)
  }
  element.addEventListener('pointerdown', (event) => {
    element.setPointerCapture(event.pointerId)
    move(event)
  })
  element.addEventListener('pointermove', move)
  for (const type of ['pointerup', 'pointercancel'] as const) element.addEventListener(type, () => show(0, 0))
}
