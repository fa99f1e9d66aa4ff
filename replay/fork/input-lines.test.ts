import { expect, test } from 'vitest'
import { InputLineError, parseInputLines } from './input-lines.ts'

const playersOf = (name: string): number[] => (name === 'Ann' ? [3] : name === 'Bob' ? [4, 9] : [])
const parse = (...lines: readonly unknown[]) =>
  parseInputLines(lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n'), playersOf)
const line = (command: unknown, more: object = {}) => ({ tick: 300, player: 'Ann', command, ...more })

test('lines name the player by name or number, and add, replace or drop an input', () => {
  const grab = { type: 'grab', element: 14, hand: 1 }
  expect(
    parse(line(grab), '', { tick: 301, player: 7, sequence: 5, command: grab }, line(null, { sequence: 6 })),
  ).toEqual([
    { tick: 300, player: 3, sequence: null, command: grab },
    { tick: 301, player: 7, sequence: 5, command: grab },
    { tick: 300, player: 3, sequence: 6, command: null },
  ])
})

test('numbers are rounded to 32 bits, as a recording holds them', () => {
  const position = { x: 0.1, y: 2, z: -1.7 }
  const [read] = parse(line({ type: 'drag', hand: 0, position, rotation: { x: 0, y: 0, z: 0, w: 1 } }))
  expect(read?.command).toMatchObject({ position: { x: Math.fround(0.1), y: 2, z: Math.fround(-1.7) } })
})

test('the bytes of a pose are hex digits', () => {
  const [read] = parse(line({ type: 'pose', pose: { bytes: '00'.repeat(30), boneMask: 0 } }))
  expect(read?.command).toEqual({ type: 'pose', pose: { bytes: new Uint8Array(30), boneMask: 0 } })
})

test.each<[unknown, string]>([
  ['{"tick": 1', 'line 1: it is not JSON'],
  ['7', 'line 1: it is not a JSON object'],
  [line({ type: 'grab', element: 14, hand: 1 }, { when: 1 }), 'line 1, field "when": there is no such field'],
  [line(null), 'line 1, field "sequence": a line without a command drops an input'],
  [{ tick: 0, player: 1, command: null }, 'line 1, field "tick": 0 is not a whole number'],
  [{ tick: 1, player: 'Eve', command: null }, 'line 1, field "player": nobody is called "Eve"'],
  [{ tick: 1, player: 'Bob', command: null }, 'joined more than once, as players 4, 9'],
  [{ tick: 1, player: 1 }, 'line 1, field "command": nothing is not an object'],
  [line({ type: 'fly' }), 'line 1, field "command"'],
  [line({ type: 'grab', element: 14, hand: 7 }), 'line 1, field "command.hand"'],
  [line({ type: 'grab', element: 14, hand: 1, force: 2 }), 'line 1, field "command.force": there is no such field'],
  [line({ type: 'grab', element: 'crate', hand: 1 }), 'line 1, field "command.element"'],
  [line({ type: 'drag', hand: 0, position: { x: 0, y: 0 } }), 'line 1, field "command'],
  [line({ type: 'move', x: null, y: 0, z: 0, yaw: 0, jump: false, run: false, fly: false }), 'field "command.x"'],
  [line({ type: 'spawn' }), 'line 1, field "command'],
  [line({ type: 'pose', pose: { bytes: 'XY', boneMask: 0 } }), 'line 1, field "command.pose.bytes"'],
])('%j is refused with its line and field', (given, message) => {
  expect(() => parse(given)).toThrow(InputLineError)
  expect(() => parse(given)).toThrow(message)
})

test('an error names the line, counting empty ones', () => {
  expect(() => parse('', '', 'x')).toThrow('line 3: ')
})
