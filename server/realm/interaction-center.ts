/**
 * Interaction Center: gathers what players and the server intend, and seals one InputFrame a tick. What comes after a
 * frame is sealed, or exceeds a player's share of it, goes into the next one.
 */
import { encodeInput, FRAME_BYTES_MAX, FRAME_INPUTS_MAX, PACKAGE_BYTES_MAX } from '../../protocol/index.ts'
import {
  compareInputs,
  CREATION_WORK_MAX,
  packageOf,
  type Command,
  type Input,
  type InputFrame,
  type PackageHash,
  type PackagePhysics,
  type PlayerId,
  type Refusal,
} from '../../sim/index.ts'
import { INPUT_BACKLOG_MAX, INPUTS_PER_FRAME_MAX } from '../limits.ts'

/** What the realm has to be given before a package is used: at most PACKAGE_BYTES_MAX bytes in a frame. */
export interface PackageDefinition {
  readonly physics: PackagePhysics
  readonly bytes: number
}

/** `brings`: null where the realm has the package. */
export type Verdict =
  | 'wait'
  | { readonly ok: true; readonly brings: PackageDefinition | null }
  | { readonly ok: false; readonly reason: Refusal }

/** What stands in the frame for an input that the server refuses: it is in the log like any other, acknowledged and answered once. */
export const refusedInput = ({ player, sequence }: Input, reason: Refusal): Input => ({
  player,
  sequence,
  command: { type: 'refused', reason },
})

const UNKNOWN: Verdict = { ok: false, reason: 'unknown-package' }

/** Who may use which package; asked when the input that names it is next. */
export interface PackageRights {
  verdict(player: PlayerId, hash: PackageHash): Verdict
}

export interface InteractionLimits {
  readonly inputsPerFrameMax: number
  readonly backlogMax: number
  readonly frameInputsMax: number
  readonly frameBytesMax: number
  /** Units of sim/creation.ts. */
  readonly frameCreationMax: number
}

const LIMITS: InteractionLimits = {
  inputsPerFrameMax: INPUTS_PER_FRAME_MAX,
  backlogMax: INPUT_BACKLOG_MAX,
  frameInputsMax: FRAME_INPUTS_MAX,
  // Half of what a frame may have: the server's own inputs stand in it uncounted.
  frameBytesMax: FRAME_BYTES_MAX / 2,
  frameCreationMax: CREATION_WORK_MAX,
}

export interface InteractionCenterOptions {
  /** Null: nobody may use packages. */
  readonly rights?: PackageRights | null
  readonly limits?: InteractionLimits
  /** What carrying out a command makes, in units of sim/creation.ts. */
  creationWork?(command: Command): number
}

/** Bytes of any input but a spawn, in a frame: the largest, a pose of 18 bones, has about 130. */
const SMALL_INPUT_BYTES = 160

interface Waiting {
  readonly input: Input
  /** In a frame, at most. */
  readonly bytes: number
  /** Once its sender may use the package that it names: what that takes. */
  allowed?: { readonly brings: PackageDefinition | null }
}

export class InteractionCenter {
  readonly #limits: InteractionLimits
  readonly #rights: PackageRights | null
  readonly #creationWork: (command: Command) => number
  /** In order of arrival. */
  readonly #waiting = new Map<PlayerId, Waiting[]>()
  #fromServer: Input[] = []
  #serverSequence = 0

  constructor({ rights = null, limits = LIMITS, creationWork = () => 0 }: InteractionCenterOptions = {}) {
    this.#rights = rights
    this.#limits = limits
    this.#creationWork = creationWork
  }

  /** Queues an input of the server's own for the next frame; returns its sequence. Never refused: the server bounds them. */
  order(command: Command): number {
    const input = this.#numbered(command)
    this.#fromServer.push(input)
    return input.sequence
  }

  #numbered(command: Command): Input {
    this.#serverSequence = this.#serverSequence === 0xffff_ffff ? 1 : this.#serverSequence + 1
    return { player: 0, sequence: this.#serverSequence, command }
  }

