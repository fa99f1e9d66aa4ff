import { fc } from '@fast-check/vitest'
import { expect, test } from 'vitest'
import { DELIVERY, typesWith } from '../protocol/index.ts'
import type { Command, CommandType } from '../sim/index.ts'
import { arbitraryClientCommand, arbitraryServerCommand } from './arbitraries.ts'
import { arbitraryCommand as scenarioCommand } from './scenario.ts'

const FROM_CLIENTS = [...typesWith('latest-wins'), ...typesWith('exactly-once')].toSorted()

const kindsOf = (commands: fc.Arbitrary<Command>): readonly CommandType[] =>
  [...new Set(fc.sample(commands, { numRuns: 2_000, seed: 1 }).map(({ type }) => type))].toSorted()

test('the arbitrary of a client command draws every kind of input that a client may send', () => {
  expect(kindsOf(arbitraryClientCommand())).toEqual(FROM_CLIENTS)
})

test('scenarios draw every kind of input that a client may send', () => {
  expect(kindsOf(scenarioCommand)).toEqual(FROM_CLIENTS)
})

test('the arbitrary of a server command draws every kind of input that only the server may send', () => {
  const drawn = kindsOf(arbitraryServerCommand()).filter((type) => DELIVERY[type] === 'server-only')
  // A refusal replaces a player's command when a frame is sealed: the interaction center's tests make it.
  expect([...drawn, 'refused'].toSorted()).toEqual([...typesWith('server-only')].toSorted())
})
