/** Decodes anonymous clips: every field that docs/replay.md lists is neutral. */
import { expect, test } from 'vitest'
import { Hand, loadEngine, type Command } from '../../sim/index.ts'
import { RecordingPlayer, simulationOf } from '../index.ts'
import { anonymousClip } from './index.ts'
import { frames, opened, personal } from './personal-session.fixture.ts'

const simulation = simulationOf(await loadEngine())

/** Address groups of several users have numbers from here on. */
const SHARES_FROM = 0x8000_0000

const isMultiple = (value: number, step: number): boolean => Math.abs(value / step - Math.round(value / step)) < 1e-4

/** Describes the first fault of a command in an anonymous clip, by the table of docs/replay.md; null if it has none. */
function personalIn(command: Command): string | null {
  const unless = (isNeutral: boolean, what: string): string | null => (isNeutral ? null : `${command.type}: ${what}`)
  switch (command.type) {
    case 'pose':
    case 'wear':
      return `${command.type}: left out of an anonymous clip`
    case 'join':
      return (
        unless(/^person [123]$/.test(command.name), 'name') ??
        unless(command.player <= 3 && command.user <= 3 && (command.share ?? 0) % SHARES_FROM <= 3, 'number') ??
        unless(command.body === 0, 'body')
      )
    case 'move': {
      const angle = Math.atan2(command.z, command.x) + command.yaw
      const speed = Math.hypot(command.x, command.z)
      return (
        unless(isMultiple(command.yaw, Math.PI / 4), 'heading') ??
        unless(isMultiple(speed, 0.25) && speed <= 1.001, 'speed') ??
        unless(speed === 0 || isMultiple(angle, Math.PI / 8), 'direction')
      )
    }
    case 'teleport':
      return unless(isMultiple(command.yaw, Math.PI / 4), 'heading')
    case 'drag': {
      const parts = Object.values(command.rotation)
      const largest = Math.max(...parts.map(Math.abs))
      // Four numbers of a grid of 0.25, made a unit quaternion: their ratios are fractions of small whole numbers.
      return unless(
        [1, 2, 3, 4].some((steps) => parts.every((part) => isMultiple((part / largest) * steps, 1))),
        'rotation',
      )
    }
    case 'scale':
      return unless(isMultiple(command.scale, 0.05), 'scale')
    case 'spawn':
      return (
        unless(command.owner <= 3, 'owner') ??
        unless(
          typeof command.prop === 'string' ? /^0{60,}/.test(command.prop) : /^prop \d+$/.test(command.prop.name),
          'prop',
        )
      )
    case 'package':
      return (
        unless(/^0{60,}/.test(command.hash), 'hash') ??
        unless(command.physics.kind === 'object' && /^prop \d+$/.test(command.physics.prop.name), 'name')
      )
    default:
      return null
  }
}

test.each([0, 90])(
  'each input and each state of an anonymous clip from tick %i has neutral values only',
  async (from) => {
    const clip = await anonymousClip(personal, simulation, { from, to: personal.lastTick })
    if (!clip.ok) throw clip.error
    const recording = opened(clip.value.bytes)
    const found = await RecordingPlayer.open(recording, simulation)
    if (!found.ok) throw found.error
    const player = found.value
    const hands = new Map<number, Set<number>>()
    const types = new Set<string>()
    while (!player.done) {
      const stepped = player.step()
      if (!stepped.ok) throw stepped.error
      for (const { player: who, command } of stepped.value.frame.inputs) {
        types.add(command.type)
        expect(personalIn(command)).toBeNull()
        expect(who).toBeLessThanOrEqual(3)
        if ('hand' in command) hands.set(who, (hands.get(who) ?? new Set()).add(command.hand))
      }
      for (const avatar of player.realm.avatars.values()) {
        expect(avatar).toMatchObject({ track: null, boneMask: 0, bodyChoice: 0, scale: 1 })
        expect(avatar.trackFloats.every((float) => float === 0)).toBe(true)
        expect([avatar.name, avatar.player, avatar.user]).toEqual([
          `person ${avatar.user}`,
          expect.toBeOneOf([1, 2, 3]),
          expect.toBeOneOf([1, 2, 3]),
        ])
      }
      for (const prop of player.realm.props.values()) {
        expect(prop.spec.name).toMatch(/^prop \d+$/)
        expect(prop.owner).toBeLessThanOrEqual(3)
      }
      for (const hash of player.realm.packages.keys()) expect(hash).toMatch(/^0{60,}/)
    }
    player.free()
    // The session uses one hand for each player: the first is the right one.
    for (const used of hands.values()) expect([...used]).toEqual([Hand.right])
    expect([...types]).toEqual(expect.arrayContaining(['move', 'spawn', 'grab', 'drag', 'release']))
    expect(Object.keys(recording.header).toSorted()).toEqual(Object.keys(personal.header).toSorted())
    expect(recording.header.definition).toMatchObject({ id: 'anonymous', name: expect.not.stringContaining('Quill') })
  },
)

test('the check of neutral values finds the personal ones of the original', () => {
  const wrong = new Set(
    frames.flatMap(({ inputs }) => inputs.flatMap(({ command }) => personalIn(command)?.replace(/:.*/, '') ?? [])),
  )
  expect([...wrong].toSorted()).toEqual(['drag', 'join', 'move', 'package', 'pose', 'scale', 'spawn', 'wear'])
})
