import { afterEach, beforeAll, expect, test } from 'vitest'
import { decodeLockstep, type LockstepMessage } from '../../../protocol/index.ts'
import { OBSERVERS_MAX } from '../../../server/limits.ts'
import {
  free,
  hash,
  loadEngine,
  restore,
  step,
  type Engine,
  type Realm,
  type RealmDefinition,
} from '../../../sim/index.ts'
import { StageClient, hello, RealmStage, walk } from '../../harness/server-stage.ts'

let engine: Engine
beforeAll(async () => {
  engine = await loadEngine()
})

const realms = new Set<Realm>()
afterEach(() => {
  for (const realm of realms) free(realm)
  realms.clear()
})

function stageOf(): RealmStage {
  const stage = new RealmStage(engine)
  realms.add(stage.realm)
  return stage
}

test('LCK-2: a lockstep peer gets the state and every later frame, and computes the same hashes', async () => {
  const stage = stageOf()
  const ada = new StageClient(stage, 1, 1)
  await ada.play(500)
  stage.open(9, 9, 'observer')
  stage.receive(9, hello('lockstep'))
  ada.session.latest(walk)
  await ada.play(1_000)
  const [start, ...frames] = (stage.sent.get(9) ?? []).map((bytes): LockstepMessage => {
    const decoded = decodeLockstep(bytes)
    if (!decoded.ok) throw new Error(decoded.error.message)
    return decoded.value
  })
  if (start?.type !== 'start') throw new Error(`the first message is ${start?.type}`)
  const realm = restore(engine, JSON.parse(start.definition) as RealmDefinition, start.checkpoint)
  realms.add(realm)
  expect(frames.length).toBeGreaterThan(50)
  for (const message of frames) {
    if (message.type !== 'frame') throw new Error(message.type)
    step(realm, message.frame)
    expect(hash(realm)).toBe(message.hash)
  }
  expect(realm.tick).toBe(stage.realm.tick)
})

test('LCK-1: lockstep is refused over an unordered link, to a render Hello, and beyond the limit', async () => {
  const stage = stageOf()
  const goodbyeOf = (link: number): string => {
    const decoded = decodeLockstep(stage.sent.get(link)?.at(-1) ?? new Uint8Array())
    return decoded.ok && decoded.value.type === 'goodbye' ? decoded.value.reason : ''
  }
  stage.open(1, 1, 'observer', false)
  stage.receive(1, hello('lockstep'))
  stage.open(2, 2, 'observer')
  stage.receive(2, hello('render'))
  stage.open(3, 3, 'observer')
  stage.receive(3, Uint8Array.of(9, 9, 9))
  await stage.pass(100)
  expect(goodbyeOf(1)).toContain('connect by WebSocket')
  expect(goodbyeOf(2)).toContain('Log in as a player')
  expect(goodbyeOf(3)).toContain('not valid')
  for (let i = 0; i <= OBSERVERS_MAX; i++) stage.open(10 + i, 10 + i, 'observer')
  await stage.pass(100)
  expect(goodbyeOf(10 + OBSERVERS_MAX)).toContain(`${OBSERVERS_MAX} observers already`)
  expect(stage.closes.has(10)).toBe(false)
})
