/**
 * Packets that Godot's codec writes are read by the TypeScript codec: the same content, and the same bytes when it
 * writes them itself.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { temporaryDirectory } from '../../harness/cleanup.ts'
import {
  decodeClientPacket,
  decodeServerPacket,
  encodeClientPacket,
  encodeInput,
  encodeServerMessage,
  encodeServerPacket,
  encodeSnapshotPart,
} from '../../../protocol/index.ts'
import { Schema } from '../../protocol/reader.ts'
import { GODOT_TESTS, runGodot } from './godot.ts'

const SEED = 20_461
const COUNT = 150

interface Written {
  readonly message: 'ClientPacket' | 'ServerPacket'
  readonly hex: string
  readonly says: unknown
}

const schema = new Schema(readFileSync(new URL('../../../docs/protocol.md', import.meta.url), 'utf8'))
let packets: Written[] = []

const folder = temporaryDirectory()
beforeAll(async () => {
  const file = join(folder, 'packets.json')
  const { status, output } = await runGodot([
    '-s',
    join(GODOT_TESTS, 'write_packets.gd'),
    '--',
    file,
    String(SEED),
    String(COUNT),
  ])
  expect(status, output).toBe(0)
  expect(output).not.toMatch(/ERROR/)
  packets = JSON.parse(readFileSync(file, 'utf8')) as Written[]
})

const bytesOf = ({ hex }: Written): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'))

/** The bytes that TypeScript writes for what it read. Throws if it refuses to read. */
function again(packet: Written): Uint8Array {
  if (packet.message === 'ClientPacket') {
    const read = decodeClientPacket(bytesOf(packet))
    if (!read.ok) throw new Error(`${packet.hex}: ${read.error.where} ${read.error.message}`)
    const { commands, latest, ...head } = read.value
    return encodeClientPacket(head, commands.map(encodeInput), latest.map(encodeInput))
  }
  const read = decodeServerPacket(bytesOf(packet))
  if (!read.ok) throw new Error(`${packet.hex}: ${read.error.where} ${read.error.message}`)
  const { messages, snapshot, ...head } = read.value
  return encodeServerPacket(head, messages.map(encodeServerMessage), snapshot && encodeSnapshotPart(snapshot))
}

describe('packets that Godot writes', () => {
  test('cover all kinds of packets', () => {
    expect(packets).toHaveLength(2 * COUNT)
    const said = JSON.stringify(packets)
    const kinds = [
      'hello',
      'goodbye',
      'spawn',
      'despawn',
      'grab',
      'release',
      'scale',
      'wear',
      'access',
      'move',
      'pose',
      'drag',
      'box',
      'sphere',
      'capsule',
      'convex',
      'trimesh',
      'welcome',
      'avatarAdded',
      'propAdded',
      'elementRemoved',
      'propChanged',
      'commandDone',
      'commandRejected',
      'permissionsChanged',
      'notice',
      'hashSample',
      'part',
      'avatarChanged',
      'snapshot',
      'own',
    ]
    expect(kinds.filter((kind) => !said.includes(`"${kind}":{`))).toEqual([])
  })

  test('have the same content for a reader of the schema as in Godot', () => {
    for (const packet of packets) expect(schema.says(packet.message, bytesOf(packet)), packet.hex).toEqual(packet.says)
  })

  test('are accepted by the TypeScript codec, which writes the same bytes', () => {
    for (const packet of packets) expect(Buffer.from(again(packet)).toString('hex')).toBe(packet.hex)
  })
})
