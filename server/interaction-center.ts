/**
 * Interaction Center: gathers what players and the server intend, and seals one InputFrame a tick. What comes after a
 * frame is sealed, or exceeds a player's share of it, goes into the next one.
 */
import { FRAME_INPUTS_MAX } from '../protocol/index.ts'
import { compareInputs, type Command, type Input, type InputFrame, type PlayerId } from '../sim/index.ts'
import { INPUT_BACKLOG_MAX, INPUTS_PER_FRAME_MAX } from './limits.ts'

export interface InteractionLimits {
  readonly inputsPerFrameMax: number
  readonly backlogMax: number
  readonly frameInputsMax: number
}

const LIMITS: InteractionLimits = { inputsPerFrameMax: INPUTS_PER_FRAME_MAX, backlogMax: INPUT_BACKLOG_MAX, frameInputsMax: FRAME_INPUTS_MAX }

export class InteractionCenter {
  private readonly limits: InteractionLimits
  /** In order of arrival. */
  private readonly waiting = new Map<PlayerId, Input[]>()
  private fromServer: Input[] = []
  private serverSequence = 0

  constructor(limits: InteractionLimits = LIMITS) {
    this.limits = limits
  }

  /** Queues an input of the server's own for the next frame; returns its sequence. Never refused: the server bounds them. */
  order(command: Command): number {
    this.serverSequence = this.serverSequence === 0xffff_ffff ? 1 : this.serverSequence + 1
    this.fromServer.push({ player: 0, sequence: this.serverSequence, command })
    return this.serverSequence
  }

  /** Queues a player's input; false: the player has sent more than can ever be worked off, and it was not taken. */
  submit(player: PlayerId, input: Input): boolean {
    const queue = this.waiting.get(player)
    const own: Input = { player, sequence: input.sequence, command: input.command }
    if (!queue) {
      this.waiting.set(player, [own])
      return true
    }
    const stale = supersededBy(own, queue)
    if (stale !== -1) queue.splice(stale, 1)
    else if (queue.length >= this.limits.backlogMax) return false
    queue.push(own)
    return true
  }

  /** Drops what a player who has left still had waiting. */
  forget(player: PlayerId): void {
    this.waiting.delete(player)
  }

  /** Inputs that wait for the next frames. */
  get backlog(): number {
    let sum = this.fromServer.length
    for (const queue of this.waiting.values()) sum += queue.length
    return sum
  }

  /** Takes the inputs of `tick`: the server's all, of each player at most the share, in canonical order. */
  seal(tick: number): InputFrame {
    const inputs = this.fromServer
    this.fromServer = []
    const players = [...this.waiting.keys()]
    // Who is served first changes by the tick, so that a full frame starves nobody.
    for (let i = 0; i < players.length; i++) {
      const player = players[(i + tick) % players.length] ?? 0
      const queue = this.waiting.get(player) ?? []
      const room = Math.min(this.limits.inputsPerFrameMax, this.limits.frameInputsMax - inputs.length)
      const rest = take(queue, room, inputs)
      if (rest.length === 0) this.waiting.delete(player)
      else this.waiting.set(player, rest)
    }
    return { tick, inputs: inputs.toSorted(compareInputs) }
  }
}

/** Moves up to `room` inputs into the frame, no sequence twice; returns those that wait on. */
function take(queue: readonly Input[], room: number, frame: Input[]): Input[] {
  const rest: Input[] = []
  const taken = new Set<number>()
  for (const input of queue) {
    if (taken.size >= room || taken.has(input.sequence)) {
      rest.push(input)
      continue
    }
    taken.add(input.sequence)
    frame.push(input)
  }
  return rest
}

/**
 * Index of a waiting input that a newer one makes pointless: the same pose, drag of the same hand, or move of the same
 * kind, with nothing but such inputs after it. A jump or a change between walking and flying is kept.
 */
function supersededBy(input: Input, queue: readonly Input[]): number {
  for (let i = queue.length - 1; i >= 0; i--) {
    const { command } = queue[i] ?? input
    if (command.type !== 'move' && command.type !== 'pose' && command.type !== 'drag') return -1
    if (sameChannel(command, input.command)) return i
  }
  return -1
}

function sameChannel(older: Command, newer: Command): boolean {
  if (older.type === 'pose') return newer.type === 'pose'
  if (older.type === 'drag') return newer.type === 'drag' && older.hand === newer.hand
  return older.type === 'move' && newer.type === 'move' && older.jump === newer.jump && older.fly === newer.fly
}