  /** Queues a player's input; false: the player has sent more than can ever be worked off, and it was not taken. */
  submit(player: PlayerId, input: Input): boolean {
    const queue = this.#waiting.get(player)
    const { sequence, command } = input
    const bytes = command.type === 'spawn' ? encodeInput(input).length + SMALL_INPUT_BYTES : SMALL_INPUT_BYTES
    const own: Waiting = { input: { player, sequence, command }, bytes }
    if (!queue) {
      this.#waiting.set(player, [own])
      return true
    }
    const stale = supersededBy(command, queue)
    if (stale !== -1) queue.splice(stale, 1)
    else if (queue.length >= this.#limits.backlogMax) return false
    queue.push(own)
    return true
  }

  /** Drops what a player who has left still had waiting. */
  forget(player: PlayerId): void {
    this.#waiting.delete(player)
  }

  /** Inputs that wait for the next frames. */
  get backlog(): number {
    let sum = this.#fromServer.length
    for (const queue of this.#waiting.values()) sum += queue.length
    return sum
  }

  /** Takes the inputs of `tick`: the server's all, of each player at most the share, in canonical order. */
  seal(tick: number): InputFrame {
    const frame = new OpenFrame({
      fromServer: this.#fromServer,
      limits: this.#limits,
      rights: this.#rights,
      creationWork: this.#creationWork,
      number: (command) => this.#numbered(command),
    })
    this.#fromServer = []
    const players = [...this.#waiting.keys()]
    // Who is served first changes by the tick, so that a full frame starves nobody.
    for (let i = 0; i < players.length; i++) {
      const player = players[(i + tick) % players.length] ?? 0
      const rest = frame.take(this.#waiting.get(player) ?? [])
      if (rest.length === 0) this.#waiting.delete(player)
      else this.#waiting.set(player, rest)
    }
    return { tick, inputs: frame.inputs.toSorted(compareInputs) }
  }
}

interface OpenFrameOptions {
  readonly fromServer: Input[]
  readonly limits: InteractionLimits
  readonly rights: PackageRights | null
  creationWork(command: Command): number
  number(command: Command): Input
}

/** A frame that is being filled. */
class OpenFrame {
  readonly inputs: Input[]
  readonly #options: OpenFrameOptions
  #bytes = 0
  #creation = 0
  /** Packages that come in with this frame, and the bytes of their physics. */
  readonly #brought = new Set<PackageHash>()
  #broughtBytes = 0

  constructor(options: OpenFrameOptions) {
    this.inputs = options.fromServer
    this.#options = options
  }

  /** Takes of one player's queue what there is room for, no sequence twice, and nothing past what must wait; returns the rest. */
  take(queue: readonly Waiting[]): Waiting[] {
    const { inputsPerFrameMax, frameInputsMax, frameBytesMax, frameCreationMax } = this.#options.limits
    const taken = new Set<number>()
    for (const [i, waiting] of queue.entries()) {
      const { input, bytes } = waiting
      const creation = this.#options.creationWork(input.command)
      const makesTooMuch = creation > 0 && this.#creation > 0 && this.#creation + creation > frameCreationMax
      const full =
        taken.size >= inputsPerFrameMax ||
        this.inputs.length >= frameInputsMax ||
        this.#bytes + bytes > frameBytesMax ||
        makesTooMuch
      const judged = full || taken.has(input.sequence) ? null : this.#judged(waiting)
      if (judged === null) return queue.slice(i)
      taken.add(input.sequence)
      this.inputs.push(judged)
      this.#bytes += bytes
      this.#creation += creation
    }
    return []
  }

  /** The input, with the package that it names brought in before it; or one that is rejected. Null: it has to wait. */
  #judged(waiting: Waiting): Input | null {
    const { input } = waiting
    const hash = packageOf(input.command)
    if (hash === null) return input
    const verdict = waiting.allowed
      ? { ok: true as const, ...waiting.allowed }
      : (this.#options.rights?.verdict(input.player, hash) ?? UNKNOWN)
    if (verdict === 'wait') return null
    if (!verdict.ok) return refusedInput(input, verdict.reason)
    const { brings } = verdict
    waiting.allowed = { brings }
    return brings === null || this.#bring(hash, brings) ? input : null
  }

  /** False where the frame has no room for it. */
  #bring(hash: PackageHash, { physics, bytes }: PackageDefinition): boolean {
    if (this.#brought.has(hash)) return true
    if (this.#broughtBytes + bytes > PACKAGE_BYTES_MAX) return false
    this.#brought.add(hash)
    this.#broughtBytes += bytes
    this.inputs.push(this.#options.number({ type: 'package', hash, physics }))
    return true
  }
}

/**
 * Index of a waiting input that a newer one makes pointless: the same pose, drag of the same hand, or move of the same
 * kind, with nothing but such inputs after it. A jump or a change between walking and flying is kept.
 */
function supersededBy(newer: Command, queue: readonly Waiting[]): number {
  for (let i = queue.length - 1; i >= 0; i--) {
    const older = queue[i]?.input.command
    if (older?.type !== 'move' && older?.type !== 'pose' && older?.type !== 'drag') return -1
    if (sameChannel(older, newer)) return i
  }
  return -1
}

function sameChannel(older: Command, newer: Command): boolean {
  if (older.type === 'pose') return newer.type === 'pose'
  if (older.type === 'drag') return newer.type === 'drag' && older.hand === newer.hand
  return older.type === 'move' && newer.type === 'move' && older.jump === newer.jump && older.fly === newer.fly
}
