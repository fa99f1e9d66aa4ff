/** Inputs as lines of JSON, for the inputs of a fork. docs/replay.md describes them. */
import { decodeFrame, encodeFrame } from '../../protocol/index.ts'
import type { Command, PlayerId } from '../../sim/index.ts'
import { isObject, type JsonObject } from '../../sim/json.ts'
import type { InputEdit } from './edits.ts'

/** A line is wrong: its number from 1, the field ("command.position.x"; empty: the line itself), and the reason. */
export class InputLineError extends Error {
  override readonly name = 'InputLineError'
  readonly line: number
  readonly field: string

  constructor(line: number, field: string, message: string) {
    super(`line ${line}${field === '' ? '' : `, field "${field}"`}: ${message}`)
    this.line = line
    this.field = field
  }
}

class Wrong extends Error {
  readonly field: string
  constructor(field: string, message: string) {
    super(message)
    this.field = field
  }
}

const FIELDS = ['tick', 'player', 'sequence', 'command']
const HEX = /^(?:[0-9a-f]{2})*$/

/**
 * Reads inputs, one JSON object a line; empty lines do not count. `playersOf`: the ids of players by a name. Throws
 * InputLineError.
 */
export function parseInputLines(text: string, playersOf: (name: string) => readonly PlayerId[]): InputEdit[] {
  return text.split('\n').flatMap((line, i) => {
    if (line.trim() === '') return []
    try {
      return [parseLine(line, playersOf)]
    } catch (error) {
      if (error instanceof Wrong) throw new InputLineError(i + 1, error.field, error.message)
      throw error
    }
  })
}

function parseLine(line: string, playersOf: (name: string) => readonly PlayerId[]): InputEdit {
  let json: unknown
  try {
    json = JSON.parse(line)
  } catch (error) {
    throw new Wrong('', `it is not JSON: ${(error as Error).message}`)
  }
  if (!isObject(json)) throw new Wrong('', 'it is not a JSON object')
  const unknown = Object.keys(json).find((field) => !FIELDS.includes(field))
  if (unknown !== undefined) throw new Wrong(unknown, `there is no such field; a line has ${FIELDS.join(', ')}`)
  const tick = whole(json, 'tick', 1)
  const player = playerOf(json, playersOf)
  const sequence = json['sequence'] === undefined ? null : whole(json, 'sequence', 1)
  if (json['command'] !== null) return { tick, player, sequence, command: commandOf(json['command'], player) }
  if (sequence === null)
    throw new Wrong('sequence', 'a line without a command drops an input, so it must name its sequence')
  return { tick, player, sequence, command: null }
}

function whole(json: JsonObject, field: string, min: number): number {
  const value = json[field]
  if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= 0xffffffff) return value
  throw new Wrong(field, `${shown(value)} is not a whole number from ${min} to 4294967295`)
}

function playerOf(json: JsonObject, playersOf: (name: string) => readonly PlayerId[]): PlayerId {
  const { player } = json
  if (typeof player !== 'string') return whole(json, 'player', 0)
  const [found, ...more] = playersOf(player)
  if (found === undefined) throw new Wrong('player', `nobody is called "${player}"`)
  if (more.length > 0)
    throw new Wrong(
      'player',
      `"${player}" joined more than once, as players ${[found, ...more].join(', ')}; name one by number`,
    )
  return found
}

/** The command as a recording would hold it, with its numbers rounded to 32 bits. */
function commandOf(given: unknown, player: PlayerId): Command {
  if (!isObject(given)) throw new Wrong('command', `${shown(given)} is not an object; to drop the input, write null`)
  if (typeof given['type'] !== 'string')
    throw new Wrong('command.type', `${shown(given['type'])} is not a type of command`)
  const wanted = withPoseBytes(given)
  const read = readBack(wanted as unknown as Command, player)
  compare(wanted, read, 'command')
  return read
}

function readBack(command: Command, player: PlayerId): Command {
  let bytes: Uint8Array
  try {
    bytes = encodeFrame({ tick: 1, inputs: [{ player, sequence: 1, command }] })
  } catch {
    throw new Wrong('command', `it is not a complete "${command.type}"`)
  }
  const decoded = decodeFrame(bytes)
  const input = decoded.ok ? decoded.value.inputs[0] : undefined
  if (input) return input.command
  const error = decoded.ok ? null : decoded.error
  // Paths of the protocol begin with inputs[0] and the type of the command.
  const path = (error?.where ?? '').replace(/^inputs\[0\]\.?(?:command|[a-zA-Z]+)?\.?/, '')
  throw new Wrong(path === '' ? 'command' : `command.${path}`, error?.message ?? 'it is no command')
}

/** JSON has no bytes: a pose's are written as hex digits. */
function withPoseBytes(command: JsonObject): JsonObject {
  const { pose } = command
  if (!isObject(pose)) return command
  const { bytes } = pose
  if (typeof bytes !== 'string' || !HEX.test(bytes))
    throw new Wrong('command.pose.bytes', 'it is not a string of lower-case hex digits, two for each byte')
  const read = Uint8Array.from(bytes.match(/../g) ?? [], (digits) => Number.parseInt(digits, 16))
  return { ...command, pose: { ...pose, bytes: read } }
}

/** Throws if a given value did not survive: the field is unknown, or of another type. Fields may be left out. */
function compare(given: unknown, read: unknown, path: string): void {
  if (given instanceof Uint8Array) return
  if (isObject(given) && isObject(read)) {
    for (const [key, value] of Object.entries(given)) {
      if (!Object.hasOwn(read, key))
        throw new Wrong(`${path}.${key}`, `there is no such field; it has ${Object.keys(read).join(', ')}`)
      compare(value, read[key], `${path}.${key}`)
    }
  } else if (Array.isArray(given) && Array.isArray(read) && given.length === read.length)
    for (const [i, value] of given.entries()) compare(value, read[i], `${path}[${i}]`)
  else if (!isSame(given, read)) throw new Wrong(path, `${shown(given)} is not a value for this field`)
}

const isSame = (given: unknown, read: unknown): boolean =>
  given === read || (typeof given === 'number' && typeof read === 'number' && Math.fround(given) === Math.fround(read))

const shown = (value: unknown): string => (value === undefined ? 'nothing' : JSON.stringify(value))
