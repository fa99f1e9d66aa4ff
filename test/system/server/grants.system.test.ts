/** Roles in a realm: the permissions that they add, at admission and immediately after a change. */
import { afterEach, beforeAll, expect, test } from 'vitest'
import { free, loadEngine, Permission, type Engine, type Realm, type RealmDefinition } from '../../../sim/index.ts'
import { StageClient, playAll, RealmStage } from '../../harness/server-stage.ts'

let engine: Engine
beforeAll(async () => {
  engine = await loadEngine()
})

const realms = new Set<Realm>()
afterEach(() => {
  for (const realm of realms) free(realm)
  realms.clear()
})

function stageOf(changes: Partial<RealmDefinition> = {}): RealmStage {
  const stage = new RealmStage(engine, changes)
  realms.add(stage.realm)
  return stage
}

const VISITOR = Permission.grab
const BUILDER = Permission.spawn | Permission.scale

test("a role adds its permissions to everyone's", async () => {
  const stage = stageOf({ permissions: VISITOR })
  const ada = new StageClient(stage, 1, 7, undefined, BUILDER)
  const bob = new StageClient(stage, 2, 8)
  await playAll(stage, [ada, bob], 500)
  expect(ada.last('welcome')?.permissions).toBe(VISITOR | BUILDER)
  expect(bob.last('welcome')?.permissions).toBe(VISITOR)
})

test('a changed role applies at once, and after the player was away', async () => {
  const stage = stageOf({ permissions: VISITOR })
  const ada = new StageClient(stage, 1, 7)
  await ada.play(500)
  stage.grant(7, BUILDER)
  await ada.play(100)
  expect(stage.realm.players.get(7)?.permissions).toBe(VISITOR | BUILDER)
  ada.reconnect(2)
  await ada.play(300)
  expect(stage.realm.players.get(7)?.permissions).toBe(VISITOR)
  stage.grant(7, Permission.fly)
  stage.grant(9, BUILDER)
  await ada.play(100)
  expect(stage.realm.players.get(7)?.permissions).toBe(VISITOR | Permission.fly)
})
