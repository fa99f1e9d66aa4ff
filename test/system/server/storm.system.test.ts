/**
 * Many players at once: admitted over ticks, in order, without losses, with the world described without its
 * definition's props.
 */
import { beforeAll, expect, test } from 'vitest'
import { NEWCOMERS_PER_TICK_MAX } from '../../../server/limits.ts'
import { DEFAULT_DEFINITION, loadEngine, type Engine } from '../../../sim/index.ts'
import { StageClient, playAll, RealmStage } from '../../harness/server-stage.ts'

let engine: Engine
beforeAll(async () => {
  engine = await loadEngine()
})

const CROWD = 40

test('a storm of joins is spread over ticks, and all players see each other and every prop', async () => {
  const stage = new RealmStage(engine, { playersMax: CROWD })
  const guests = Array.from({ length: CROWD }, (_, i) => new StageClient(stage, i + 1, i + 1))
  await playAll(stage, guests, 1_500)
  const joins = stage.frames.map(({ inputs }) => inputs.filter(({ command }) => command.type === 'join').length)
  expect(Math.max(...joins)).toBe(NEWCOMERS_PER_TICK_MAX)
  expect(joins.reduce((sum, count) => sum + count, 0)).toBe(CROWD)
  for (const guest of guests) {
    expect(guest.last('welcome')).toMatchObject({ player: guest.player, resumed: false })
    expect(JSON.parse(guest.last('welcome')?.definition ?? '{}')).toMatchObject({
      id: DEFAULT_DEFINITION.id,
      props: [],
    })
    expect(
      new Set(guest.messages.flatMap((message) => (message.type === 'avatarAdded' ? [message.player] : []))).size,
    ).toBe(CROWD)
    expect(guest.messages.filter(({ type }) => type === 'propAdded')).toHaveLength(DEFAULT_DEFINITION.props.length)
  }
})

test('all players return at once after their links were lost, and none waits longer than its turn', async () => {
  const stage = new RealmStage(engine, { playersMax: CROWD })
  const guests = Array.from({ length: CROWD }, (_, i) => new StageClient(stage, i + 1, i + 1))
  await playAll(stage, guests, 1_500)
  for (const guest of guests) stage.put({ type: 'closed', link: guest.link, reason: 'transport restarted' })
  await stage.pass(50)
  for (const [i, guest] of guests.entries()) guest.reconnect(1_000 + i)
  await playAll(stage, guests, 1_500)
  for (const guest of guests)
    expect(guest.messages.filter((message) => message.type === 'welcome').map((message) => message.resumed)).toEqual([
      false,
      true,
    ])
})
