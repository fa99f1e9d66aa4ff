import { expect, test } from 'vitest'
import { DEFAULT_DEFINITION, free, genesis, loadEngine, step, type Command, type Input } from '../../sim/index.ts'
import { OwnMoveTracker } from './own-move-tracker.ts'

const engine = await loadEngine()
const move = (sequence: number, jump = false): Input => ({
  player: 1,
  sequence,
  command: { type: 'move', x: 0, y: 0, z: -1, yaw: 0.5, jump, run: false, fly: false },
})
const join: Command = { type: 'join', player: 1, user: 1, name: 'Ada', body: 0, permissions: 0 }

test('OWN-1: a client gets the move that its avatar follows, and for how many steps', () => {
  const realm = genesis(engine, DEFAULT_DEFINITION)
  const watch = new OwnMoveTracker()
  const told: { moveSequence: number; moveTicks: number; jumping: boolean }[] = []
  const inputs: Readonly<Record<number, readonly Input[]>> = {
    1: [{ player: 0, sequence: 1, command: join }],
    3: [move(4)],
    6: [move(5), move(9, true)],
    7: [move(10)],
  }
  for (let tick = 1; tick <= 8; tick += 1) {
    step(realm, { tick, inputs: inputs[tick] ?? [] })
    const avatar = realm.players.get(1)
    if (avatar === undefined) throw new Error('no avatar')
    watch.update(avatar, tick)
    const { moveSequence, moveTicks, jumping, position, yaw } = watch.ownState(avatar, tick)
    told.push({ moveSequence, moveTicks, jumping })
    expect([position, yaw]).toEqual([avatar.position, avatar.yaw])
  }
  free(realm)
  expect(told.map(({ moveSequence, moveTicks }) => `${moveSequence}:${moveTicks}`)).toEqual([
    '0:0',
    '0:0',
    '4:1',
    '4:2',
    '4:3',
    '9:1',
    '10:1',
    '10:2',
  ])
})
