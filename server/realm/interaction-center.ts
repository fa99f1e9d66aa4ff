/**
 * Interaction Center: the realm's input buffer and sequencer. It queues the inputs of players and of the server, and
 * seals one InputFrame each tick. Inputs that come after the seal, or exceed a player's share of a frame, go into the
 * next one.
 */
import { defined } from '../../sim/assert.ts'
import {
  encodeInput,
  FRAME_BYTES_MAX,
  FRAME_INPUTS_MAX,
  isLatestWins,
  PACKAGE_BYTES_MAX,
  type LatestWinsType,
} from '../../protocol/index.ts'
import {
  compareInputs,
  CREATION_COST_MAX,
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

/**
 * A package that the realm must define before it is used. A frame defines at most PACKAGE_BYTES_MAX bytes of packages.
 */
export interface PackageDefinition {
  readonly physics: PackagePhysics
  readonly bytes: number
}

/** `wait`: it is not known yet. `definition`: null if the realm has the package. */
export type PackageVerdict =
  | 'wait'
  | { readonly ok: true; readonly definition: PackageDefinition | null }
  | { readonly ok: false; readonly reason: Refusal }

/** Replaces an input that the server refuses. It is recorded, acknowledged and answered like any other. */
const refusedInput = ({ player, sequence }: Input, reason: Refusal): Input => ({
  player,
  sequence,
  command: { type: 'refused', reason },
})

const UNKNOWN: PackageVerdict = { ok: false, reason: 'unknown-package' }

/** Decides who may use which package. It is asked when the input that names the package is next. */
export interface PackageRights {
  verdict(player: PlayerId, hash: PackageHash): PackageVerdict
}

export interface InteractionLimits {
  readonly inputsPerFrameMax: number
  readonly backlogMax: number
  readonly frameInputsMax: number
  readonly frameBytesMax: number
  /** Units of sim/limits/creation-cost.ts. */
  readonly frameCreationMax: number
}

const LIMITS: InteractionLimits = {
  inputsPerFrameMax: INPUTS_PER_FRAME_MAX,
  backlogMax: INPUT_BACKLOG_MAX,
  frameInputsMax: FRAME_INPUTS_MAX,
  // Half of a frame: the server's own inputs are not counted and need the rest.
  frameBytesMax: FRAME_BYTES_MAX / 2,
  frameCreationMax: CREATION_COST_MAX,
}

export interface InteractionCenterOptions {
  /** Null if nobody may use packages. */
  readonly rights?: PackageRights | null
  readonly limits?: InteractionLimits
  /** Returns how much a command creates, in units of sim/limits/creation-cost.ts. */
  creationCost?(command: Command): number
}

/** Bounds the bytes of any input but a spawn in a frame. The largest, a pose of 18 bones, has about 130. */
export const SMALL_INPUT_BYTES = 160

interface Waiting {
  readonly input: Input
  /** Upper bound of the input's bytes in a frame. */
  readonly bytes: number
  /** Set once its sender may use the package that it names. */
  allowed?: { readonly definition: PackageDefinition | null }
}

export class InteractionCenter {
  readonly #limits: InteractionLimits
  readonly #rights: PackageRights | null
  readonly #creationCost: (command: Command) => number
  /** Each player's inputs, in order of arrival. */
  readonly #waiting = new Map<PlayerId, Waiting[]>()
  #fromServer: Input[] = []
  #serverSequence = 0

  constructor({ rights = null, limits = LIMITS, creationCost = () => 0 }: InteractionCenterOptions = {}) {
    this.#rights = rights
    this.#limits = limits
    this.#creationCost = creationCost
  }

  /**
   * Queues an input of the server for the next frame and returns its sequence. It is never refused, as the server
   * limits its own inputs.
   */
  order(command: Command): number {
    const input = this.#numbered(command)
    this.#fromServer.push(input)
    return input.sequence
  }

  #numbered(command: Command): Input {
    this.#serverSequence = this.#serverSequence === 0xffff_ffff ? 1 : this.#serverSequence + 1
    return { player: 0, sequence: this.#serverSequence, command }
  }

  /** Queues a player's input. Returns false, and drops the input, if the player's queue is full. */
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

  /** Drops the queue of a player who has left. */
  forget(player: PlayerId): void {
    this.#waiting.delete(player)
  }

  /** Number of inputs that wait for the next frames. */
  get backlog(): number {
    let sum = this.#fromServer.length
    for (const queue of this.#waiting.values()) sum += queue.length
    return sum
  }

  /** Seals the frame of `tick`: all inputs of the server and each player's share, in canonical order. */
  seal(tick: number): InputFrame {
    const frame = new OpenFrame({
      fromServer: this.#fromServer,
      limits: this.#limits,
      rights: this.#rights,
      creationCost: this.#creationCost,
      number: (command) => this.#numbered(command),
    })
    this.#fromServer = []
    const players = [...this.#waiting.keys()]
    // The first player changes with the tick, so that a full frame starves nobody.
    for (let i = 0; i < players.length; i++) {
      const player = defined(players[(i + tick) % players.length], 'the index is within the players')
      const rest = frame.fillFrom(defined(this.#waiting.get(player), 'a waiting player has a queue'))
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
  creationCost(command: Command): number
  number(command: Command): Input
}

/** A frame before it is sealed. */
class OpenFrame {
  readonly inputs: Input[]
  readonly #options: OpenFrameOptions
  #bytes = 0
  #creation = 0
  /** Packages that this frame defines, and the bytes of their physics. */
  readonly #defined = new Set<PackageHash>()
  #definedBytes = 0

  constructor(options: OpenFrameOptions) {
    this.inputs = options.fromServer
    this.#options = options
  }

  /**
   * Moves inputs of one player's queue into the frame while there is room, up to the first that must wait. No sequence
   * is taken twice. Returns the rest.
   */
  fillFrom(queue: readonly Waiting[]): Waiting[] {
    const { inputsPerFrameMax, frameInputsMax, frameBytesMax, frameCreationMax } = this.#options.limits
    const taken = new Set<number>()
    for (const [i, waiting] of queue.entries()) {
      const { input, bytes } = waiting
      const creation = this.#options.creationCost(input.command)
      const makesTooMuch = creation > 0 && this.#creation > 0 && this.#creation + creation > frameCreationMax
      const full =
        taken.size >= inputsPerFrameMax ||
        this.inputs.length >= frameInputsMax ||
        this.#bytes + bytes > frameBytesMax ||
        makesTooMuch
      const authorized = full || taken.has(input.sequence) ? null : this.#authorize(waiting)
      if (authorized === null) return queue.slice(i)
      taken.add(input.sequence)
      this.inputs.push(authorized)
      this.#bytes += bytes
      this.#creation += creation
    }
    return []
  }

  /** Returns the input, after defining the package that it names, or its refusal. Null: it must wait. */
  #authorize(waiting: Waiting): Input | null {
    const { input } = waiting
    const hash = packageOf(input.command)
    if (hash === null) return input
    const verdict = waiting.allowed
      ? { ok: true as const, ...waiting.allowed }
      : (this.#options.rights?.verdict(input.player, hash) ?? UNKNOWN)
    if (verdict === 'wait') return null
    if (!verdict.ok) return refusedInput(input, verdict.reason)
    const { definition } = verdict
    waiting.allowed = { definition }
    return definition === null || this.#define(hash, definition) ? input : null
  }

  /** Adds the definition of a package to the frame. Returns false if there is no room. */
  #define(hash: PackageHash, { physics, bytes }: PackageDefinition): boolean {
    if (this.#defined.has(hash)) return true
    if (this.#definedBytes + bytes > PACKAGE_BYTES_MAX) return false
    this.#defined.add(hash)
    this.#definedBytes += bytes
    this.inputs.push(this.#options.number({ type: 'package', hash, physics }))
    return true
  }
}

/**
 * Returns the index of a waiting input that a newer one supersedes, or -1: a pose, a drag of the same hand, or a move
 * of the same kind, if only such inputs follow it. A jump and a change between walking and flying are kept.
 */
function supersededBy(newer: Command, queue: readonly Waiting[]): number {
  for (let i = queue.length - 1; i >= 0; i--) {
    const older = queue[i]?.input.command
    if (older === undefined || !isLatestWins(older.type)) return -1
    if (older.type === newer.type && (IS_STALE[older.type] as (a: Command, b: Command) => boolean)(older, newer))
      return i
  }
  return -1
}

/** True if a newer input of the same kind makes an older one that still waits superfluous. */
const IS_STALE: {
  readonly [T in LatestWinsType]: (
    older: Extract<Command, { readonly type: T }>,
    newer: Extract<Command, { readonly type: T }>,
  ) => boolean
} = {
  move: (older, newer) => older.jump === newer.jump && older.fly === newer.fly,
  pose: () => true,
  drag: (older, newer) => older.hand === newer.hand,
}
