import { describe, expect, test } from 'vitest'
import type { Command } from '../sim/types.ts'
import { MOVE, prop, refusal } from './codec.fixture.ts'
import { decodeClientPacket, encodeClientPacket, encodeInput } from './index.ts'

describe('a client', () => {
  const head = {
    packet: 1,
    ackPacket: 0,
    ackBits: 0,
    ackMessage: 0,
    clientTimeMs: 5,
    control: null,
    tick: 90,
    moveTicks: 2,
  }
  const bytesOf = (command: Command): Uint8Array => encodeInput({ player: 9, sequence: 1, command })

  test('cannot send commands of the server or of another player', () => {
    const servers: Command[] = [
      { type: 'leave', player: 2 },
      { type: 'refused', reason: 'not-permitted' },
      {
        type: 'package',
        hash: 'ab'.repeat(32),
        physics: { kind: 'object', prop: prop({ type: 'sphere', radius: 1 }) },
      },
    ]
    for (const command of servers)
      expect(refusal(decodeClientPacket(encodeClientPacket(head, [bytesOf(command)], [])))).toBe(
        'not-allowed at commands[0]',
      )
    const decoded = decodeClientPacket(encodeClientPacket(head, [bytesOf({ type: 'release', hand: 1 })], []))
    expect(decoded.ok && decoded.value.commands[0]?.player).toBe(0)
  })

  test('INP-2, INP-3: latest-wins inputs and reliable commands come back separately', () => {
    expect(refusal(decodeClientPacket(encodeClientPacket(head, [bytesOf(MOVE)], [])))).toBe(
      'not-allowed at commands[0]',
    )
    expect(refusal(decodeClientPacket(encodeClientPacket(head, [], [bytesOf({ type: 'release', hand: 1 })])))).toBe(
      'not-allowed at latest[0]',
    )
  })

  test('hello and goodbye come back as they were sent', () => {
    const hello = { ...head, control: { type: 'hello', protocol: 1, mode: 'lockstep', body: 2 } } as const
    expect(decodeClientPacket(encodeClientPacket(hello, [], []))).toStrictEqual({
      ok: true,
      value: { ...hello, commands: [], latest: [] },
    })
    const goodbye = { ...head, control: { type: 'goodbye', reason: 'going home' } } as const
    expect(decodeClientPacket(encodeClientPacket(goodbye, [], []))).toStrictEqual({
      ok: true,
      value: { ...goodbye, commands: [], latest: [] },
    })
  })
})
